import { defineTask, driftUnlessEmpty, isCoxswainError, remotePath, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Command, RemoteReader } from '../../engine/index.ts'
import { readText, shown, writeText } from '../file-text.ts'
import { escaped, fstab, withFstabEntry } from './fstab.ts'

/** A path as the kernel lists it: no slash is there twice, and none at the end. */
const plain = (path: string): string => path.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '')

const params = z
  .object({
    path: remotePath().transform(plain).describe('where it is mounted'),
    src: z.string().optional().describe('what is mounted: a device, UUID=…, host:/path'),
    fstype: z.string().optional().describe('the kind of file system, such as ext4, nfs, tmpfs'),
    options: z.string().default('defaults').describe('mount options, parted by commas'),
    dump: z.coerce.number().int().min(0).default(0).describe('the fifth field of fstab(5)'),
    pass: z.coerce
      .number()
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
      message: 'src and fstype are needed',
    },
  )
type Params = z.output<typeof params>

/** The table with the entry of a path as it shall be; comments and other entries stay. */
export const withMount = (
  text: string,
  { path, src = '', fstype = '', options, dump, pass, state }: Params,
): string =>
  state === 'unmounted'
    ? text
    : withFstabEntry(
        text,
        ([, where = '']) => plain(where) === escaped(path),
        state === 'absent' ? undefined : [src, path, fstype, options, `${dump}`, `${pass}`],
      )

const isMounted = async (remote: RemoteReader, path: string): Promise<boolean> => {
  const table = (await remote.read('/proc/self/mounts')) ?? ''
  const points = new Set(table.split('\n').map((line) => line.split(' ')[1]))
  if (points.has(escaped(path))) return true
  // the kernel lists it without links in its path; only now, for what is mounted may not answer
  const real = await remote.query`readlink -f ${path}`.result()
  return real.ok && points.has(escaped(real.stdout.trim()))
}

const look = async ({ remote }: CheckContext, given: Params) => {
  const [table = '', mounted] = await Promise.all([readText(remote, fstab), isMounted(remote, given.path)])
  return { table, wanted: withMount(table, given), mounted }
}

/** Runs what mounts. Where that is refused fstab is as it was: an entry that cannot be mounted may stop the next boot. */
const orTakeBack = async ({ remote }: ApplyContext, command: Command, table: string): Promise<void> => {
  try {
    await command
  } catch (error) {
    if (isCoxswainError(error) && ['command-failed', 'command-timeout'].includes(error.code))
      await writeText(remote, fstab, table)
    throw error
  }
}

/** Several may lie upon each other in one place. */
const unmountAll = async ({ remote }: ApplyContext, path: string): Promise<void> => {
  do await remote.run({ timeout: 120 })`umount ${path}`
  while (await isMounted(remote, path))
}

/** Hold a file system mounted, now and at every boot. */
export const mount = defineTask({
  name: 'mount',
  description: 'Holds a file system mounted, now and at every boot; or only at boot, or not.',
  reads: '/etc/fstab and /proc/self/mounts; of what is mounted, only that it is',
  example: { path: '/srv/scratch', src: 'tmpfs', fstype: 'tmpfs', options: 'size=64m' },
  params,
  title: ({ path, state }) => `${path} ${state}`,

  async check(ctx, given) {
    const { table, wanted, mounted } = await look(ctx, given)
    const shall = { mounted: true, present: mounted, unmounted: false, absent: false }[given.state]
    return driftUnlessEmpty([
      ...(table === wanted ? [] : [{ what: fstab, from: shown(table), to: shown(wanted) }]),
      ...(mounted === shall
        ? []
        : [
            {
              what: given.path,
              from: mounted ? 'mounted' : 'not mounted',
              to: shall ? 'mounted' : 'not mounted',
            },
          ]),
    ])
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { path, state } = given
    const { table, wanted, mounted } = await look(ctx, given)
    if (mounted && (state === 'unmounted' || state === 'absent')) await unmountAll(ctx, path)
    if (table !== wanted) await writeText(remote, fstab, wanted)
    if (state !== 'mounted') return
    await remote.makeDirectory(path)
    const options = { timeout: 120 }
    if (!mounted) await orTakeBack(ctx, remote.run(options)`mount ${path}`, table)
    // other options count at once
    else if (table !== wanted)
      await orTakeBack(ctx, remote.run(options)`mount -o ${`remount,${given.options}`} ${path}`, table)
  },
})
