import { CoxswainError, defineTask, driftUnlessEmpty, remotePath, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { attributeChanges } from '../files/content/attributes.ts'
import { readText, shown, writeText } from '../shared/file-text.ts'
import { oneLine } from '../shared/one-line.ts'
import { plainPath } from '../shared/paths.ts'
import { escaped, fstab, withFstabEntry } from './mounts/fstab.ts'

const mebibyte = 1024 * 1024
const units = { M: 1, G: 1024, T: 1024 * 1024 } as const

const params = z
  .object({
    path: remotePath().pipe(oneLine('a path')).transform(plainPath).describe('the path of the swap file'),
    size: z
      .string()
      .regex(/^[1-9]\d*[MGT]$/, 'a size is needed, such as 512M or 2G')
      .optional()
      .describe('the size with the unit M, G or T (powers of 1024), such as 2G'),
    priority: z.coerce
      .number()
      .int()
      .min(0)
      .max(32_767)
      .optional()
      .describe('swap with a higher priority is used first; by default the kernel decides'),
    state: z.enum(['present', 'absent']).default('present'),
  })
  .refine(({ size, state }) => size !== undefined || state === 'absent', {
    message: 'a size is needed',
    path: ['size'],
  })
type Params = z.output<typeof params>

/** Mebibytes of a size. */
export const mebibytesOf = (size: string): number => {
  const [, digits, unit] = /^(\d+)([MGT])$/.exec(size) ?? []
  return Number(digits) * (unit === 'G' || unit === 'T' ? units[unit] : units.M)
}

/** fstab with the entry of a swap file as it shall be. */
export const withSwap = (text: string, { path, priority, state }: Params): string =>
  withFstabEntry(
    text,
    ([src, , fstype]) => src === escaped(path) && fstype === 'swap',
    state === 'absent'
      ? undefined
      : [path, 'none', 'swap', priority === undefined ? 'sw' : `sw,pri=${priority}`, '0', '0'],
  )

/** The priority with which /proc/swaps lists a path; undefined when it does not. */
const priorityIn = (swaps: string | undefined, path: string): number | undefined => {
  const line = (swaps ?? '').split('\n').find((text) => text.split(/\s/)[0] === escaped(path))
  return line === undefined ? undefined : Number(line.trim().split(/\s+/).at(-1))
}

/** mkswap signs the end of the first page, and pages have different sizes. */
const isSigned = ({ remote }: CheckContext, path: string): Promise<boolean> =>
  remote.query({
    label: `look for a swap signature in ${path}`,
  })`for p in 4096 8192 16384 65536; do dd if=${path} bs=1 skip=$((p - 10)) count=10 2>/dev/null | grep -q SWAPSPACE2 && exit; done; exit 1`.succeeds()

/** The file that is made, before it takes its place. */
const draftOf = (path: string): string => `${path}.coxswain-new`

/**
 * Looks what is there.
 *
 * @throws `task-failed` when there is something at the path that is no swap file: it is somebody's.
 */
const look = async (ctx: CheckContext, given: Params) => {
  const { remote } = ctx
  const { path } = given
  const [stat, table = '', swaps, left, real] = await Promise.all([
    remote.stat(path),
    readText(remote, fstab),
    remote.read('/proc/swaps'),
    remote.exists(draftOf(path)),
    // the kernel lists it without links in its path
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
 * Refuses a folder that others than root can change, or replace on the way to it: they could put a link there, or read and
 * swap what is in memory.
 */
const refuseOpenFolder = async ({ remote }: CheckContext, folder: string): Promise<void> => {
  const result = await remote.query({
    label: `look who can change ${folder}`,
  })`d=${folder}; last=1; for d in "$d" "$(cd -P -- "$d" && pwd -P)"; do last=1; while :; do set -- $(stat -c '%u %a' -- "$d") && [ "$1" = 0 ] || { echo "$d"; exit; }; if [ ! -L "$d" ]; then case $last$2 in 0[1357]???) ;; *[2367]? | *[2367]) echo "$d"; exit ;; esac; fi; last=0; [ "$d" != / ] || break; d=\${d%/*}; d=\${d:-/}; done; done`.text()
  const open = result.trim()
  if (open === '') return
  throw new CoxswainError(
    'task-failed',
    `others than root can change ${open}, so no swap file can be made in ${folder}`,
    {
      hint: 'set a path in a folder that belongs to root and that only root can write to; the same holds for the folders above it',
    },
  )
}

/** @throws `task-failed` where less is free. */
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

/** Makes a swap file beside its place, so that what is there is always whole; nobody else can read it at any time. */
const make = async (ctx: ApplyContext, path: string, mebibytes: number): Promise<string> => {
  const { remote } = ctx
  const folder = folderOf(path)
  const next = draftOf(path)
  await remote.makeDirectory(folder)
  await refuseOpenFolder(ctx, folder)
  await remote.run`rm -f ${next}`
  await refuseWithoutRoom(ctx, folder, mebibytes)
  // a link that somebody puts in the way is not followed (set -C); on btrfs it must not be copied when written, which can
  // be told of an empty file alone; and where holes are no holes to the kernel, room is taken without writing it all
  await remote.run({
    timeout: 3600,
    label: `make the swap file ${path}`,
  })`umask 077; set -C; : >${next} && { chattr +C ${next} 2>/dev/null || :; } && { case $(stat -f -c %T ${next}) in ext*|btrfs) fallocate -l ${mebibytes * mebibyte} ${next} ;; *) false ;; esac || dd if=/dev/zero of=${next} bs=${mebibyte} count=${mebibytes}; } && mkswap ${next} || { rm -f ${next}; exit 1; }`
  return next
}

const off = ({ remote }: ApplyContext, path: string) => remote.run({ timeout: 600 })`swapoff ${path}`

/** Hold a swap file, used now and after every boot. */
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
      // what an interrupted run has left takes room, and goes
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
