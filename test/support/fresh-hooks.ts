/**
 * Module hooks for tests that write a playbook again in its old place: a process imports a file once, and a run in a
 * process of its own would see the new text. What has changed since it was first imported gets a URL of its own.
 */
import { statSync } from 'node:fs'
import type { ResolveHook } from 'node:module'
import { tmpdir } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'

const temporary = pathToFileURL(`${tmpdir()}/`).href

/** How each file was when it was first imported. */
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
