import { statSync } from 'node:fs'
import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  flag,
  remotePath,
  z,
  localPath,
} from '../../engine/index.ts'
import type { CheckContext, Stat } from '../../engine/index.ts'
import { anyMode, modeOn } from '../shared/modes.ts'
import { canBeFile } from '../shared/paths.ts'
import {
  attributeChanges,
  attributeParams,
  attributesOf,
  settled,
  followParam,
  overwriteParam,
  writeParams,
  written,
} from './content/attributes.ts'
import { contentChanges, summary } from './content/content.ts'
import { isPublic, localFile, localStat, publicText } from './content/local-file.ts'
import { localTree } from './tree/local-tree.ts'
import { planTree } from './tree/plan.ts'
import type { TreePlan } from './tree/plan.ts'
import { remoteTree } from './tree/remote-tree.ts'
import { applyTree } from './tree/send.ts'

const params = () =>
  z.object({
    src: localPath().describe('the file or folder on this machine'),
    dest: remotePath().describe('the path of the file or folder on the host'),
    ...attributeParams,
    mode: anyMode()
      .optional()
      .describe(
        "octal digits as text, such as '0644', or what chmod takes, such as u=rwX,go-w; by default unchanged for a single file, and the mode of each file on this machine for those in a folder",
      ),
    ...overwriteParam,
    ...writeParams,
    ...followParam,
    directoryMode: anyMode()
      .optional()
      .describe(
        'the same for a folder and the folders in it; by default new folders get the mode that they have on this machine, and existing ones keep theirs',
      ),
    delete: flag()
      .default(false)
      .describe('remove from the folder on the host what does not exist on this machine'),
  })
type Params = z.output<ReturnType<typeof params>>

/** @throws `task-failed` for parameters that do not apply to a file, or to a folder. */
const isFolder = async ({ src, validate, backup, overwrite, ...given }: Params): Promise<boolean> => {
  const folder = (await localStat(src)).isDirectory()
  if (folder && (validate !== undefined || backup === true || !overwrite))
    throw new CoxswainError(
      'task-failed',
      `${src} is a folder: validate, backup and overwrite=false work for single files only`,
      {
        hint: 'copy the file that needs them in a task of its own',
      },
    )
  if (!folder && (given.delete || given.directoryMode !== undefined))
    throw new CoxswainError(
      'task-failed',
      `${src} is not a folder: delete and directoryMode work for folders only`,
      {
        hint: 'leave them out',
      },
    )
  if (!folder && !canBeFile(given.dest))
    throw new CoxswainError(
      'task-failed',
      `${src} is not a folder: dest must not end with a slash, /. or /..`,
      {
        hint: 'write the name of the file at the end of dest, or leave the slash out',
      },
    )
  return folder
}

const planOf = async (ctx: CheckContext, given: Params): Promise<TreePlan> => {
  const local = await localTree(ctx, given.src)
  const paths = local.map(({ path }) => path)
  const { dest, delete: all, follow } = given
  return planTree(local, await remoteTree(ctx.remote, dest, paths, { all, follow }), given)
}

/** The text that a diff can show: every user can read the file on both machines, now and after the change. */
const shownText = async ({ src, mode }: Params, there: Stat | undefined): Promise<string | undefined> => {
  const next = mode && modeOn(mode, { type: 'file', there: there?.mode ?? '0644' })
  const modes = [next, there?.mode].filter((one) => one !== undefined)
  return modes.every((one) => isPublic(Number.parseInt(one, 8))) ? publicText(src) : undefined
}

/** Makes a file or folder on the host equal to one on this machine, of any size and content. */
export const copy = defineTask({
  name: 'copy',
  description:
    'Copies a file, or a folder with everything in it, from the machine that runs the playbook. The diff shows the text of a single file that every user can read; for all others it shows size and SHA-256.',
  reads: 'the SHA-256, owner and mode of the file, or of each file in the folder',
  example: { src: 'package.json', dest: '/tmp/package.json', mode: '0644' },
  params,
  title: ({ src, dest }) => `copy of ${src} at ${dest}`,
  writes: ({ src, dest, ...its }) => written(statSync(src).isDirectory() ? 'folder' : 'file', dest, its),
  sends: ({ src }) => [src],
  needs: isFolder,

  async check(ctx, given) {
    const { remote } = ctx
    const { src, dest, ...attributes } = given
    if (await isFolder(given)) return driftUnlessEmpty((await planOf(ctx, given)).changes)
    const [source, there, stat] = await Promise.all([
      localFile(ctx, src),
      remote.sha256(dest, { follow: given.follow }),
      remote.stat(dest, { follow: true }),
    ])
    const { size, sha256: wanted } = source
    if (there !== undefined && !given.overwrite)
      return driftUnlessEmpty(attributeChanges(dest, stat, attributes))
    const text = await shownText(given, stat)
    return driftUnlessEmpty([
      ...(there === wanted
        ? []
        : text === undefined
          ? [{ what: dest, from: there && summary(stat?.size, there), to: summary(size, wanted) }]
          : await contentChanges(remote, dest, text, attributes)),
      ...(there === undefined ? [] : attributeChanges(dest, stat, attributes)),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { src, dest, overwrite, delete: _delete, directoryMode: _directoryMode, ...wanted } = given
    if (await isFolder(given)) return applyTree(remote, src, await planOf(ctx, given), given)
    const source = await localFile(ctx, src)
    const attributes = await settled(remote, dest, wanted)
    const there = await remote.sha256(dest, { follow: given.follow })
    if (there === source.sha256 || (there !== undefined && !overwrite))
      return remote.setAttributes(dest, attributesOf(attributes))
    await remote.writeStream(dest, source, attributes)
  },
})
