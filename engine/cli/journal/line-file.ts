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

/** When a line is written: within a short time, immediately to the system, or immediately to disk. */
export type Durability = 'soon' | 'now' | 'on disk'

/** An append-only file of lines. It reports the first write error and never throws. */
export interface LineFile {
  add(line: string, durability: Durability): void
  /** Whether all lines were written so far. */
  readonly intact: boolean
  /** Resolves when all lines are on disk. */
  close(): Promise<void>
}

/** The buffer size in characters, and the time in milliseconds before it is written. */
const waitingSize = 64 * 1024
const waitingTime = 200

/** Syncs a folder to disk if the file system can: otherwise the name of a new file does not survive a power cut. */
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
    // not supported by this file system
  } finally {
    closeSync(file)
  }
}

/**
 * Writes lines to an open file, and closes it at the end.
 *
 * A line written `soon` can be lost if this process is killed. A line written `now` is lost only if the machine crashes
 * immediately after: lines are synced in the background, many at a time, so that a thousand hosts do not wait for the disk
 * one after another. A line written `on disk` is on disk when `add` returns, in a file with its final name.
 *
 * @param path the name of the file; without it, a removed file is not detected.
 * @param failed called once, with the first write error.
 */
export const linesInto = (file: number, failed: (error: unknown) => void, path?: string): LineFile => {
  let waiting: string[] = []
  let size = 0
  let broken = false
  let folderSynced = false
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
  /** Throws if the file was removed: writes still succeed, but the lines are lost. */
  const checkExists = (): void => {
    if (path === undefined) return
    const [own, named] = [fstatSync(file), statSync(path, { throwIfNoEntry: false })]
    if (named === undefined || own.ino !== named.ino || own.dev !== named.dev)
      throw new Error(`${path} was removed`)
    if (!folderSynced) syncFolder(dirname(path))
    folderSynced = true
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
  /** One sync at a time; lines that are added meanwhile are in the next one. */
  const syncSoon = (): void => {
    unsynced = true
    syncing ??= sync().finally(() => (syncing = undefined))
  }
  // a third Ctrl-C ends the program immediately
  process.on('exit', write)

  return {
    get intact() {
      return !broken
    },
    add: (line, durability) => {
      if (broken) return
      waiting.push(`${line}\n`)
      size += line.length + 1
      if (durability !== 'soon' || size > waitingSize) write()
      else timer ??= setTimeout(write, waitingTime).unref()
      if (durability === 'now') syncSoon()
      if (durability === 'on disk')
        attempt(() => {
          fdatasyncSync(file)
          checkExists()
        })
    },
    close: async () => {
      write()
      process.off('exit', write)
      await syncing
      // do not check whether it exists: another run can prune it after its last line
      attempt(() => fdatasyncSync(file))
      closeSync(file)
    },
  }
}
