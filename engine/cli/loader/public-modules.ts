/** The modules that playbooks import. `exports` in package.json names the same files. */

/** A module that playbooks import by its name. */
export interface PublicModule {
  readonly name: string
  /** Below the package's folder. */
  readonly source: string
  /** The entry of the bundle, below the package's folder. */
  readonly bundled: string
}

export const publicModules: readonly PublicModule[] = [
  { name: 'coxswain', source: 'engine/index.ts', bundled: 'dist/index.js' },
  { name: 'coxswain/tasks', source: 'tasks/index.ts', bundled: 'dist/tasks.js' },
  { name: 'coxswain/testing', source: 'engine/testing.ts', bundled: 'dist/testing.js' },
]
