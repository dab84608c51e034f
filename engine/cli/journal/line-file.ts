import { closeSync, fdatasync, fdatasyncSync, openSync, writeSync } from 'node:fs'

/** How sure a line must be before going on: soon on its way, handed to the system now, or on the disk now. */
export type Care = 'soon' | 'now' | 'on disk'

/** A file of lines that only grows. What it fails of is told once; it never throws. */
export interface LineFile {
  add(line: string, care: Care): void
  /** Resolves when all is on the disk. */
  close(): Promise<void>
}

/** Bytes that may wait in memory, and milliseconds that they may. */
const waitingSize = 64 * 1024
const waitingTime = 200

/**
 * Makes a file that nobody else can read, for lines.
 *
 * @throws what the file system says when it cannot be made, or exists.
 */
export const createLineFile = (path: string, failed: (error: unknown) => void): LineFile =>
  linesInto(openSync(path, 'ax', 0o600), failed)

/**
 * Writes lines to an open file, and closes it in the end.
 *
 * A line that is written `soon` may be lost when this process is killed, one written `now` only when the machine goes
 * down in the next moment: it is synced in the background, many lines at a time, so that a thousand hosts do not wait
 * for the disk one after another.
 *
 * @param failed is told, once, why lines cannot be written any more.
 */
export const linesInto = (file: number, failed: (error: unknown) => void): LineFile => {
  let waiting: string[] = []
  let size = 0
  let broken = false
  let timer: NodeJS.Timeout | undefined
  let syncing: Promise<void> | undefined
  let unsynced = false

  const attempt = (work: () => void): void => {
    if (broken) return
    try {
      work()
    } catch (error) {
      broken = true
      failed(error)
    }
  }
  const write = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (size === 0) return
    const bytes = Buffer.from(waiting.join(''))
    waiting = []
    size = 0
    attempt(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    })
  }
  const sync = (): Promise<void> =>
    new Promise((done) => {
      unsynced = false
      fdatasync(file, (error) => {
        attempt(() => {
          if (error !== null) throw error
        })
        done(unsynced && !broken ? sync() : undefined)
      })
    })
  /** One at a time; what comes meanwhile is in the next. */
  const syncSoon = (): void => {
    unsynced = true
    syncing ??= sync().finally(() => (syncing = undefined))
  }
  // a third Ctrl-C ends the program at once
  process.on('exit', write)

  return {
    add: (line, care) => {
      waiting.push(`${line}\n`)
      size += line.length
      if (care !== 'soon' || size > waitingSize) write()
      else timer ??= setTimeout(write, waitingTime).unref()
      if (care === 'now') syncSoon()
      if (care === 'on disk') attempt(() => fdatasyncSync(file))
    },
    close: async () => {
      write()
      process.off('exit', write)
      await syncing
      attempt(() => fdatasyncSync(file))
      closeSync(file)
    },
  }
}
