/** The lines that simulated hosts print on request, and the value of a key while it is being set. */

/** The value of a key that is set after a while. */
export const rising = 'rising'

export type StreamName = 'stdout' | 'stderr'

/** A line that a host prints for a key: all are different, so that a missing one is detected. */
export const saidLine = (key: string, stream: StreamName, index: number): string =>
  `${key} ${stream} ${index} ${'.'.repeat(index % 60)}|`

/** The names of the streams. */
export const streamNames = ['stdout', 'stderr'] as const

/** All lines of each stream. */
export const saidText = (key: string, count: number): Readonly<Record<StreamName, string>> => {
  const text = (stream: StreamName): string =>
    Array.from({ length: count }, (_, index) => `${saidLine(key, stream, index)}\n`).join('')
  return { stdout: text('stdout'), stderr: text('stderr') }
}
