/**
 * Node's cache of compiled code, from Node 22.1: a later start does not compile the same files again. Node keeps the sum of the
 * source with the code, and does not use the code of another source.
 *
 * The folder belongs to the user alone: whoever can write to it could run code as the user. Node's own default, a folder
 * for temporary files, can belong to another user.
 */
import nodeModule from 'node:module'
import { join } from 'node:path'
import { attempt } from './attempt.ts'
import { cacheAdvice, cacheFolder, removeOldest } from './cache-folder.ts'
import { isFunction } from './loader/newer-node.ts'
import { makePrivate } from './private-folder.ts'

/** Files that are kept; when there are more, the older half goes. A start reads about 40. */
const most = 1000

/**
 * Keeps the code of files that are loaded from now on below `$XDG_CACHE_HOME/coxswain/compiled`. Does nothing where the folder
 * cannot be used, where Node has no such cache, and where coverage is measured, which needs code that is compiled in full.
 */
export const keepCompiled = (env: Readonly<Record<string, string | undefined>>): void => {
  const enable: unknown = Reflect.get(nodeModule, 'enableCompileCache')
  if (!isFunction(enable) || env['NODE_V8_COVERAGE'] !== undefined) return
  const caches = cacheFolder(env)
  if (caches === undefined) return
  const folder = join(caches, 'compiled')
  attempt(() => {
    makePrivate(caches, cacheAdvice)
    makePrivate(folder, cacheAdvice)
    removeOldest(folder, most)
    enable(folder)
  })
}
