import { exitCodeOf } from '../errors.ts'
import { packageVersion } from '../package-root.ts'
import { Redactor } from '../run/masking/redactor.ts'
import { reportError } from '../run/report-error.ts'
import { formatError } from '../report/format-error.ts'
import type { LoadLibrary } from './library.ts'
import { registerLoader } from './loader/register.ts'
import { parseArguments } from './options.ts'
import { outletsOf } from './outlets.ts'
import type { Request } from './options.ts'
import { catchStrays } from './stray.ts'

type Command = () => Promise<number>

/** A command, which is loaded when it is asked for: nobody waits for what another one needs. */
const commandOf = async (
  request: Exclude<Request, { kind: 'text' }>,
  loadLibrary: LoadLibrary,
  redactor: Redactor,
): Promise<Command> => {
  switch (request.kind) {
    case 'exec': {
      const { exec } = await import('./commands/exec.ts')
      return () => exec(request, redactor)
    }
    case 'inventory': {
      const { inventory } = await import('./commands/inventory.ts')
      return () => inventory(request, redactor)
    }
    case 'completion': {
      const { completion } = await import('./commands/completion.ts')
      return async () => completion(request, redactor)
    }
    case 'complete': {
      const { completeWords } = await import('./commands/completion.ts')
      return () => completeWords(request, loadLibrary, redactor)
    }
    case 'doctor': {
      const { doctor } = await import('./commands/doctor.ts')
      return () => doctor(request, redactor)
    }
    case 'init': {
      const { init } = await import('./commands/init.ts')
      return () => init(request, redactor)
    }
    case 'docs': {
      const { docs } = await import('./commands/docs.ts')
      return () => docs(request, loadLibrary, redactor)
    }
    case 'schema': {
      const { schema } = await import('./commands/schema.ts')
      return () => schema(request, redactor)
    }
    case 'history': {
      const { history } = await import('./commands/history.ts')
      return () => history(request, redactor)
    }
    case 'run': {
      const { run } = await import('./commands/run.ts')
      return () => run(request, loadLibrary, redactor)
    }
  }
}

/**
 * The command line.
 *
 * @param argv arguments without node and script.
 * @param loadLibrary loads the module whose tasks can be named.
 * @param loadHooks installs what loads playbooks in TypeScript; a process that calls this several times installs it once.
 * @returns the exit status.
 */
export const main = async (
  argv: readonly string[],
  loadLibrary: LoadLibrary,
  loadHooks: () => void = registerLoader,
): Promise<number> => {
  let verbosity = 0
  const redactor = new Redactor()
  const outlets = outletsOf(redactor)
  const strays = catchStrays(redactor, outlets)
  try {
    const request = parseArguments(argv, packageVersion())
    if (request.kind === 'text') {
      outlets.out(request.text)
      return 0
    }
    verbosity = request.options.verbose
    const command = await commandOf(request, loadLibrary, redactor)
    // after the imports of our own, which would go through them
    loadHooks()
    return await strays.exit(await command())
  } catch (error) {
    const reported = reportError(error, redactor)
    outlets.err(`${formatError(reported, { color: process.stderr.isTTY, verbosity })}\n`)
    return exitCodeOf(error)
  }
}
