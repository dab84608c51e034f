/** What is mounted in a place, and whether it is what somebody wants there. It only reads. */
import type { RemoteReader } from '../../../engine/index.ts'
import { plainPath } from '../../shared/paths.ts'

/** A file system in its place, as /proc/self/mountinfo lists it (proc_pid_mountinfo(5)). */
export interface Mounted {
  /** Where, without links in the path. */
  readonly path: string
  /** `major:minor`. */
  readonly device: string
  /** Flags of this place, such as ro and nosuid. */
  readonly flags: readonly string[]
  readonly fstype: string
  readonly source: string
  /** Options of the file system itself, such as size=1024k. */
  readonly options: readonly string[]
}

/** What is wanted in a place. */
export interface WantedMount {
  readonly path: string
  readonly src: string
  readonly fstype: string
  readonly options: string
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 8)))

/** The file systems of the table, the first mounted first. */
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

/** What is mounted in a place, the uppermost where several lie upon each other; undefined for nothing. */
export const mountedAt = async (remote: RemoteReader, path: string): Promise<Mounted | undefined> => {
  // not `read`: it follows links one by one, and /proc/self is another place for each process that looks
  const mounts = mountsIn(await remote.query`cat /proc/self/mountinfo`.text())
  const found = mounts.findLast((one) => one.path === path)
  if (found !== undefined) return found
  // the kernel lists it without links in its path; only now, for what is mounted may not answer
  const real = await remote.query`readlink -f ${path}`.result()
  return real.ok ? mounts.findLast((one) => one.path === real.stdout.trim()) : undefined
}

const isBind = (options: readonly string[]): boolean =>
  options.some((option) => option === 'bind' || option === 'rbind')

/** File systems that come from nowhere: what stands in the place of their source is a name that nobody reads. */
const sourceless = new Set(
  'tmpfs ramfs proc sysfs devtmpfs devpts cgroup cgroup2 overlay mqueue hugetlbfs debugfs tracefs securityfs bpf configfs fusectl pstore efivarfs binfmt_misc nfsd rpc_pipefs'.split(
    ' ',
  ),
)

/** Names of kinds that mount as another one. */
const sameKind = (wanted: string, is: string): boolean =>
  wanted === is ||
  wanted === 'auto' ||
  wanted === 'none' ||
  // one behind a program of its own, such as ntfs-3g
  is.startsWith('fuse') ||
  (wanted === 'nfs' && is === 'nfs4') ||
  (wanted === 'cifs' && is === 'smb3')

/** Whether what is mounted comes from where it should. What cannot be found out is taken for right: it is not known to be wrong. */
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
  // a tag, a link of udev or LVM, and the file behind a loop device
  const { stdout } =
    await remote.query`s=${src.replaceAll('"', '')}; case $s in /*) ;; *) s=$(findfs "$s" 2>/dev/null) ;; esac; [ -e "$s" ] || exit 0; readlink -f "$s"; readlink -f ${mounted.source} || echo; cat ${`/sys/block/${loop}/loop/backing_file`} 2>/dev/null || echo; stat -L -c '0x%t 0x%T' "$s"`.result()
  const [wanted = '', is, backing, numbers = ''] = stdout.trim().split('\n')
  if (wanted === '') return true
  return wanted === is || wanted === backing || numbers.split(' ').map(Number).join(':') === mounted.device
}

/** Flags of which a place has one or the other; the first is what it has where nothing is said. */
const pairs = [
  ['rw', 'ro'],
  ['suid', 'nosuid'],
  ['dev', 'nodev'],
  ['exec', 'noexec'],
] as const
/** What some options mean besides (mount(8)). */
const implied: Readonly<Record<string, readonly string[]>> = {
  user: ['noexec', 'nosuid', 'nodev'],
  users: ['noexec', 'nosuid', 'nodev'],
  owner: ['nosuid', 'nodev'],
  group: ['nosuid', 'nodev'],
  defaults: ['rw', 'suid', 'dev', 'exec'],
}
/** Flags that are only looked at where they are asked for. */
const askedFor = ['noatime', 'nodiratime', 'relatime', 'sync']

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

const bytes = (size: string): number | undefined => {
  const [, number, unit = ''] = /^(\d+)([kmg]?)$/i.exec(size) ?? []
  return number === undefined ? undefined : Number(number) * (units[unit.toLowerCase()] ?? 1)
}

const valueOf = (options: readonly string[], key: string): string | undefined =>
  options.findLast((option) => option.startsWith(`${key}=`))?.slice(key.length + 1)

/** Options with a value that the kernel prints in a form of its own: how to compare them, for the kinds that have them. */
const comparable: readonly (readonly [fstype: string, key: string, form: (value: string) => unknown])[] = [
  ['tmpfs', 'size', bytes],
  ['tmpfs', 'mode', (value) => parseInt(value, 8)],
  ['btrfs', 'subvol', (value) => value.replace(/^\//, '')],
]

/** Options that are wanted and not in force, as they are given to a remount. Those that the kernel does not show are not looked at. */
export const missingOptions = ({ options, fstype }: WantedMount, mounted: Mounted): string[] => {
  const wanted = options.split(',').flatMap((option) => [...(implied[option] ?? []), option])
  // a file system may be read-only by itself, after an error
  const flags = mounted.options.includes('ro') ? [...mounted.flags, 'ro'] : mounted.flags
  const ofPairs = pairs.flatMap(([usual, other]) => {
    const shall = wanted.findLast((option) => option === usual || option === other) ?? usual
    return (shall === other) === flags.includes(other) ? [] : [shall]
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

/** How what is mounted differs from what is wanted there. */
export interface MountDifference {
  /** Another file system, or one from elsewhere: it has to go before the right one can come. */
  readonly other: { readonly from: string; readonly to: string } | undefined
  readonly missing: readonly string[]
}

/** Compares what is mounted with what is wanted. */
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
