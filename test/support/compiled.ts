/** The compiled command line, for tests of its process. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../..')

/**
 * Returns the path of the compiled command line.
 *
 * @param root of the repository.
 * @throws if it is not compiled.
 */
export const compiledProgram = (root = repository): string => {
  const main = join(root, 'dist/main.js')
  if (!existsSync(main)) throw new Error(`${main} does not exist: run \`npm run build\` first`)
  return join(root, 'bin/run.js')
}
