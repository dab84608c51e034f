/**
 * Module hooks for tests that rewrite a playbook: a process imports each URL only once, but the next run must read the new
 * text. A file that has changed since its first import gets a new URL.
 */
import { statSync } from 'node:fs'
import type { ResolveHook } from 'node:module'
import { tmpdir } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'

const temporary = pathToFileURL(`${tmpdir()}/`).href

/** The state of each file at its first import. */
const first = new Map<string, string>()

export const resolve: ResolveHook = async (specifier, context, next) => {
  const found = await next(specifier, context)
  if (!found.url.startsWith(temporary)) return found
  const { ino, size, mtimeNs } = statSync(fileURLToPath(found.url), { bigint: true })
  const stamp = `${ino}-${size}-${mtimeNs}`
  const before = first.get(found.url) ?? stamp
  first.set(found.url, before)
  return before === stamp ? found : { ...found, url: `${found.url}?changed=${stamp}` }
}
