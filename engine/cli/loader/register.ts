import { register } from 'node:module'
import { isBundled, packageUrl } from '../../package-root.ts'
import type { LoaderData } from './hooks.ts'
import { publicModules } from './public-modules.ts'

/** Installs the module hooks for playbooks and tasks in TypeScript. Call it once, before the first of them is loaded. */
export const registerLoader = (): void => {
  const running = publicModules.map(({ name, source, bundled }) => ({
    name,
    source: packageUrl + source,
    url: packageUrl + (isBundled ? bundled : source),
  }))
  const data: LoaderData = {
    byName: Object.fromEntries(running.map(({ name, url }) => [name, url])),
    bySource: Object.fromEntries(running.map(({ source, url }) => [source, url])),
  }
  register(new URL(isBundled ? 'dist/loader-hooks.js' : 'engine/cli/loader/hooks.ts', packageUrl), { data })
}
