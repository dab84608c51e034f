import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { countIn, mib, rowsIn, textIn } from './reading/values.ts'

const disksFile = shellFile(import.meta.url, 'disks.sh')

/** A partition of a disk. */
export interface Partition {
  /** For example `sda1`. */
  readonly name: string
  readonly sizeMiB: number
}

/** A disk, or another block device such as a logical volume. */
export interface Disk extends Partition {
  /** Whether it rotates; a solid-state disk does not. */
  readonly rotates: boolean
  readonly removable: boolean
  readonly readOnly: boolean
  readonly vendor: string | undefined
  readonly model: string | undefined
  readonly partitions: readonly Partition[]
}

const sizeOf = (blocks: string | undefined): number => mib((countIn(blocks) ?? 0) * 512)

/** Parses what disks.sh prints. */
export const parseDisks = (text: string): Disk[] => {
  const disks: (Disk & { readonly partitions: Partition[] })[] = []
  for (const [kind, name, size, rotates, removable, readOnly, vendor, model] of rowsIn(text)) {
    if (name === undefined) continue
    if (kind === 'part') disks.at(-1)?.partitions.push({ name, sizeMiB: sizeOf(size) })
    // a drive without a medium has no size
    else if (kind === 'disk')
      disks.push({
        name,
        sizeMiB: sizeOf(size),
        rotates: rotates === '1',
        removable: removable === '1',
        readOnly: readOnly === '1',
        vendor: textIn(vendor),
        model: textIn(model),
        partitions: [],
      })
  }
  return disks
}

/** Reads the disks of a host. */
export const disks = defineTask({
  name: 'disks',
  description: 'Reads the disks of a host: size, kind, model and partitions.',
  reads: '/sys/block',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return ok(parseDisks(await remote.query({ label: 'list the disks' })`${shellProgram(disksFile)}`.text()))
  },
})
