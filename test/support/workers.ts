/**
 * Test files in processes side by side. Each process takes one file after another, so that starting it and loading the
 * engine is paid for once and not by every file.
 */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { failedFile, readCount } from './count.ts'
import type { Count } from './count.ts'

/** What a worker prints after a file, followed by its count as JSON and the end of the line. */
export const endMark = '\u0000end of file '

const endOfFile = new RegExp(`${endMark}(.*)\n$`)

/** Sends a file to a worker; resolves with what was printed and counted when the file, or the worker, has ended. */
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
      text += `\n${file}: its process ended in the middle\n`
      finish(failedFile)
    }
    worker.stdout?.on('data', hear)
    worker.stderr?.on('data', hear)
    worker.on('close', die)
    worker.send(file)
  })

const start = (): ChildProcess =>
  fork(join(import.meta.dirname, 'worker.ts'), { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })

/**
 * Runs files in so many processes, in order, and counts the tests of each.
 *
 * @param alone whether a file needs a process of its own, as one does whose hosts live as long as its process.
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
    const leave = (): void => {
      if (worker.connected) worker.disconnect()
    }
    for (const file of queue) {
      if (!worker.connected) worker = start()
      counts.push(await send(worker, file))
      if (alone(file)) leave()
    }
    leave()
  }
  await Promise.all(Array.from({ length: Math.min(processes, files.length) }, work))
  return counts
}
