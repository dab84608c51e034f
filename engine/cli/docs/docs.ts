import { existsSync } from 'node:fs'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { nearest } from '../../inventory/nearest.ts'
import { formatError } from '../../report/format-error.ts'
import { reportError } from '../../run/report-error.ts'
import { projectFile } from '../project/names.ts'
import { looksLikeFile } from '../session/looks-like-file.ts'
import { asStarted } from '../program-name.ts'
import { ansibleModule, moduleNames } from './ansible-names.ts'
import { findTasks } from './find-tasks.ts'
import { documentedTasks, taskList, taskPage } from './task-docs.ts'
import type { DocumentedTask } from './task-docs.ts'
import type { CommandContext } from '../define-command.ts'

/** The tasks of the project that the working folder is in. What cannot be loaded is reported, and left out. */
const ownTasks = async ({
  project,
  loadHooks,
  redactor,
  outlets: { err },
}: CommandContext): Promise<readonly DocumentedTask[]> => {
  const report = (error: unknown): void =>
    err(`${formatError(reportError(error, redactor), { color: process.stderr.isTTY, verbosity: 0 })}\n`)
  const opened = await project().catch(report)
  if (opened === undefined || opened.tasks.length === 0) return []
  loadHooks()
  const { projectTasks } = await import('./project-tasks.ts')
  return projectTasks(opened, report)
}

/** Whether a file of the project has a name: then `run NAME` runs that. Settings that cannot be read name no file. */
const hasOwnFile = async ({ project }: CommandContext, name: string): Promise<boolean> => {
  const opened = await project().catch(() => undefined)
  return opened !== undefined && projectFile(opened, name) !== undefined
}

/**
 * `run docs [TASK | FILE | WORDS]`: lists the tasks of the project and of the library, describes a task or those of a file, or searches for tasks, also
 * by the name of a module of Ansible. Returns the exit status.
 *
 * @throws `load-failed` if no task matches, with the nearest name.
 */
export const docs = async (
  { arguments: { words } }: { readonly arguments: { readonly words: readonly string[] } },
  context: CommandContext,
): Promise<number> => {
  const {
    loadLibrary,
    outlets: { out },
    program,
  } = context
  const library = await loadLibrary()
  const libraryTasks = documentedTasks(library)
  const name = words.join(' ').trim()
  const known = libraryTasks.find(({ info }) => info.name === name)
  if (known !== undefined && !(await hasOwnFile(context, name))) {
    out(taskPage(known, program.name))
    return 0
  }
  const [path = '', exported] = name.split('#')
  if (looksLikeFile(name) && existsSync(path)) {
    context.loadHooks()
    const { fileTasks } = await import('./project-tasks.ts')
    const its = (await fileTasks(path)).filter(({ info }) => exported === undefined || info.name === exported)
    if (its.length === 0) throw new CoxswainError('load-failed', `${shownWord(name)} exports no task or role`)
    const [only] = its
    out(its.length === 1 && only !== undefined ? taskPage(only, program.name) : taskList(its, program.name))
    return 0
  }
  const tasks = [...(await ownTasks(context)), ...libraryTasks]
  if (name === '') {
    out(taskList(tasks, program.name))
    return 0
  }
  const task = tasks.find(({ info, reference }) => reference === name || info.name === name)
  if (task !== undefined) {
    out(taskPage(task, program.name))
    return 0
  }
  const module = ansibleModule(library, name)
  const isNamed = ({ info }: DocumentedTask): boolean => module?.tasks.includes(info.name) === true
  const searched = findTasks(tasks, name.split(/\s+/))
  const found = [...tasks.filter(isNamed), ...searched.filter((one) => !isNamed(one))]
  if (module !== undefined) out(`${name} of Ansible: ${asStarted(module.here, program.name)}\n\n`)
  if (found.length > 0) out(taskList(found, program.name))
  if (module !== undefined || found.length > 0) return 0
  const guess = nearest(name, [...tasks.map(({ reference }) => reference), ...moduleNames(library)])
  throw new CoxswainError('load-failed', `no task matches ${words.map(shownWord).join(' ')}`, {
    hint: `${guess === undefined ? '' : `did you mean ${guess}? `}\`run docs\` lists all tasks`,
  })
}
