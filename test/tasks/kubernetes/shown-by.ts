/** What a task that only informs shows. */
import { scripted } from '../../../engine/connection/scripted.ts'
import type { Task } from '../../../engine/dsl/types.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import type { World } from '../../../engine/testing.ts'

/** The lines that a task shows on a scripted host. */
export const shownBy = async (task: Task, { files = {}, patterns = [] }: World): Promise<string[]> => {
  const execute = standaloneRun(new Map([['host', scripted({ files, replies: [...patterns] })]]))
  const { outcome, shown, error } = await execute(task, false)
  if (outcome !== 'ok') throw new Error(`${outcome}: ${String(error)}`)
  return (shown?.text ?? '').split('\n')
}
