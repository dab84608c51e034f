import { register } from 'node:module'
import { isBundled, packageUrl } from '../../package-root.ts'
import { erasedFolder } from './erased-cache.ts'
import type { LoaderData } from './hook-parts.ts'
import { registerSyncHooks } from './newer-node.ts'
import { publicModules } from './public-modules.ts'
import { syncHooks } from './sync-hooks.ts'

/** Installs the module hooks for playbooks and tasks in TypeScript. Call it once, before loading the first of them. */
export const registerLoader = (): void => {
  const running = publicModules.map(({ name, source, bundled }) => ({
    name,
    source: packageUrl + source,
    url: packageUrl + (isBundled ? bundled : source),
  }))
  const data: LoaderData = {
    byName: Object.fromEntries(running.map(({ name, url }) => [name, url])),
    cache: erasedFolder(process.env),
    bySource: Object.fromEntries(running.map(({ source, url }) => [source, url])),
  }
  if (registerSyncHooks(syncHooks(data))) return
  register(new URL(isBundled ? 'dist/loader-hooks.js' : 'engine/cli/loader/hooks.ts', packageUrl), { data })
}
