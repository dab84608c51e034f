/** What the simulated hosts print on request, and what a key holds while it is being set. */

/** What a key holds that is set after a while. */
export const rising = 'rising'

export type StreamName = 'stdout' | 'stderr'

/** A line that a host prints for a key: each is another, so that none can stand for one that is missing. */
export const saidLine = (key: string, stream: StreamName, index: number): string =>
  `${key} ${stream} ${index} ${'.'.repeat(index % 60)}|`

/** Lines of each stream in the order in which a host prints them, one after another. */
export const saidText = (key: string, count: number): readonly { stream: StreamName; text: string }[] =>
  Array.from({ length: count }, (_, index) => index).flatMap((index) =>
    (['stdout', 'stderr'] as const).map((stream) => ({ stream, text: `${saidLine(key, stream, index)}\n` })),
  )
