/** The key of a state folder. Signatures of tasks are keyed hashes, so that secrets cannot be guessed from them. */
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
    // 96 bits are enough against collisions
    createHmac('sha256', key).update(text).digest('base64url').slice(0, 16)

/** Reads the key; undefined if there is no key file that only its owner can read. */
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

/** A hash function with the existing key; undefined if there is no key that can be trusted. */
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
    // replace an unusable key; if another run has just made one, use that
    if (readKey(folder) === undefined) rmSync(path, { force: true })
    linkSync(fresh, path)
    return key
  } catch (error) {
    const existing = readKey(folder)
    if (existing === undefined) throw error
    return existing
  } finally {
    closeSync(file)
    rmSync(fresh, { force: true })
  }
}

/**
 * A hash function with the key of a state folder, which is created if it does not exist.
 *
 * @returns undefined if there is no key and it cannot be created; then no signatures are recorded.
 */
export const makeHash = (folder: string): Hash | undefined => {
  try {
    return hashWith(readKey(folder) ?? makeKey(folder))
  } catch {
    return undefined
  }
}
