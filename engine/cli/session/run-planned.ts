import { packageVersion } from '../../package-root.ts'
import type { OutputSpec } from '../../report/outputs.ts'
import type { OpenTags } from '../../run/plan/open-tags.ts'
import type { Plan } from '../../run/plan/plan.ts'
import type { CommandContext } from '../define-command.ts'
import { stateFolder } from '../journal/folder.ts'
import { subjectOf } from '../journal/header.ts'
import { existingHash } from '../journal/key.ts'
import { noMemory, remember } from '../journal/memory.ts'
import { signaturesOf } from '../journal/signatures.ts'
import { readSources } from '../journal/sources.ts'
import type { RunOptions } from '../options/run.ts'
import type { Project } from '../project/project.ts'
import { execute } from './execute.ts'
import { listTasks } from './listing.ts'
import { lostHandlers, marksOf, resumeState } from './resume.ts'
import { reportTags } from './report-tags.ts'
import type { Workspace } from './workspace.ts'

/** A plan of a playbook or task, and what it was made from. */
export interface PlannedRun {
  /** The word or path that the run is recorded under. */
  readonly reference: string
  readonly fullPlan: Plan
  /** The plan with the tasks that the options choose. */
  readonly plan: Plan
  /** Tags of the options that only tasks which are made at their turn can have. */
  readonly openTags: OpenTags
  readonly workspace: Workspace
  readonly project: Project
  /** The output on the screen. */
  readonly screen: OutputSpec
  /** Whether to list what `--resume` would do, instead of running it. */
  readonly resuming: boolean
}

/** Runs a plan, or what earlier runs left of it. Returns the exit status. */
export const runPlanned = async (
  { reference, fullPlan, plan, openTags, workspace, project, screen, resuming }: PlannedRun,
  options: RunOptions,
  { redactor, outlets }: CommandContext,
): Promise<number> => {
  const subject = subjectOf(reference, options)
  const folder = stateFolder(process.env)
  const recorded = options.journal ? remember(folder, subject) : noMemory
  const memory = { ...recorded, warnings: [...recorded.warnings, ...lostHandlers(fullPlan, recorded)] }
  const [file = ''] = subject.playbook.split('#')
  const making = {
    // a copy: secrets that are opened later would look like changes
    hosts: new Map(workspace.hosts),
    playbook: file,
    as: [options.user, options.become, options.becomeUser, options.becomeMethod],
    version: packageVersion(),
    sources: readSources(),
  }
  const hash = existingHash(folder)
  let signatures = hash && signaturesOf({ ...making, plan }, hash)
  const inherited = resumeState(plan, memory, options, (where, { position }) =>
    signatures?.at(where, position),
  )
  if (resuming) {
    const notes = typeof inherited === 'string' ? [inherited] : inherited.notes
    for (const text of notes) outlets.err(`${text}\n`)
    outlets.out(listTasks(plan, marksOf(inherited)))
    return 0
  }
  if (typeof inherited === 'string') {
    outlets[screen.isForPrograms ? 'err' : 'out'](`${inherited}\n`)
    return 0
  }
  const { plan: left } = inherited
  return execute(left, workspace, options, redactor, {
    hooks: project.hooks,
    inputs: { playbook: file, settings: project.file },
    record: {
      ...inherited,
      subject,
      seen: memory.seen,
      signatures: (hashWith) => {
        // signatures of the full plan are valid for the reduced plan
        const made = (signatures ??= signaturesOf({ ...making, plan }, hashWith))
        return (task) => made.at(task, task.position)
      },
      onMade: (...made) => {
        openTags.see(...made)
        signatures?.add(...made)
      },
    },
    lastly: (exit) => reportTags(openTags, exit, { outlets, redactor }),
  })
}
