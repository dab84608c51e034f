/** Files of runs: found, and read from both ends. A file that is not ours, or not of our format, is left alone. */
import { closeSync, fstatSync, openSync, readSync, readdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { runOfFile } from './folder.ts'
import { headerSchema, trailerSchema } from './header.ts'
import type { Header, Trailer } from './header.ts'
import { processMark } from './process-mark.ts'

/** A run as its file tells it at first sight. */
export interface RecordedRun {
  readonly file: string
  readonly header: Header
  /** Undefined when it still runs, or was killed. */
  readonly trailer: Trailer | undefined
}

/** Bytes that are read of either end at first. */
const glance = 8 * 1024

const read = (file: number, from: number, length: number): string => {
  const bytes = Buffer.alloc(length)
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, length, from))
}

const parsed = (line: string | undefined): unknown => {
  try {
    return JSON.parse(line ?? '')
  } catch {
    // cut off in the middle
    return undefined
  }
}

/** The first line, however long it is. */
const firstLine = (file: number, size: number): string => {
  for (let length = glance; ; length *= 4) {
    const text = read(file, 0, Math.min(length, size))
    const end = text.indexOf('\n')
    if (end >= 0 || length >= size) return end < 0 ? text : text.slice(0, end)
  }
}

/** The last line that has an end. */
const lastLine = (file: number, size: number): string => {
  for (let length = glance; ; length *= 4) {
    const text = read(file, Math.max(0, size - length), Math.min(length, size))
    const end = text.lastIndexOf('\n')
    const start = text.lastIndexOf('\n', end - 1)
    if (start >= 0 || length >= size) return text.slice(start + 1, Math.max(0, end))
  }
}

const readEnds = (path: string): RecordedRun | undefined => {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const header = headerSchema.safeParse(parsed(firstLine(file, size)))
    if (!header.success) return undefined
    const trailer = trailerSchema.safeParse(parsed(lastLine(file, size)))
    return { file: path, header: header.data, trailer: trailer.success ? trailer.data : undefined }
  } finally {
    closeSync(file)
  }
}

/** Every run in a state folder, the oldest first. What cannot be read is left out. */
export const recordedRuns = (folder: string): RecordedRun[] => {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .filter((name) => runOfFile(name) !== undefined)
    .flatMap((name): RecordedRun[] => {
      try {
        return [readEnds(join(folder, name)) ?? []].flat()
      } catch {
        // pruned by another run meanwhile
        return []
      }
    })
    .toSorted((a, b) => a.header.run - b.header.run)
}

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
