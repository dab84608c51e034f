import { exitCodeOf, toCoxswainError } from '../errors.ts'
import { Redactor } from '../run/masking/redactor.ts'
import { reportError } from '../run/report-error.ts'
import { formatError } from '../report/format-error.ts'
import { libraryOf } from './library.ts'
import { registerLoader } from './loader/register.ts'
import { parseArguments } from './options.ts'
import { packageVersion } from './package-root.ts'
import type { Request } from './options.ts'
import { catchStrays } from './stray.ts'
import { docs } from './commands/docs.ts'
import { completeWords, completion } from './commands/completion.ts'
import { doctor } from './commands/doctor.ts'
import { exec } from './commands/exec.ts'
import { init } from './commands/init.ts'
import { inventory } from './commands/inventory.ts'
import { history } from './commands/history.ts'
import { run } from './commands/run.ts'
import { schema } from './commands/schema.ts'

const perform = async (
  request: Exclude<Request, { kind: 'text' }>,
  library: Readonly<Record<string, unknown>>,
  redactor: Redactor,
): Promise<number> => {
  switch (request.kind) {
    case 'exec':
      return exec(request, redactor)
    case 'inventory':
      return inventory(request, redactor)
    case 'completion':
      return completion(request)
    case 'complete':
      return completeWords(request, libraryOf(library), redactor)
    case 'doctor':
      return doctor(request, redactor)
    case 'init':
      return init(request)
    case 'docs':
      return docs(request, library)
    case 'schema':
      return schema(request)
    case 'history':
      return history(request)
    case 'run':
      return run(request, libraryOf(library), redactor)
  }
}

/**
 * The command line.
 *
 * @param argv arguments without node and script.
 * @param library the module whose tasks can be named.
 * @returns the exit status.
 */
export const main = async (
  argv: readonly string[],
  library: Readonly<Record<string, unknown>>,
): Promise<number> => {
  let verbosity = 0
  const redactor = new Redactor()
  const strays = catchStrays(redactor)
  try {
    const request = parseArguments(argv, await packageVersion())
    if (request.kind === 'text') {
      process.stdout.write(request.text)
      return 0
    }
    verbosity = request.options.verbose
    registerLoader()
    return strays.exit(await perform(request, library, redactor))
  } catch (error) {
    const reported = reportError(toCoxswainError(error), redactor)
    process.stderr.write(`${formatError(reported, { color: process.stderr.isTTY, verbosity })}\n`)
    return exitCodeOf(error)
  }
}
