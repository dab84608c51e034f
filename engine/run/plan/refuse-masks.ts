/** Refuses tasks whose parameters contain the mask of a secret, before anything runs. Pure. */
import { refuseMaskedParams } from '../../dsl/parse-params.ts'
import { tasksOf } from './planned-steps.ts'
import type { Plan } from './plan.ts'

/** @throws `secret-masked` naming the task, its parameter and its place, for the first such task of a plan. */
export const refuseMaskedPlan = ({ plays }: Plan): void => {
  for (const { candidates } of plays)
    for (const { steps, handlers } of candidates.values())
      for (const { task } of [...tasksOf(steps, 'all'), ...handlers]) refuseMaskedParams(task)
}
