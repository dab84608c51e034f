import { defineTask, flag, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { countIn, mib, rowsIn, wordsIn } from './reading/values.ts'

const mountsFile = shellFile(import.meta.url, 'mounts.sh')

/** A mount of a host. */
export interface MountedFileSystem {
  /** For example `/dev/sda1`, or `server:/srv`. */
  readonly device: string
  readonly path: string
  /** For example `ext4`. */
  readonly type: string
  readonly options: readonly string[]
  /** Undefined for file systems of other hosts, and those of the kernel. */
  readonly size: FileSystemSize | undefined
}

/** The size of a file system, in MiB. */
export interface FileSystemSize {
  readonly totalMiB: number
  readonly usedMiB: number
  /** What users other than root can fill. */
  readonly availableMiB: number
}

/** Blanks and backslashes in /proc/mounts are octal numbers (fstab(5)). */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-3][0-7]{2})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 8)),
  )

const sizeIn = (text: string): FileSystemSize | undefined => {
  const [block, total, free, available] = wordsIn(text).map(countIn)
  if (block === undefined || total === undefined || free === undefined || available === undefined)
    return undefined
  return {
    totalMiB: mib(total * block),
    usedMiB: mib((total - free) * block),
    availableMiB: mib(available * block),
  }
}

/** Parses what mounts.sh prints. */
export const parseMounts = (text: string): MountedFileSystem[] =>
  rowsIn(text).flatMap(([device = '', path = '', type = '', options = '', sizes = '']) =>
    path.startsWith('/')
      ? [
          {
            device: unescaped(device),
            path: unescaped(path),
            type,
            options: options.split(','),
            size: sizeIn(sizes),
          },
        ]
      : [],
  )

/** Reads what is mounted on a host. */
export const mounts = defineTask({
  name: 'mounts',
  description:
    'Reads what is mounted on a host: device, path, type, options, and how full each local file system is.',
  reads: '/proc/mounts, and the sizes of local file systems',
  example: {},
  params: () =>
    z.object({
      all: flag()
        .default(false)
        .describe('also file systems of the kernel that contain no files of programs, such as /proc'),
    }),
  async check({ remote }, { all }) {
    const found = parseMounts(
      await remote.query({ label: 'list the mounts' })`${shellProgram(mountsFile)}`.text(),
    )
    return ok(found.filter(({ device, size }) => all || size !== undefined || device.includes('/')))
  },
})
