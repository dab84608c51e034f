import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'
import { enterLocalFolder } from '../../connection/local-folder.ts'
import { CoxswainError } from '../../errors.ts'
import { packageRoot, packageVersion } from '../../package-root.ts'
import { roleNameHint, roleNamePattern } from '../../dsl/role.ts'
import { shownWord } from '../../secret.ts'
import { roleFiles } from './role-starter.ts'
import { starterFiles } from './starter.ts'
import type { CommandContext } from '../define-command.ts'

interface InitInput {
  readonly arguments: { readonly folder: string | undefined }
  readonly options: { readonly check: boolean; readonly role: string | undefined }
}

/** A valid npm package name for a folder. */
const packageName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '') || 'site'

const manifest = z.object({ dependencies: z.record(z.string(), z.string()).default({}) })

/** The file or folder that a project installed this engine from; undefined for a registry. */
const installedFrom = (project: string): string | undefined => {
  const file = join(project, 'package.json')
  if (!existsSync(file)) return undefined
  const read = manifest.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  const [, path] = /^file:(.+)$/.exec(read.data?.dependencies['coxswain'] ?? '') ?? []
  return path === undefined ? undefined : resolve(project, path)
}

/** The dependency on this engine: the source that the surrounding project uses, a version, or this checkout. */
const dependency = (folder: string): string => {
  const [project, installed] = packageRoot.split('/node_modules/')
  const source = installed === undefined ? packageRoot : installedFrom(project ?? '')
  return source === undefined ? `^${packageVersion()}` : `file:${relative(folder, source)}`
}

/** @throws `usage` for a name that a role cannot have. */
const refuseRoleName = (name: string): void => {
  if (roleNamePattern.test(name)) return
  throw new CoxswainError('usage', `the name of a role is ${shownWord(name)}`, { hint: roleNameHint })
}

/**
 * `run init [FOLDER]`: creates a project folder, or with `--role NAME` a role. Returns the exit status.
 *
 * @throws `usage` if one of its files already exists; then nothing is written.
 */
export const init = async (
  { arguments: given, options: { check, role } }: InitInput,
  { outlets: { out } }: CommandContext,
): Promise<number> => {
  if (role !== undefined) refuseRoleName(role)
  const folder = given.folder ?? (role === undefined ? '.' : `role-${role}`)
  const root = resolve(folder)
  const files =
    role === undefined
      ? starterFiles(packageName(root), dependency(root))
      : roleFiles(role, packageName(root), { dependency: dependency(root), version: packageVersion() })
  const existing = files.filter(({ path }) => existsSync(join(root, path)))
  if (existing.length > 0) {
    throw new CoxswainError('usage', `${folder} already has ${existing.map(({ path }) => path).join(', ')}`, {
      hint: 'nothing was written; name a new folder: `run init FOLDER`',
    })
  }
  const width = Math.max(...files.map(({ path }) => path.length))
  out(check ? `would write into ${folder}:\n` : `${folder}:\n`)
  for (const { path, purpose, content } of files) {
    if (!check) {
      const into = enterLocalFolder(dirname(join(root, path)), { make: true })
      // a file that another process has just created is not overwritten either
      if (into !== undefined) await writeFile(join(into.path, basename(path)), content, { flag: 'wx' })
      into?.close()
    }
    out(`  ${path.padEnd(width)}  ${purpose}\n`)
  }
  const enter = root === process.cwd() ? '' : `cd ${folder} && `
  const next = role === undefined ? 'npx run site --check --diff' : 'npm test'
  if (!check) out(`\nNow: ${enter}npm install && ${next}\n`)
  return 0
}
