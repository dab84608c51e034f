import { exitCodeOf } from '../errors.ts'
import { packageVersion } from '../package-root.ts'
import { formatError } from '../report/format-error.ts'
import { Redactor } from '../run/masking/redactor.ts'
import { reportError } from '../run/report-error.ts'
import { run } from './commands/run.ts'
import type { LoadLibrary } from './define-command.ts'
import { registerLoader } from './loader/register.ts'
import { outletsOf } from './outlets.ts'
import { parseCommandLine } from './parse.ts'
import { asStarted, programNameOf } from './program-name.ts'
import { guardProcess } from './process-guards.ts'

/**
 * The command line.
 *
 * @param argv arguments without node and script.
 * @param loadLibrary loads the module whose tasks can be named.
 * @param loadHooks installs what loads playbooks in TypeScript; a process that calls this several times installs it once.
 * @param name by which the program was started; help and hints show it.
 * @returns the exit status.
 */
export const main = async (
  argv: readonly string[],
  loadLibrary: LoadLibrary,
  loadHooks: () => void = registerLoader,
  name: string = programNameOf(process.argv[1]),
): Promise<number> => {
  let verbosity = 0
  const redactor = new Redactor()
  const outlets = outletsOf(redactor)
  const guards = guardProcess(redactor, outlets)
  try {
    const parsed = parseCommandLine({ ...run, name }, argv, packageVersion())
    if (parsed.kind === 'text') {
      outlets.out(parsed.text)
      return 0
    }
    verbosity = parsed.verbosity
    return await guards.exit(await parsed.start({ redactor, outlets, loadLibrary, loadHooks }))
  } catch (error) {
    const reported = reportError(error, redactor)
    const shown = { ...reported, hint: asStarted(reported.hint, name) }
    outlets.err(`${formatError(shown, { color: process.stderr.isTTY, verbosity })}\n`)
    return exitCodeOf(error)
  }
}
