import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { enterLocalFolder } from '../../connection/local-folder.ts'
import { CoxswainError } from '../../errors.ts'
import { packageRoot, packageVersion } from '../../package-root.ts'
import { starterFiles } from './starter.ts'
import type { CommandContext } from '../define-command.ts'

interface InitInput {
  readonly arguments: { readonly folder: string | undefined }
  readonly options: { readonly check: boolean }
}

/** A name that npm takes. */
const packageName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '') || 'site'

/** Where npm finds this engine: by its version where it was installed so, else in this checkout. */
const dependency = (folder: string): string =>
  packageRoot.includes('/node_modules/') ? `^${packageVersion()}` : `file:${relative(folder, packageRoot)}`

/**
 * `run init [FOLDER]`: makes a working folder. Gives the exit status.
 *
 * @throws `usage` when one of its files is there already: nothing is written then.
 */
export const init = async (
  { arguments: { folder = '.' }, options: { check } }: InitInput,
  { outlets: { out } }: CommandContext,
): Promise<number> => {
  const root = resolve(folder)
  const files = starterFiles(packageName(root), dependency(root))
  const there = files.filter(({ path }) => existsSync(join(root, path)))
  if (there.length > 0) {
    throw new CoxswainError('usage', `${folder} has ${there.map(({ path }) => path).join(', ')} already`, {
      hint: 'nothing was written; name a new folder: `run init FOLDER`',
    })
  }
  const width = Math.max(...files.map(({ path }) => path.length))
  out(check ? `would write into ${folder}:\n` : `${folder}:\n`)
  for (const { path, purpose, content } of files) {
    if (!check) {
      const into = enterLocalFolder(dirname(join(root, path)), { make: true })
      // somebody may have made it a moment ago: it is not overwritten even then
      if (into !== undefined) await writeFile(join(into.path, basename(path)), content, { flag: 'wx' })
      into?.close()
    }
    out(`  ${path.padEnd(width)}  ${purpose}\n`)
  }
  const enter = root === process.cwd() ? '' : `cd ${folder} && `
  if (!check) out(`\nNow: ${enter}npm install && npx run site.ts -i inventory.yaml --check --diff\n`)
  return 0
}
