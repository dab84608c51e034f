import { link, open, readFile, rm } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { CoxswainError, defineTask, drift, enterLocalFolder, ok, z } from '../../engine/index.ts'
import { draftIn, sweepDrafts } from '../files/content/local-draft.ts'
import { shownVariables, variablesChanges, variablesText } from './adoption/variables-text.ts'
import { changeInWords } from './reconfigure/master-files.ts'

/** What is at a path of this machine; undefined where there is nothing. */
const textAt = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new CoxswainError('load-failed', `${path} cannot be read`, {
      cause: error,
      hint: 'check its owner and mode on this machine; nothing was written',
    })
  }
}

const refuse = (message: string, hint: string, output?: string): CoxswainError =>
  new CoxswainError('task-failed', message, {
    hint: `${hint}; nothing was written`,
    ...(output !== undefined && { output }),
  })

/** Refuses a folder in which an inventory would read the new file in place of one that is there. */
const refuseHidden = async (path: string): Promise<void> => {
  const folder = dirname(path)
  const rivals = [
    folder,
    ...['.yml', '.yaml', '.json'].flatMap((end) => [`${folder}${end}`, `${folder}${end}.age`]),
    `${folder}.age`,
  ]
  for (const rival of rivals) {
    const there = await textAt(rival).catch(() => undefined)
    if (there === undefined) continue
    throw refuse(
      `${rival} is there, and an inventory reads either that or the folder ${folder}`,
      `move it into the folder: mkdir ${folder}.new && mv ${rival} ${folder}.new/main${extname(rival) || '.yaml'} && mv ${folder}.new ${folder}`,
    )
  }
  const sealed = `${path}.age`
  if ((await textAt(sealed)) !== undefined)
    throw refuse(
      `${sealed} is there, and encrypted variables are not compared`,
      `compare with run secret view ${sealed}, or move it away`,
    )
}

/** Writes variables into a file of an inventory on this machine. */
export const variablesFile = defineTask({
  name: 'variables-file',
  description:
    'Writes variables into a new file of an inventory on the machine that runs the playbook, readable by its user only. A file with other variables is not replaced: the task fails with the differences. Nothing on the host is changed.',
  reads: 'the file on this machine',
  example: { path: 'group_vars/all/adopted.yaml', variables: { kubernetes_version: 'v1.37.2' } },
  params: () =>
    z.object({
      path: z
        .string()
        .regex(/\.ya?ml$/, 'must end with .yaml or .yml')
        .describe('the file on this machine, such as group_vars/all/adopted.yaml beside the inventory'),
      variables: z.record(z.string(), z.unknown()).describe('the variables'),
      comments: z.array(z.string()).default([]).describe('lines of comment before the variables'),
    }),
  title: ({ path }) => `variables in ${path}`,

  async check(_, { path: given, variables, comments }) {
    const path = resolve(given)
    await refuseHidden(path)
    const text = await textAt(path)
    if (text === undefined)
      return drift({ what: `${path} here`, from: undefined, to: shownVariables(variables, comments) })
    const changes = variablesChanges(text, path, variables)
    if (changes.length === 0) return ok()
    throw refuse(
      `${path} has other variables, and is not replaced`,
      'move it away and run again, or change it by hand',
      changes.map(changeInWords).join('\n'),
    )
  },

  async apply(_, { path: given, variables, comments }) {
    const path = resolve(given)
    const folder = enterLocalFolder(dirname(path), { make: true })
    if (folder === undefined)
      throw new CoxswainError('write-failed', `the folder ${dirname(path)} does not exist`)
    try {
      await sweepDrafts(folder.path)
      const draft = draftIn(folder.path)
      const file = await open(draft, 'wx', 0o600)
      try {
        await file.writeFile(variablesText(variables, comments))
        await file.sync()
        // unlike a rename, it never replaces a file that has come meanwhile
        await link(draft, join(folder.path, basename(path)))
      } finally {
        await file.close()
        await rm(draft, { force: true })
      }
    } finally {
      folder.close()
    }
  },
})
