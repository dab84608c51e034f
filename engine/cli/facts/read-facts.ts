/** The task of `run facts`: it reads all facts of a host at once. */
import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { ok } from '../../dsl/verdict.ts'
import { isConnectionError } from '../../error-kinds.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Choice } from './choose.ts'

/** What hosts gave. */
export interface FoundFacts {
  /** Called with each value. */
  readonly found: (host: string, fact: string, value: unknown) => void
  /** Called for a fact that was not named and cannot be read. */
  readonly missing: (host: string, fact: string, why: string) => void
}

const isFatal = (error: unknown): boolean => !isCoxswainError(error) || isConnectionError(error.code)

export const factsTask = ({ facts, named }: Choice, { found, missing }: FoundFacts) =>
  defineTask({
    name: 'facts',
    description: 'Reads facts.',
    params: z.object({}),
    async check({ host, fact }) {
      const results = await Promise.allSettled(facts.map(({ task }) => fact(task)))
      const failed: unknown[] = []
      for (const [at, result] of results.entries()) {
        const name = facts[at]?.name ?? ''
        if (result.status === 'fulfilled') found(host.name, name, result.value)
        else if (isFatal(result.reason)) throw result.reason
        else if (named) failed.push(result.reason)
        else missing(host.name, name, result.reason instanceof Error ? result.reason.message : '')
      }
      const [first, ...others] = failed
      if (first === undefined) return ok()
      if (others.length === 0) throw first
      throw new CoxswainError('task-failed', `${failed.length} facts cannot be read`, {
        output: failed.map((error) => (error instanceof Error ? error.message : String(error))).join('\n'),
      })
    },
  })
