/** What is kept between runs to start faster, and can be deleted at any time. */
import { readdirSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { attempt } from './attempt.ts'

/** What to do if a cache folder cannot be trusted. */
export const cacheAdvice = 'set XDG_CACHE_HOME to a folder of your own'

/**
 * The folder of all caches: `$XDG_CACHE_HOME/coxswain`, or `~/.cache/coxswain`; undefined for a user without a home.
 *
 * A relative `XDG_CACHE_HOME` is ignored, as the XDG Base Directory Specification demands; so is a relative home.
 */
export const cacheFolder = (env: Readonly<Record<string, string | undefined>>): string | undefined => {
  const given = env['XDG_CACHE_HOME'] ?? ''
  if (isAbsolute(given)) return join(given, 'coxswain')
  // it throws for a user that the system does not know
  const home = attempt(() => homedir()) ?? ''
  return isAbsolute(home) ? join(home, '.cache', 'coxswain') : undefined
}

/** Removes the older half of the files in a cache folder and its subfolders if there are more than this. */
export const removeOldest = (folder: string, most: number): void => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  if (files.length <= most) return
  const found = files.flatMap((file) => {
    const path = join(folder, file)
    const status = attempt(() => statSync(path))
    return status?.isFile() === true ? [{ path, age: status.mtimeMs }] : []
  })
  const oldest = found.toSorted((one, two) => one.age - two.age).slice(0, most / 2)
  for (const { path } of oldest) rmSync(path, { force: true })
}
