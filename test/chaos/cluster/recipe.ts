/** The actions of a round, decided only by its seed. */
import { Random } from '../../simulation/world/random.ts'
import { faultNames } from './faults.ts'
import type { FaultName } from './faults.ts'
import { operationNames } from './operations.ts'
import type { OperationName } from './operations.ts'

/** A round. */
export interface Recipe {
  readonly round: number
  readonly operation: OperationName
  readonly fault: FaultName
  /** Which of the masters of the operation the fault strikes: a share, from 0 to 1. */
  readonly host: number
  /** When: a share of the events of an undisturbed run. */
  readonly moment: number
  /** Seconds after which a network that was cut is there again. */
  readonly seconds: number
}

/**
 * The recipe of a round: all pairs of an operation and a fault take turns, in another order for each seed.
 */
export const recipeOf = (seed: number, round: number): Recipe => {
  const pairs = operationNames.flatMap((operation) => faultNames.map((fault) => ({ operation, fault })))
  const turn = Math.floor((round - 1) / pairs.length)
  const order = new Random(seed * 1009 + turn)
  const sorted = pairs
    .map((pair) => ({ pair, at: order.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ pair }) => pair)
  const { operation, fault } = sorted[(round - 1) % pairs.length] ?? { operation: 'rebuild', fault: 'kill' }
  const random = new Random(seed * 100_003 + round)
  return {
    round,
    operation,
    fault,
    host: random.next(),
    moment: random.next() * 0.97,
    seconds: 5 + random.next() * 40,
  }
}
