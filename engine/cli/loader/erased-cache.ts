/**
 * Sources without their types, kept between runs: starting the stripper takes longer than all of a small playbook.
 *
 * A file is named by the sum of the source and of the stripper's version, and ends with the sum of its own content, so that
 * one that was cut short is not used. The folder belongs to the user alone: whoever can write to it could run code as the user.
 * The cache never fails: what cannot be read is erased again, what cannot be written is not kept.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { attempt } from '../attempt.ts'
import { cacheAdvice, cacheFolder, removeOldest } from '../cache-folder.ts'
import { folderFault, makePrivate } from '../private-folder.ts'

/** Files that are kept; when there are more, the older half goes. */
const most = 500

/** Where erased sources are kept: `$XDG_CACHE_HOME/coxswain/erased`, or `~/.cache/coxswain/erased`; undefined for nowhere. */
export const erasedFolder = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const caches = cacheFolder(env)
  return caches && join(caches, 'erased')
}

const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const isTrusted = (folder: string): boolean =>
  [join(folder, '..'), folder].every((path) => folderFault(path, cacheAdvice) === undefined)

const marker = '\n//# sum='

const keep = (folder: string, name: string, code: string): void => {
  makePrivate(join(folder, '..'), cacheAdvice)
  makePrivate(folder, cacheAdvice)
  const draft = join(folder, `.${name}-${randomBytes(6).toString('hex')}`)
  try {
    writeFileSync(draft, `${code}${marker}${sumOf(code)}`, { mode: 0o600, flag: 'wx' })
    renameSync(draft, join(folder, name))
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  removeOldest(folder, most)
}

const read = (folder: string, name: string): string | undefined => {
  if (!isTrusted(folder)) return undefined
  const text = attempt(() => readFileSync(join(folder, name), 'utf8'))
  const end = text?.lastIndexOf(marker) ?? -1
  if (text === undefined || end < 0) return undefined
  const code = text.slice(0, end)
  return text.slice(end + marker.length) === sumOf(code) ? code : undefined
}

/**
 * The result of `erase` for a source: kept from an earlier run, or made and kept now.
 *
 * @param folder of the cache; undefined keeps nothing.
 * @throws what `erase` throws.
 */
export const erasedOnce = (
  folder: string | undefined,
  version: string,
  source: string,
  erase: (source: string) => string,
): string => {
  if (folder === undefined) return erase(source)
  const name = sumOf(`${version}\0${source}`)
  const known = read(folder, name)
  if (known !== undefined) return known
  const code = erase(source)
  attempt(() => keep(folder, name, code))
  return code
}
