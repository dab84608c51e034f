/** What newer versions of Node have in node:module, and Node 20 does not. */
import nodeModule from 'node:module'
import type { SyncHooks } from './sync-hooks.ts'

/** Whether a property of node:module is a function of this version of Node. */
export const isFunction = (value: unknown): value is (...args: readonly unknown[]) => unknown =>
  typeof value === 'function'

/** Installs hooks that need no thread, with Node 22.15 or later. Returns false where Node does not have them. */
export const registerSyncHooks = (hooks: SyncHooks): boolean => {
  const register: unknown = Reflect.get(nodeModule, 'registerHooks')
  if (!isFunction(register)) return false
  register(hooks)
  return true
}
