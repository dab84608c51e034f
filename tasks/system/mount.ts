import { defineTask, driftUnlessEmpty, isCoxswainError, remotePath, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Command, ErrorCode } from '../../engine/index.ts'
import { readText, shown, writeText } from '../shared/file-text.ts'
import { oneLine } from '../shared/one-line.ts'
import { plainPath } from '../shared/paths.ts'
import { escaped, fstab, withFstabEntry } from './mounts/fstab.ts'
import { differenceOf, mountedAt } from './mounts/mounted.ts'
import type { MountDifference } from './mounts/mounted.ts'

const params = () =>
  z
    .object({
      path: remotePath().pipe(oneLine('a path')).transform(plainPath).describe('the mount point'),
      src: oneLine('a source').optional().describe('what to mount: a device, UUID=…, host:/path'),
      fstype: oneLine('a type of file system')
        .optional()
        .describe('the type of file system, such as ext4, nfs, tmpfs'),
      options: oneLine('the list of options').default('defaults').describe('mount options, comma-separated'),
      dump: z.coerce
        .number<number | string>()
        .int()
        .min(0)
        .default(0)
        .describe('the fifth field of fstab(5): whether dump(8) backs it up'),
      pass: z.coerce
        .number<number | string>()
        .int()
        .min(0)
        .default(0)
        .describe('the sixth field: order of file system checks at boot'),
      state: z
        .enum(['mounted', 'present', 'unmounted', 'absent'])
        .default('mounted')
        .describe(
          'mounted now and at boot; present: only at boot; unmounted: in fstab or not, but not now; absent: neither',
        ),
    })
    .refine(
      ({ src, fstype, state }) =>
        ['unmounted', 'absent'].includes(state) || (src !== undefined && fstype !== undefined),
      {
        message: 'src and fstype are required',
      },
    )
type Params = z.output<ReturnType<typeof params>>

/** The table with the entry of a path added, changed or removed; comments and other entries stay unchanged. */
export const withMount = (
  text: string,
  { path, src = '', fstype = '', options, dump, pass, state }: Params,
): string =>
  state === 'unmounted'
    ? text
    : withFstabEntry(
        text,
        ([, where = '']) => plainPath(where) === escaped(path),
        state === 'absent' ? undefined : [src, path, fstype, options, `${dump}`, `${pass}`],
      )

const nothingWrong: MountDifference = { other: undefined, missing: [] }

const look = async ({ remote }: CheckContext, given: Params) => {
  const [table = '', mounted] = await Promise.all([readText(remote, fstab), mountedAt(remote, given.path)])
  const { path, src = '', fstype = '', options } = given
  const difference =
    mounted === undefined || given.state !== 'mounted'
      ? nothingWrong
      : await differenceOf(remote, { path, src, fstype, options }, mounted)
  return { table, wanted: withMount(table, given), mounted, difference }
}

/** Errors after which the host can still be reached, so that fstab can be restored. */
const refused = new Set<ErrorCode>(['command-failed', 'command-timeout'])

/** Runs a mount command. If it fails, restores fstab: an entry that cannot be mounted could stop the next boot. */
const orTakeBack = async (
  { remote }: ApplyContext,
  command: Command,
  table: string,
  afterwards = async (): Promise<void> => {},
): Promise<void> => {
  try {
    await command
  } catch (error) {
    if (isCoxswainError(error) && refused.has(error.code)) {
      await writeText(remote, fstab, table)
      await afterwards()
    }
    throw error
  }
}

/** Unmounts everything at a path: several file systems can be mounted on top of each other. */
const unmountAll = async ({ remote }: ApplyContext, path: string): Promise<void> => {
  do await remote.run({ timeout: 120 })`umount ${path}`
  while ((await mountedAt(remote, path)) !== undefined)
}

/** Mounts a file system, now and at boot, or unmounts it. */
export const mount = defineTask({
  name: 'mount',
  description:
    'Mounts a file system, now and at boot, or only at boot; or unmounts it. A different file system at the mount point is unmounted first; changed options take effect immediately.',
  reads:
    '/etc/fstab and /proc/self/mountinfo: source, type, and of the options ro, nosuid, nodev, noexec and their opposites, the access time options, size and mode of tmpfs, and subvol',
  example: { path: '/srv/scratch', src: 'tmpfs', fstype: 'tmpfs', options: 'size=64m' },
  params,
  title: ({ path, state }) => `${path} ${state}`,
  writes: ({ path, state }) => (state === 'mounted' ? [{ path, as: 'folder' }] : []),

  async check(ctx, given) {
    const { path, state } = given
    const { table, wanted, mounted, difference } = await look(ctx, given)
    const is = mounted !== undefined
    const must = { mounted: true, present: is, unmounted: false, absent: false }[state]
    const { other, missing } = difference
    return driftUnlessEmpty([
      ...(table === wanted ? [] : [{ what: fstab, from: shown(table), to: shown(wanted) }]),
      ...(is === must
        ? []
        : [{ what: path, from: is ? 'mounted' : 'not mounted', to: must ? 'mounted' : 'not mounted' }]),
      ...(other === undefined ? [] : [{ what: path, ...other }]),
      ...(missing.length === 0
        ? []
        : [
            {
              what: `options of ${path}`,
              from: [...new Set([...(mounted?.flags ?? []), ...(mounted?.options ?? [])])].join(','),
              to: missing.join(','),
            },
          ]),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { path, state } = given
    const { table, wanted, mounted, difference } = await look(ctx, given)
    const { other, missing } = difference
    const goes = state === 'unmounted' || state === 'absent' || other !== undefined
    if (mounted !== undefined && goes) await unmountAll(ctx, path)
    if (table !== wanted) await writeText(remote, fstab, wanted)
    if (state !== 'mounted') return
    await remote.makeDirectory(path)
    const options = { timeout: 120 }
    if (mounted === undefined) await orTakeBack(ctx, remote.run(options)`mount ${path}`, table)
    else if (other !== undefined) {
      const command = remote.run(options)`mount ${path}`
      await orTakeBack(ctx, command, table, async () => {
        // mount the old file system again, if the table has an entry for it
        if (table !== wanted) await remote.run(options)`mount ${path}`.result()
      })
    }
    // changed options take effect immediately
    else if (table !== wanted || missing.length > 0) {
      const more = missing.filter((option) => !given.options.split(',').includes(option))
      const list = ['remount', given.options, ...more].join(',')
      await orTakeBack(ctx, remote.run(options)`mount -o ${list} ${path}`, table)
    }
  },
})
