/** A process that runs the test files that it is sent, one after another. What it prints ends with {@link endMark}. */
import { endMark } from './workers.ts'
import { runFile } from './run-file.ts'
import type { Count } from './run-file.ts'

const run = async (file: string): Promise<Count> => {
  try {
    return await runFile(file)
  } catch (error) {
    console.error(error)
    return { passed: 0, failed: 1 }
  }
}

process.on('message', (file: string) => {
  void run(file).then(({ passed, failed }) => process.stdout.write(`${endMark}${passed} ${failed}\n`))
})
process.on('disconnect', () => process.exit(0))
