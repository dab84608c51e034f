/** Runs one task on one host without a play, for rehearsals and tests on real hosts. */
import type { Connection } from '../../connection/types.ts'
import type { Task } from '../../dsl/types.ts'
import { CoxswainError } from '../../errors.ts'
import type { FleetHost } from '../fleet.ts'
import { RunScope } from '../scope.ts'
import { taskContexts } from './contexts.ts'
import { executeTask } from './execute-task.ts'
import { onlyWaits, lookContext } from './execution.ts'
import type { TaskResult } from './execution.ts'
import { explainFailure } from './explain-failure.ts'
import { TaskWatch } from './task-watch.ts'

/**
 * Executes a task as the runner does, each time as in a new run.
 *
 * @param connections by host name; the task runs on the first one, and can use the others.
 */
export const standaloneRun = (
  connections: ReadonlyMap<string, Connection>,
): ((task: Task, checkMode: boolean) => Promise<TaskResult>) => {
  const hosts = new Map<string, FleetHost>(
    [...connections].map(([name, connection]) => [
      name,
      {
        name,
        address: '192.0.2.1',
        groups: ['all'],
        become: true,
        becomeMethod: 'sudo',
        becomePassword: undefined,
        secrets: [],
        connect: () => connection,
      },
    ]),
  )
  const [host = ''] = hosts.keys()
  return async (task, checkMode) => {
    const scope = new RunScope({
      hosts,
      match: (pattern) => {
        if (hosts.has(pattern)) return [pattern]
        throw new CoxswainError('pattern-invalid', `the rehearsal has no other host "${pattern}"`)
      },
    })
    const watch = new TaskWatch(new AbortController().signal, undefined)
    const options = { become: true, watch }
    const { looking, applying, trying } = taskContexts(scope, host, options)
    const reading = { scope, host, options, checkMode, outcomeOf: () => undefined, valueOf: () => undefined }
    const began = performance.now()
    let tried = onlyWaits(task)
    const result = await executeTask(task, {
      host,
      checkMode,
      watch,
      changePredicted: false,
      unfinished: false,
      ...lookContext(() => looking, reading),
      applyContext: applying,
      trying,
      changing: (work) => scope.changing(host, work),
      progress: (what) => {
        tried ||= what === 'applying'
      },
      elapsed: () => scope.changed(host),
    })
    if (checkMode || !tried) return result
    const seconds = (performance.now() - began) / 1000
    return explainFailure(task, result, seconds, (work) => watch.run(() => work(looking)))
  }
}
