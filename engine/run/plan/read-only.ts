/** Tasks that can change a host, and plays that refuse those. Pure. */
import type { Task } from '../../dsl/types.ts'
import { CoxswainError } from '../../errors.ts'

/** Whether a task can change its host. */
export const canChange = ({ apply, changes }: Task): boolean => apply !== undefined && changes

/** The error for a task that can change a host, in a play that only reads. */
export const refusedChange = (play: string, task: Task): CoxswainError =>
  new CoxswainError(
    'playbook-invalid',
    `play "${play}" only reads, and the task ${task.name} can change a host`,
    {
      task: task.title,
      place: task.place(),
      hint: 'remove readOnly from the play, or the task',
    },
  )
