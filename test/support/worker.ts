/** A process that runs the test files that are sent to it, one after another. {@link endMark} ends the output of each. */
import { failedFile } from './count.ts'
import type { Count } from './count.ts'
import { endMark } from './workers.ts'
import { runFile } from './run-file.ts'

const run = async (file: string): Promise<Count> => {
  try {
    return await runFile(file)
  } catch (error) {
    console.error(error)
    return failedFile(file)
  }
}

process.on('message', (file: string) => {
  void run(file).then((count) => process.stdout.write(`${endMark}${JSON.stringify(count)}\n`))
})
process.on('disconnect', () => process.exit(0))
