import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'
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

const manifest = z.object({ dependencies: z.record(z.string(), z.string()).default({}) })

/** The file or folder from which a project installed this engine, where it did not come from a registry. */
const installedFrom = (project: string): string | undefined => {
  const file = join(project, 'package.json')
  if (!existsSync(file)) return undefined
  const read = manifest.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  const [, path] = /^file:(.+)$/.exec(read.data?.dependencies['coxswain'] ?? '') ?? []
  return path === undefined ? undefined : resolve(project, path)
}

/** Where npm finds this engine: where the project around it got it from, by its version, or in this checkout. */
const dependency = (folder: string): string => {
  const [project, installed] = packageRoot.split('/node_modules/')
  const source = installed === undefined ? packageRoot : installedFrom(project ?? '')
  return source === undefined ? `^${packageVersion()}` : `file:${relative(folder, source)}`
}

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
      // another process can have made it a moment ago: it is not overwritten even then
      if (into !== undefined) await writeFile(join(into.path, basename(path)), content, { flag: 'wx' })
      into?.close()
    }
    out(`  ${path.padEnd(width)}  ${purpose}\n`)
  }
  const enter = root === process.cwd() ? '' : `cd ${folder} && `
  if (!check) out(`\nNow: ${enter}npm install && npx run site.ts -i inventory.yaml --check --diff\n`)
  return 0
}
