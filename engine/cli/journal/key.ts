/** The key of a state folder: what tasks are made of is recorded as hashes with it, so that no secret can be guessed. */
import { createHmac, randomBytes } from 'node:crypto'
import { closeSync, constants, fstatSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Makes a short hash of a text. */
export type Hash = (text: string) => string

const size = 32
const fileOf = (folder: string): string => join(folder, 'key')

const hashWith =
  (key: Buffer): Hash =>
  (text) =>
    // 96 bits: nobody can try keys, and two values that meet by chance are not to be feared
    createHmac('sha256', key).update(text).digest('base64url').slice(0, 16)

/** The key that a file holds; undefined where there is none that only its owner can read. */
const readKey = (folder: string): Buffer | undefined => {
  let file: number
  try {
    file = openSync(fileOf(folder), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const stat = fstatSync(file)
    const mine = process.getuid === undefined || stat.uid === process.getuid()
    if (!stat.isFile() || stat.size !== size || !mine || (stat.mode & 0o077) !== 0) return undefined
    return readFileSync(file)
  } catch {
    return undefined
  } finally {
    closeSync(file)
  }
}

/** Makes hashes with the key that is there; undefined where there is none, or it cannot be trusted. */
export const existingHash = (folder: string): Hash | undefined => {
  const key = readKey(folder)
  return key === undefined ? undefined : hashWith(key)
}

const makeKey = (folder: string): Buffer => {
  const path = fileOf(folder)
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  const key = randomBytes(size)
  const file = openSync(fresh, 'wx', 0o600)
  try {
    writeSync(file, key)
    // one that is there cannot be used, or somebody was quicker: then theirs counts
    if (readKey(folder) === undefined) rmSync(path, { force: true })
    linkSync(fresh, path)
    return key
  } catch (error) {
    const theirs = readKey(folder)
    if (theirs === undefined) throw error
    return theirs
  } finally {
    closeSync(file)
    rmSync(fresh, { force: true })
  }
}

/**
 * Makes hashes with the key of a state folder, which is made where there is none.
 *
 * @returns undefined where there is no key and none can be made; then nothing is known of tasks.
 */
export const makeHash = (folder: string): Hash | undefined => {
  try {
    return hashWith(readKey(folder) ?? makeKey(folder))
  } catch {
    return undefined
  }
}
