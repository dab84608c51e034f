/** Formats the progress of a transfer. Pure. */
import type { TaskTransfer } from '../run/events.ts'

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** Formats a number of bytes: `812 bytes`, `1.4 GB`. Decimal units, as is usual for disks and transfers. */
export const bytesText = (bytes: number): string => {
  let [value, unit] = [bytes, 0]
  // a value that would round to 1000 becomes 1 of the next unit
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

type Progress = Pick<TaskTransfer, 'bytes' | 'size'>

const shareOf = ({ bytes, size }: Progress): number => (size === 0 ? 1 : Math.min(1, bytes / size))

/** `34 % of 1.4 GB`. It is 100 % only at the end. */
export const transferText = (progress: Progress): string =>
  `${Math.floor(shareOf(progress) * 100)} % of ${bytesText(progress.size)}`

const columns = 12

/** The same with a bar before it. */
export const transferBar = (progress: Progress): string => {
  const full = Math.floor(shareOf(progress) * columns)
  return `${'█'.repeat(full)}${'░'.repeat(columns - full)} ${transferText(progress)}`
}
