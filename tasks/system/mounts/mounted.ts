/** Reads what is mounted at a path, and compares it with what a task wants there. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'
import { plainPath } from '../../shared/paths.ts'

const sourceOf = shellFile(import.meta.url, 'source.sh')

/** A mounted file system, as /proc/self/mountinfo lists it (proc_pid_mountinfo(5)). */
export interface Mounted {
  /** The mount point, without links in the path. */
  readonly path: string
  /** `major:minor`. */
  readonly device: string
  /** Flags of this mount, such as ro and nosuid. */
  readonly flags: readonly string[]
  readonly fstype: string
  readonly source: string
  /** Options of the file system itself, such as size=1024k. */
  readonly options: readonly string[]
}

/** The wanted mount. */
export interface WantedMount {
  readonly path: string
  readonly src: string
  readonly fstype: string
  readonly options: string
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 8)))

/** The file systems in the table, in the order in which they were mounted. */
export const mountsIn = (table: string): Mounted[] =>
  table.split('\n').flatMap((line): Mounted[] => {
    const [before = '', after] = line.split(' - ')
    if (after === undefined) return []
    const [, , device = '', , path = '', flags = ''] = before.split(' ')
    const [fstype = '', source = '', options = ''] = after.split(' ')
    return [
      {
        path: unescaped(path),
        device,
        flags: flags.split(','),
        fstype,
        source: unescaped(source),
        options: options.split(','),
      },
    ]
  })

/** What is mounted at a path: the last one if several are mounted there; undefined for none. */
export const mountedAt = async (remote: RemoteReader, path: string): Promise<Mounted | undefined> => {
  // not `read`, which resolves links one by one: /proc/self is different for each process
  const mounts = mountsIn(await remote.query`cat /proc/self/mountinfo`.text())
  const found = mounts.findLast((one) => one.path === path)
  if (found !== undefined) return found
  // the kernel lists paths without links; resolved only now, because a mounted file system might not respond
  const real = await remote.query`readlink -f ${path}`.result()
  return real.ok ? mounts.findLast((one) => one.path === real.stdout.trim()) : undefined
}

const isBind = (options: readonly string[]): boolean =>
  options.some((option) => option === 'bind' || option === 'rbind')

/** File systems without a source: their source field is only a name, which is not used. */
const sourceless = new Set(
  'tmpfs ramfs proc sysfs devtmpfs devpts cgroup cgroup2 overlay mqueue hugetlbfs debugfs tracefs securityfs bpf configfs fusectl pstore efivarfs binfmt_misc nfsd rpc_pipefs'.split(
    ' ',
  ),
)

/** Whether a file system of the first type is mounted as the second type. */
const sameKind = (wanted: string, is: string): boolean =>
  wanted === is ||
  wanted === 'auto' ||
  wanted === 'none' ||
  // a file system in user space, such as ntfs-3g
  is.startsWith('fuse') ||
  (wanted === 'nfs' && is === 'nfs4') ||
  (wanted === 'cifs' && is === 'smb3')

/** Whether the mounted file system has the wanted source. If this cannot be determined, it counts as right. */
const sameSource = async (
  remote: RemoteReader,
  { src, path, fstype, options }: WantedMount,
  mounted: Mounted,
): Promise<boolean> => {
  if (isBind(options.split(','))) {
    const { ok, stdout } = await remote.query`stat -L -c %d:%i ${src} ${path}`.result()
    const [from, to] = stdout.trim().split('\n')
    return !ok || from === to
  }
  if (sourceless.has(fstype) || mounted.fstype.startsWith('fuse')) return true
  const tag = /^(?:UUID|LABEL|PARTUUID|PARTLABEL)=/.test(src)
  if (!tag && !src.startsWith('/')) return plainPath(src) === plainPath(mounted.source)
  if (src.startsWith('//')) return plainPath(src) === plainPath(mounted.source.replaceAll('\\', '/'))
  const loop = /^\/dev\/(loop\d+)$/.exec(mounted.source)?.[1] ?? 'none'
  // a tag, a link of udev or LVM, or the backing file of a loop device
  const { stdout } =
    await remote.query`${shellProgram(sourceOf, src.replaceAll('"', ''), mounted.source, loop)}`.result()
  const [wanted = '', is, backing, numbers = ''] = stdout.trim().split('\n')
  if (wanted === '') return true
  return wanted === is || wanted === backing || numbers.split(' ').map(Number).join(':') === mounted.device
}

/** Pairs of opposite flags; the first of each is the default. */
const pairs = [
  ['rw', 'ro'],
  ['suid', 'nosuid'],
  ['dev', 'nodev'],
  ['exec', 'noexec'],
] as const
/** Flags that some options imply (mount(8)). */
const implied: Readonly<Record<string, readonly string[]>> = {
  user: ['noexec', 'nosuid', 'nodev'],
  users: ['noexec', 'nosuid', 'nodev'],
  owner: ['nosuid', 'nodev'],
  group: ['nosuid', 'nodev'],
  defaults: ['rw', 'suid', 'dev', 'exec'],
}
/** Flags that are only compared if the options contain them. */
const askedFor = ['noatime', 'nodiratime', 'relatime', 'sync']

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

const bytes = (size: string): number | undefined => {
  const [, number, unit = ''] = /^(\d+)([kmg]?)$/i.exec(size) ?? []
  return number === undefined ? undefined : Number(number) * (units[unit.toLowerCase()] ?? 1)
}

const valueOf = (options: readonly string[], key: string): string | undefined =>
  options.findLast((option) => option.startsWith(`${key}=`))?.slice(key.length + 1)

/** Options whose value the kernel prints in its own form: how to compare them, per file system type. */
const comparable: readonly (readonly [fstype: string, key: string, form: (value: string) => unknown])[] = [
  ['tmpfs', 'size', bytes],
  ['tmpfs', 'mode', (value) => parseInt(value, 8)],
  ['btrfs', 'subvol', (value) => value.replace(/^\//, '')],
]

/** Wanted options that are not in effect, in the form for a remount. Options that the kernel does not show are ignored. */
export const missingOptions = ({ options, fstype }: WantedMount, mounted: Mounted): string[] => {
  const wanted = options.split(',').flatMap((option) => [...(implied[option] ?? []), option])
  // a file system can become read-only by itself, after an error
  const flags = mounted.options.includes('ro') ? [...mounted.flags, 'ro'] : mounted.flags
  const ofPairs = pairs.flatMap(([usual, other]) => {
    const expected = wanted.findLast((option) => option === usual || option === other) ?? usual
    return (expected === other) === flags.includes(other) ? [] : [expected]
  })
  const shown = new Set([...mounted.flags, ...mounted.options])
  const asked = askedFor.filter((flag) => wanted.includes(flag) && !shown.has(flag))
  const valued = comparable.flatMap(([kind, key, form]) => {
    const value = valueOf(wanted, key)
    const is = valueOf(mounted.options, key)
    if (kind !== fstype || value === undefined || form(value) === undefined) return []
    return is !== undefined && form(is) === form(value) ? [] : [`${key}=${value}`]
  })
  return [...ofPairs, ...asked, ...valued]
}

/** The difference between what is mounted and what is wanted. */
export interface MountDifference {
  /** Another file system, or one with another source: it must be unmounted first. */
  readonly other: { readonly from: string; readonly to: string } | undefined
  readonly missing: readonly string[]
}

/** Compares the mounted file system with the wanted one. */
export const differenceOf = async (
  remote: RemoteReader,
  wanted: WantedMount,
  mounted: Mounted,
): Promise<MountDifference> => {
  const bind = isBind(wanted.options.split(','))
  const same =
    (bind || sameKind(wanted.fstype, mounted.fstype)) && (await sameSource(remote, wanted, mounted))
  return same
    ? { other: undefined, missing: missingOptions(wanted, mounted) }
    : {
        other: {
          from: `${mounted.source} (${mounted.fstype})`,
          to: `${wanted.src} (${wanted.fstype})`,
        },
        missing: [],
      }
}
