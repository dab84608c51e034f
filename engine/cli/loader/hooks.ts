/**
 * Module hooks that load a playbook from a `.ts` file without a build step, and the engine once, however it is imported.
 *
 * They run on Node's hooks thread (node:module `register`), where Node has no {@link syncHooks}.
 */
import type { LoadHook, ResolveHook } from 'node:module'
import { erasedSource, located, sourceInstead } from './hook-parts.ts'
import type { LoaderData } from './hook-parts.ts'

const state: { data: LoaderData } = { data: { byName: {}, bySource: {} } }

/** Called by Node on the hooks thread, once. */
export const initialize = (data: LoaderData): void => {
  state.data = data
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const { byName, bySource } = state.data
  const known = byName[specifier]
  if (known !== undefined) return { url: known, shortCircuit: true }
  try {
    const found = await next(specifier, context)
    return { ...found, url: bySource[found.url] ?? found.url }
  } catch (error) {
    const instead = sourceInstead(error, specifier)
    if (instead === undefined) throw located(error, specifier, context.parentURL)
    try {
      return await next(instead, context)
    } catch {
      throw located(error, specifier, context.parentURL)
    }
  }
}

export const load: LoadHook = (url, context, next) => {
  const source = erasedSource(url, state.data)
  return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true }
}
