import { exitCodeOf } from '../errors.ts'
import { packageVersion } from '../package-root.ts'
import { formatError } from '../report/format-error.ts'
import { Redactor } from '../run/masking/redactor.ts'
import { reportError } from '../run/report-error.ts'
import { run } from './commands/run.ts'
import type { Library } from './define-command.ts'
import { registerLoader } from './loader/register.ts'
import { once } from '../once.ts'
import { outletsOf } from './outlets.ts'
import { parseCommandLine } from './parse.ts'
import { programNameOf } from './program-name.ts'
import { guardProcess } from './process-guards.ts'

/**
 * The command line.
 *
 * @param argv arguments without node and script.
 * @param library the tasks that are found by their names.
 * @param loadHooks installs the loader of playbooks in TypeScript; a process that calls this several times installs it once.
 * @param name that the program was started with; help, documentation, warnings and errors show it.
 * @returns the exit status.
 */
export const main = async (
  argv: readonly string[],
  { load: loadLibrary, paramNames }: Library,
  loadHooks: () => void = registerLoader,
  name: string = programNameOf(process.argv[1]),
): Promise<number> => {
  let verbosity = 0
  const redactor = new Redactor()
  const outlets = outletsOf(redactor, name)
  const guards = guardProcess(redactor, outlets)
  try {
    const parsed = parseCommandLine({ ...run, name }, argv, packageVersion())
    if (parsed.kind === 'text') {
      outlets.out(parsed.text)
      return 0
    }
    verbosity = parsed.verbosity
    const hooks = once(loadHooks)
    const project = once(async () => {
      const { openProject } = await import('./project/open-project.ts')
      return openProject(process.cwd(), hooks)
    })
    return await guards.exit(
      await parsed.start({ redactor, outlets, loadLibrary, paramNames, loadHooks: hooks, project }),
    )
  } catch (error) {
    const reported = reportError(error, redactor)
    outlets.err(`${formatError(reported, { color: process.stderr.isTTY, verbosity })}\n`)
    return exitCodeOf(error)
  }
}
