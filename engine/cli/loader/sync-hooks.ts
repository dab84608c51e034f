import type { LoadFnOutput, LoadHookContext, ResolveFnOutput, ResolveHookContext } from 'node:module'
import { erasedSource, located, sourceInstead } from './hook-parts.ts'
import type { LoaderData } from './hook-parts.ts'

/** Module hooks that Node calls where a module is imported or required, without a thread. */
export interface SyncHooks {
  readonly resolve: (
    specifier: string,
    context: ResolveHookContext,
    next: (specifier: string, context?: Partial<ResolveHookContext>) => ResolveFnOutput,
  ) => ResolveFnOutput
  readonly load: (
    url: string,
    context: LoadHookContext,
    next: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
  ) => LoadFnOutput
}

/** The hooks of `hooks.ts` for `registerHooks` of node:module. */
export const syncHooks = (data: LoaderData): SyncHooks => ({
  resolve: (specifier, context, next) => {
    // what is required is found as without hooks
    if (!context.conditions.includes('import')) return next(specifier, context)
    const known = data.byName[specifier]
    if (known !== undefined) return { url: known, shortCircuit: true }
    try {
      const found = next(specifier, context)
      return { ...found, url: data.bySource[found.url] ?? found.url }
    } catch (error) {
      const instead = sourceInstead(error, specifier)
      if (instead === undefined) throw located(error, specifier, context.parentURL)
      try {
        return next(instead, context)
      } catch {
        throw located(error, specifier, context.parentURL)
      }
    }
  },
  load: (url, context, next) => {
    const source = erasedSource(url, data)
    return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true }
  },
})
