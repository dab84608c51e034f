import { register } from 'node:module'
import type { LoaderData } from './hooks.ts'

const here = import.meta.url
const extension = here.endsWith('.ts') ? 'ts' : 'js'
const root = new URL('../../../', here).href

/** Installs the module hooks for playbooks and tasks in TypeScript. Call it once, before the first of them is loaded. */
export const registerLoader = (): void => {
  const data: LoaderData = {
    modules: {
      coxswain: `${root}engine/index.${extension}`,
      'coxswain/tasks': `${root}tasks/index.${extension}`,
      'coxswain/testing': `${root}engine/testing.${extension}`,
    },
    compiled: extension === 'js' ? { from: new URL('../', root).href, to: root } : undefined,
  }
  register(new URL(`./hooks.${extension}`, here), { data })
}
