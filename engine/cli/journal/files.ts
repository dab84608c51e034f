/** Finds the files of runs and reads their first and last line. */
import { hostname } from 'node:os'
import { join } from 'node:path'
import { headerSchema, trailerSchema } from './header.ts'
import type { Header, Trailer } from './header.ts'
import { listState } from './names.ts'
import type { RunName } from './names.ts'
import { processMark } from './process-mark.ts'
import { endsOf } from './read-lines.ts'

/** The header and trailer of a recorded run. */
export interface RecordedRun {
  readonly file: string
  readonly header: Header
  /** Undefined if the run has not ended, or was killed. */
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

/** Whether a file no longer exists: another run can have pruned it. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

/**
 * Reads the header and the trailer of a run. It never throws.
 *
 * @returns a text if the file is damaged, undefined if it no longer exists.
 */
export const readRun = (folder: string, { name, run }: RunName): RecordedRun | string | undefined => {
  const file = join(folder, name)
  try {
    const { first, last } = endsOf(file, begins)
    const header = headerSchema.safeParse(parsed(first))
    if (!header.success) return 'the first line is not a journal header of this version'
    const trailer = trailerSchema.safeParse(parsed(last))
    // the number in the name overrides the header: names are unique
    return { file, header: { ...header.data, run }, trailer: trailer.success ? trailer.data : undefined }
  } catch (error) {
    if (isGone(error)) return undefined
    return error instanceof Error ? error.message : String(error)
  }
}

/** All readable runs in a state folder, the oldest first. */
export const recordedRuns = (folder: string): RecordedRun[] =>
  listState(folder).runs.flatMap((name) => {
    const found = readRun(folder, name)
    return typeof found === 'object' ? [found] : []
  })

/** Whether a run without a trailer is still running on this machine. */
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

/** Whether a run can still be running; for a run of another machine this is unknown. */
export const mayRun = (run: RecordedRun): boolean =>
  isRunning(run) || (run.trailer === undefined && run.header.machine !== hostname())
