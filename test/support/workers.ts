/**
 * Runs test files in parallel processes. Each process runs one file after another, so that it loads the engine only once.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { failedFile, readCount } from './count.ts'
import type { Count } from './count.ts'

/** A worker prints this after each file, followed by its count as JSON and a newline. */
export const endMark = '\u0000end of file '

const endOfFile = new RegExp(`${endMark}(.*)\n$`)

/** Sends a file to a worker, prints its output, and returns its count when the file, or the worker, has ended. */
const send = (worker: ChildProcess, file: string): Promise<Count> =>
  new Promise((done) => {
    let text = ''
    const finish = (count: Count): void => {
      worker.stdout?.off('data', hear)
      worker.stderr?.off('data', hear)
      worker.off('close', die)
      process.stdout.write(text.replace(endOfFile, '').replace(/\n {2}Total:[\s\S]*$/, ''))
      done(count)
    }
    const hear = (chunk: Buffer): void => {
      text += chunk.toString()
      const [, count] = endOfFile.exec(text) ?? []
      if (count !== undefined) finish(readCount(count))
    }
    const die = (): void => {
      text += `\n${file}: its process ended before the file\n`
      finish(failedFile(file))
    }
    worker.stdout?.on('data', hear)
    worker.stderr?.on('data', hear)
    worker.on('close', die)
    worker.send(file)
  })

const start = (): ChildProcess =>
  fork(join(import.meta.dirname, 'worker.ts'), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })

/**
 * Runs files in order, and counts the tests of each.
 *
 * @param processes how many run in parallel.
 * @param alone whether a file needs its own process, as files do whose hosts are removed when the process ends.
 */
export const runSideBySide = async (
  files: readonly string[],
  processes: number,
  alone: (file: string) => boolean,
): Promise<Count[]> => {
  const queue = files.values()
  const counts: Count[] = []
  const work = async (): Promise<void> => {
    let worker = start()
    // until the process has ended: it still writes which lines it ran, for the coverage
    const leave = async (): Promise<void> => {
      if (!worker.connected) return
      const ended = once(worker, 'exit')
      worker.disconnect()
      await ended
    }
    for (const file of queue) {
      if (!worker.connected) worker = start()
      counts.push(await send(worker, file))
      if (alone(file)) await leave()
    }
    await leave()
  }
  await Promise.all(Array.from({ length: Math.min(processes, files.length) }, work))
  return counts
}
