import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** How sure a line must be before going on: soon on its way, handed to the system now, or on the disk now. */
export type Care = 'soon' | 'now' | 'on disk'

/** A file of lines that only grows. Why it cannot be written is reported once; it never throws. */
export interface LineFile {
  add(line: string, care: Care): void
  /** Whether every line could be written so far, as far as was asked for. */
  readonly intact: boolean
  /** Resolves when all is on the disk. */
  close(): Promise<void>
}

/** Characters that may wait in memory, and milliseconds that they may. */
const waitingSize = 64 * 1024
const waitingTime = 200

/** Puts the name of a file on the disk, where the file system can: its content alone does not survive a power cut. */
const syncFolder = (folder: string): void => {
  let file: number
  try {
    file = openSync(folder, 'r')
  } catch {
    return
  }
  try {
    fsyncSync(file)
  } catch {
    // not on this file system
  } finally {
    closeSync(file)
  }
}

/**
 * Writes lines to an open file, and closes it in the end.
 *
 * A line that is written `soon` may be lost when this process is killed, one written `now` only when the machine goes
 * down in the next moment: it is synced in the background, many lines at a time, so that a thousand hosts do not wait
 * for the disk one after another. One `on disk` is there when `add` returns, under the name of the file.
 *
 * @param path the name of the file; without it, it is not looked at whether the file is still there.
 * @param failed is called, once, with why lines cannot be written any more.
 */
export const linesInto = (file: number, failed: (error: unknown) => void, path?: string): LineFile => {
  let waiting: string[] = []
  let size = 0
  let broken = false
  let named = false
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
  /** A file that was removed takes lines as before, and nobody ever reads them. */
  const lookForIt = (): void => {
    if (path === undefined) return
    const [own, there] = [fstatSync(file), statSync(path, { throwIfNoEntry: false })]
    if (there === undefined || own.ino !== there.ino || own.dev !== there.dev)
      throw new Error(`${path} was removed`)
    if (!named) syncFolder(dirname(path))
    named = true
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
    get intact() {
      return !broken
    },
    add: (line, care) => {
      if (broken) return
      waiting.push(`${line}\n`)
      size += line.length + 1
      if (care !== 'soon' || size > waitingSize) write()
      else timer ??= setTimeout(write, waitingTime).unref()
      if (care === 'now') syncSoon()
      if (care === 'on disk')
        attempt(() => {
          fdatasyncSync(file)
          lookForIt()
        })
    },
    close: async () => {
      write()
      process.off('exit', write)
      await syncing
      // whether it is still there is not asked: once its last line is written, another run may prune it
      attempt(() => fdatasyncSync(file))
      closeSync(file)
    },
  }
}
