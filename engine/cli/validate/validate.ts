import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isPlaybook } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { isUnit } from '../../dsl/role.ts'
import { CoxswainError } from '../../errors.ts'
import { exitCodes } from '../../exit-codes.ts'
import { nearest } from '../../inventory/nearest.ts'
import { shownWord } from '../../secret.ts'
import { annotation } from '../../report/annotation.ts'
import { formatError } from '../../report/format-error.ts'
import { plural } from '../../report/text.ts'
import type { ReportedError } from '../../run/events.ts'
import { reportError } from '../../run/report-error.ts'
import type { CommandContext } from '../define-command.ts'
import { valuesOf } from '../define-option.ts'
import type { ValuesOf } from '../define-option.ts'
import { importModule } from '../loader/import-module.ts'
import type { inventoryOptions } from '../options/inventory.ts'
import { hostOptions } from '../options/run.ts'
import type { secretOptions } from '../options/secrets.ts'
import { projectFile, projectNames } from '../project/names.ts'
import type { Project } from '../project/project.ts'
import { looksLikeFile } from '../session/looks-like-file.ts'
import { loadFile } from '../session/load.ts'
import { variablesRead, writeWarnings } from '../session/warnings.ts'
import { openWorkspace } from '../session/workspace.ts'
import { planFaults } from './plan-faults.ts'
import type { PlanFaults } from './plan-faults.ts'
import { compilerFor, typeFaults } from './type-check.ts'

interface ValidateInput {
  readonly arguments: { readonly files: readonly string[] }
  readonly options: ValuesOf<typeof inventoryOptions> &
    ValuesOf<typeof secretOptions> & { readonly verbose: number; readonly output: 'json' | undefined }
}

/** The playbook of a file; undefined for a file of tasks or roles. */
const playbookIn = async (file: string): Promise<Playbook | undefined> => {
  const module = await importModule(resolve(file))
  if (isPlaybook(module['default'])) return module['default']
  // it says what the file lacks
  if (!Object.values(module).some(isUnit)) await loadFile(file)
  return undefined
}

/**
 * Refuses a word that is neither a path nor a name of the project.
 *
 * @throws `load-failed`, with the nearest name.
 */
const refuseUnknownName = (name: string, project: Project): void => {
  if (looksLikeFile(name) || existsSync(name)) return
  const guess = nearest(name, projectNames(project))
  throw new CoxswainError('load-failed', `there is no playbook or task named ${shownWord(name)}`, {
    hint: `${guess === undefined ? '' : `did you mean ${guess}? `}the path of a file has a / or ends with .ts`,
  })
}

/** Names on standard error what was not looked at, as it is encrypted or known only on the hosts. */
const writeUnchecked = (
  file: string,
  { sealed, files, unchecked, unknown }: Omit<PlanFaults, 'faults'>,
  { err }: CommandContext['outlets'],
): void => {
  if (sealed.size > 0) err(`${file}: not planned for ${[...sealed].join(', ')}: variables are encrypted\n`)
  if (unchecked.size > 0)
    err(`${file}: variables not checked for ${[...unchecked].join(', ')}: some are encrypted\n`)
  if (files.size > 0) err(`${file}: encrypted files not opened: ${[...files].join(', ')}\n`)
  for (const step of unknown)
    err(`${file}: not checked, as its values are known only on the hosts: ${step}\n`)
}

/** Faults of loading and planning a file; what could not be looked at is noted. */
const faultsOf = async (
  file: string,
  { options }: ValidateInput,
  { redactor, outlets, project }: CommandContext,
): Promise<readonly unknown[]> => {
  try {
    refuseUnknownName(file, await project())
    const book = await playbookIn(file)
    if (book === undefined) return []
    const workspace = await openWorkspace(
      { ...valuesOf(hostOptions), ...options },
      { playbookFolder: dirname(file), redactor, asks: false, project: await project() },
    )
    writeWarnings(workspace.inventory, outlets, () => variablesRead(book))
    const { faults, ...shut } = await planFaults(book, workspace)
    writeUnchecked(file, shut, outlets)
    return faults
  } catch (error) {
    return [error]
  }
}

/** Faults of types, where there is a compiler. */
const faultsOfTypes = async (
  files: readonly string[],
  folder: string,
  { err }: CommandContext['outlets'],
): Promise<readonly unknown[]> => {
  const sources = files
    .map((file) => resolve(file))
    .filter((file) => /\.m?ts$/.test(file) && existsSync(file))
  const [first] = sources
  if (first === undefined) return []
  const compiler = compilerFor(dirname(first)) ?? compilerFor(folder)
  if (compiler !== undefined) return typeFaults(compiler, sources, dirname(first))
  err('types are not checked: TypeScript is not installed (npm install --save-dev typescript)\n')
  return []
}

/** Without the faults of types at a line where loading or planning found one, too. */
const withoutRepeated = (
  ofTypes: readonly ReportedError[],
  others: readonly ReportedError[],
): readonly ReportedError[] => {
  const lineOf = ({ place }: ReportedError): string | undefined =>
    place?.line === undefined ? undefined : `${resolve(place.file)}:${place.line}`
  const lines = new Set(others.map(lineOf))
  lines.delete(undefined)
  return ofTypes.filter((fault) => !lines.has(lineOf(fault)))
}

/** Each fault once, by file and line; those without a place come first. */
const sorted = (faults: readonly ReportedError[]): ReportedError[] => {
  const keyOf = ({ code, message, place }: ReportedError): string =>
    JSON.stringify([code, message, place?.file, place?.line, place?.column])
  const once = [...new Map(faults.map((fault) => [keyOf(fault), fault])).values()]
  return once.toSorted(
    (one, other) =>
      (one.place?.file ?? '').localeCompare(other.place?.file ?? '') ||
      (one.place?.line ?? 0) - (other.place?.line ?? 0) ||
      (one.place?.column ?? 0) - (other.place?.column ?? 0),
  )
}

const jsonLine = ({ code, message, hint, place }: ReportedError): string =>
  `${JSON.stringify({
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    code,
    message,
    hint,
  })}\n`

/** `run validate FILE…`: lists all faults of files. Gives the exit status. */
export const validate = async (input: ValidateInput, context: CommandContext): Promise<number> => {
  const { options } = input
  const { redactor, outlets } = context
  context.loadHooks()
  const project = await context.project()
  const files = [
    ...new Set(
      input.arguments.files.map((name) => (existsSync(name) ? name : (projectFile(project, name) ?? name))),
    ),
  ]
  const found: unknown[] = []
  for (const file of files) found.push(...(await faultsOf(file, input, context)))
  const ofTypes = await faultsOfTypes(files, project.folder, outlets)
  const report = (error: unknown): ReportedError => reportError(error, redactor)
  const others = found.map(report)
  const faults = sorted([...others, ...withoutRepeated(ofTypes.map(report), others)])
  if (options.output === 'json') outlets.out(faults.map(jsonLine).join(''), 'json')
  else {
    const shown = { color: process.stdout.isTTY, verbosity: options.verbose }
    for (const fault of faults)
      outlets.out(`${formatError({ ...fault, hint: outlets.named(fault.hint) }, shown)}\n\n`)
    if (process.env['GITHUB_ACTIONS'] === 'true')
      for (const { code, message, place } of faults)
        outlets.out(`${annotation(message, `coxswain ${code}`, place)}\n`)
    outlets.out(
      `${plural(files.length, 'file')}, ${faults.length === 0 ? 'no faults' : plural(faults.length, 'fault')}\n`,
    )
  }
  return faults.length === 0 ? exitCodes.ok : exitCodes.usage
}
