import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  remotePath,
  z,
  shellFile,
  shellProgram,
} from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { attributeChanges } from '../files/content/attributes.ts'
import { readText, shown, writeText } from '../shared/file-text.ts'
import { oneLine } from '../shared/one-line.ts'
import { plainPath } from '../shared/paths.ts'
import { escaped, fstab, withFstabEntry } from './mounts/fstab.ts'

const signature = shellFile(import.meta.url, 'swap-signature.sh')
const openFolder = shellFile(import.meta.url, 'swap-folder.sh')
const makeFile = shellFile(import.meta.url, 'swap-make.sh')

const mebibyte = 1024 * 1024
const units = { M: 1, G: 1024, T: 1024 * 1024 } as const

const params = () =>
  z
    .object({
      path: remotePath().pipe(oneLine('a path')).transform(plainPath).describe('the path of the swap file'),
      size: z
        .string()
        .regex(/^[1-9]\d*[MGT]$/, 'must be a size, such as 512M or 2G')
        .optional()
        .describe('the size with the unit M, G or T (powers of 1024), such as 2G'),
      priority: z.coerce
        .number<number | string>()
        .int()
        .min(0)
        .max(32_767)
        .optional()
        .describe('swap with a higher priority is used first; by default the kernel decides'),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes the swap file and its line in fstab'),
    })
    .refine(({ size, state }) => size !== undefined || state === 'absent', {
      message: 'size is required',
      path: ['size'],
    })
type Params = z.output<ReturnType<typeof params>>

/** A size in MiB. */
export const mebibytesOf = (size: string): number => {
  const [, digits, unit] = /^(\d+)([MGT])$/.exec(size) ?? []
  return Number(digits) * (unit === 'G' || unit === 'T' ? units[unit] : units.M)
}

/** fstab with the entry of a swap file added, changed or removed. */
export const withSwap = (text: string, { path, priority, state }: Params): string =>
  withFstabEntry(
    text,
    ([src, , fstype]) => src === escaped(path) && fstype === 'swap',
    state === 'absent'
      ? undefined
      : [path, 'none', 'swap', priority === undefined ? 'sw' : `sw,pri=${priority}`, '0', '0'],
  )

/** The priority of a path in /proc/swaps; undefined if it is not listed. */
const priorityIn = (swaps: string | undefined, path: string): number | undefined => {
  const line = (swaps ?? '').split('\n').find((text) => text.split(/\s/)[0] === escaped(path))
  return line === undefined ? undefined : Number(line.trim().split(/\s+/).at(-1))
}

/** Whether a file has the signature of mkswap. It is at the end of the first page, and page sizes differ. */
const isSigned = ({ remote }: CheckContext, path: string): Promise<boolean> =>
  remote.query({
    label: `look for a swap signature in ${path}`,
  })`${shellProgram(signature, path)}`.succeeds()

/** The path of a new swap file before it replaces the old one. */
const draftOf = (path: string): string => `${path}.coxswain-new`

/**
 * Reads the current state.
 *
 * @throws `task-failed` if the path exists and is not a swap file.
 */
const look = async (ctx: CheckContext, given: Params) => {
  const { remote } = ctx
  const { path } = given
  const [stat, table = '', swaps, left, real] = await Promise.all([
    remote.stat(path),
    readText(remote, fstab),
    remote.read('/proc/swaps'),
    remote.exists(draftOf(path)),
    // the kernel lists paths without links
    remote.query`readlink -f ${path}`.result(),
  ])
  if (stat !== undefined && (stat.type !== 'file' || !(await isSigned(ctx, path))))
    throw new CoxswainError('task-failed', `${path} exists, but is not a swap file`, {
      hint: 'it was not changed: set another path, or move it away',
    })
  const wanted = withSwap(table, given)
  return { stat, table, wanted, left, live: priorityIn(swaps, (real.ok && real.stdout.trim()) || path) }
}
type Look = Awaited<ReturnType<typeof look>>

const isAnother = ({ stat }: Look, size: string): boolean => stat?.size !== mebibytesOf(size) * mebibyte

const hasPriority = ({ live }: Look, priority: number | undefined): boolean =>
  live !== undefined && (priority === undefined || live === priority)

const changesOf = (found: Look, { path, size = '', priority, state }: Params): Change[] => {
  const { stat, live, table, wanted, left } = found
  const area = `swap on ${path}`
  const entry = table === wanted ? [] : [{ what: fstab, from: shown(table), to: shown(wanted) }]
  const draft = left ? [{ what: draftOf(path), from: 'left by an interrupted run', to: undefined }] : []
  if (state === 'absent')
    return [
      ...draft,
      ...(live === undefined ? [] : [{ what: area, from: 'on', to: 'off' }]),
      ...entry,
      ...(stat === undefined ? [] : [{ what: path, from: 'a swap file', to: undefined }]),
    ]
  const is = stat && `a swap file of ${stat.size / mebibyte}M`
  return [
    ...draft,
    ...(isAnother(found, size) ? [{ what: path, from: is, to: `a swap file of ${size}` }] : []),
    ...(stat === undefined ? [] : attributeChanges(path, stat, { mode: '0600', owner: 'root' })),
    ...(live === undefined ? [{ what: area, from: 'off', to: 'on' }] : []),
    ...(live === undefined || hasPriority(found, priority)
      ? []
      : [{ what: `priority of ${path}`, from: `${live}`, to: `${priority}` }]),
    ...entry,
  ]
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/**
 * Refuses a folder that users other than root can change or replace: they could put a link there, or read and change the
 * content of the memory.
 */
const refuseOpenFolder = async ({ remote }: CheckContext, folder: string): Promise<void> => {
  const result = await remote.query({
    label: `check who can change ${folder}`,
  })`${shellProgram(openFolder, folder)}`.text()
  const open = result.trim()
  if (open === '') return
  throw new CoxswainError(
    'task-failed',
    `users other than root can change ${open}, so a swap file in ${folder} would not be safe`,
    {
      hint: 'set a path in a folder that belongs to root and that only root can write to, and so must all its parent folders',
    },
  )
}

/** @throws `task-failed` if there is not enough free space. */
const refuseWithoutRoom = async (
  { remote }: CheckContext,
  folder: string,
  mebibytes: number,
): Promise<void> => {
  const free =
    Number(
      await remote.query({ label: `df ${folder}` })`df -Pk ${folder} | awk 'NR == 2 { print $4 }'`.text(),
    ) / 1024
  if (free < mebibytes)
    throw new CoxswainError('task-failed', `not enough free space for ${mebibytes}M in ${folder}`, {
      hint: `${Math.floor(free)}M are free: set a smaller size, or another path`,
    })
}

/**
 * Creates a swap file beside the old one, so that the path always has a complete file. No other user can read it at any
 * time.
 */
const make = async (ctx: ApplyContext, path: string, mebibytes: number): Promise<string> => {
  const { remote } = ctx
  const folder = folderOf(path)
  const next = draftOf(path)
  await remote.makeDirectory(folder)
  await refuseOpenFolder(ctx, folder)
  await remote.run`rm -f ${next}`
  await refuseWithoutRoom(ctx, folder, mebibytes)
  // set -C does not follow a link that another user could create; on btrfs, copy-on-write must be off, which is possible
  // only for an empty file; file systems without a sparse fallocate get zeros written
  await remote.run({
    timeout: 3600,
    label: `create the swap file ${path}`,
  })`${shellProgram(makeFile, next, mebibytes)}`
  return next
}

const off = ({ remote }: ApplyContext, path: string) => remote.run({ timeout: 600 })`swapoff ${path}`

/** Creates a swap file, used now and at boot, or removes it. */
export const swap = defineTask({
  name: 'swap',
  description: 'Creates a swap file and uses it, now and at boot; or removes it.',
  reads: 'the file, /proc/swaps and /etc/fstab',
  example: { path: '/var/swap/file', size: '2G' },
  params,
  title: ({ path, size, state }) => (state === 'absent' ? `no swap ${path}` : `swap ${path} of ${size}`),

  writes: ({ path, state }) => (state === 'absent' ? [] : [{ path: folderOf(path), as: 'folder' }]),

  async check(ctx, given) {
    const { path, size = '', state } = given
    const found = await look(ctx, given)
    const folder = folderOf(path)
    if (state !== 'absent' && isAnother(found, size) && (await ctx.remote.exists(folder))) {
      await refuseOpenFolder(ctx, folder)
      // the draft of an interrupted run uses space, and is removed
      if (!found.left) await refuseWithoutRoom(ctx, folder, mebibytesOf(size))
    }
    return driftUnlessEmpty(changesOf(found, given))
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { path, size = '', priority, state } = given
    const found = await look(ctx, given)
    const { stat, live, table, wanted, left } = found
    if (left) await remote.remove(draftOf(path))
    if (state === 'absent') {
      if (live !== undefined) await off(ctx, path)
      if (table !== wanted) await writeText(remote, fstab, wanted)
      return remote.remove(path)
    }
    const another = isAnother(found, size)
    const next = another ? await make(ctx, path, mebibytesOf(size)) : undefined
    const stays = !another && hasPriority(found, priority)
    if (live !== undefined && !stays) await off(ctx, path)
    if (next !== undefined) await remote.run`mv -f ${next} ${path}`
    await remote.setAttributes(path, { mode: '0600', owner: 'root' })
    if (!stays) {
      const words = priority === undefined ? [] : ['-p', `${priority}`]
      const said = await remote.run({ timeout: 60 })`swapon ${words} ${path}`.result()
      if (!said.ok) {
        if (stat === undefined) await remote.remove(path)
        throw new CoxswainError('task-failed', `the kernel refuses ${path} as swap`, {
          output: said.stderr.trim(),
          hint: 'a swap file needs a disk file system such as ext4 or xfs; tmpfs, overlay, NFS and ZFS do not support it',
        })
      }
    }
    if (table !== wanted) await writeText(remote, fstab, wanted)
  },
})
