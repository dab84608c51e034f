import { CoxswainError } from '../errors.ts'
import type { Handlers } from './handler-names.ts'
import { isRecord } from './option-kinds.ts'
import { isStep, stepBrand } from './step.ts'
import { isTask } from './types.ts'
import type { Task } from './types.ts'

/**
 * Checks the handlers that a function of an author returned.
 *
 * @param about whose handlers they are, for the error.
 * @throws `playbook-invalid` for a handler that is not a task, such as a task definition that was not called.
 */
export const handlersOf = (about: string, value: unknown): Handlers => {
  const handlers: Record<string, Task> = {}
  for (const [name, handler] of isRecord(value) ? Object.entries(value) : []) {
    const task: unknown = handler
    if (!isTask(task)) {
      const made = isStep(task) && stepBrand in task && task[stepBrand] === 'given' ? task : undefined
      throw new CoxswainError('playbook-invalid', `${about}: the handler ${name} is not a task`, {
        place: made?.place(),
        hint:
          made === undefined
            ? 'each handler is one task with its parameters: restart: service({ … })'
            : 'a handler that needs a value is one of a role, whose handlers get its facts: see docs/flow.md, Handlers',
      })
    }
    handlers[name] = task
  }
  return handlers
}
