/** The compiled command line, for tests whose subject is its process. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../..')

/**
 * The program that starts the compiled command line. Without one a test would wait for ever for what it never prints.
 *
 * @param root of the repository.
 * @throws where nothing is compiled.
 */
export const compiledProgram = (root = repository): string => {
  const main = join(root, 'dist/main.js')
  if (!existsSync(main)) throw new Error(`${main} does not exist: run \`npm run build\` first`)
  return join(root, 'bin/run.js')
}
