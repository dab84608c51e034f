/** Files of runs: found, and read from both ends. */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { headerSchema, trailerSchema } from './header.ts'
import type { Header, Trailer } from './header.ts'
import { listState } from './names.ts'
import type { RunName } from './names.ts'
import { processMark } from './process-mark.ts'
import { endsOf } from './read-lines.ts'

/** A run as its file shows it at first sight. */
export interface RecordedRun {
  readonly file: string
  readonly header: Header
  /** Undefined when it still runs, or was killed. */
  readonly trailer: Trailer | undefined
}

const begins = { first: '{"type":"journal",', last: '{"type":"journal-end",' }

const parsed = (line: string | undefined): unknown => {
  try {
    return JSON.parse(line ?? '')
  } catch {
    // cut off in the middle
    return undefined
  }
}

/** Whether an error says that a file has gone: another run prunes. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/**
 * Reads both ends of a run's file. It never throws.
 *
 * @returns a text where the file is damaged, and undefined where it is gone.
 */
export const readRun = (folder: string, { name, run }: RunName): RecordedRun | string | undefined => {
  const file = join(folder, name)
  try {
    const { first, last } = endsOf(file, begins)
    const header = headerSchema.safeParse(parsed(first))
    if (!header.success) return 'its first line is not the header of a journal of this version'
    const trailer = trailerSchema.safeParse(parsed(last))
    // the name counts: it is what makes a number unique
    return { file, header: { ...header.data, run }, trailer: trailer.success ? trailer.data : undefined }
  } catch (error) {
    if (isGone(error)) return undefined
    return error instanceof Error ? error.message : String(error)
  }
}

/** Every run in a state folder that can be read, the oldest first. */
export const recordedRuns = (folder: string): RecordedRun[] =>
  listState(folder).runs.flatMap((name) => {
    const found = readRun(folder, name)
    return typeof found === 'object' ? [found] : []
  })

/** Whether a run without an end is still under way, as far as this machine can tell. */
export const isRunning = ({ header, trailer }: RecordedRun): boolean => {
  if (trailer !== undefined || header.machine !== hostname()) return false
  try {
    process.kill(header.pid, 0)
    const mark = processMark(header.pid)
    return header.process === undefined || mark === undefined || mark === header.process
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Whether a run may be under way: of one on another machine that cannot be seen. */
export const mayRun = (run: RecordedRun): boolean =>
  isRunning(run) || (run.trailer === undefined && run.header.machine !== hostname())
