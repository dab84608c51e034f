/** The actions of a round, decided only by its seed. */
import { Random } from '../simulation/world/random.ts'
import { faultNames } from './faults.ts'
import type { FaultName } from './faults.ts'
import type { Piece } from './pieces.ts'

/** The time of the fault: a share of the progress of an undisturbed run, from 0 to 0.97. */
export interface Moment {
  /** Lines of `--output json`, or bytes sent to the host. */
  readonly by: 'events' | 'bytes'
  readonly share: number
}

export interface Recipe {
  readonly round: number
  /** Rounds with the same number have the same steps. */
  readonly playbook: number
  readonly fault: FaultName
  readonly moment: Moment
  /** Whether the run after the fault uses `--resume`. */
  readonly resume: boolean
  readonly steps: readonly Step[]
}

/** A task of the playbook, and whether it notifies its own handler. */
export interface Step {
  readonly piece: Piece
  readonly notify: boolean
}

const shuffled = <Item>(random: Random, items: readonly Item[]): Item[] =>
  items
    .map((item) => ({ item, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)

/** A round's fault: the kinds take turns, so that 60 rounds have each of them equally often. */
const faultOf = (seed: number, round: number): FaultName => {
  const turn = Math.floor((round - 1) / faultNames.length)
  const order = shuffled(new Random(seed * 1009 + turn), faultNames)
  return order[(round - 1) % faultNames.length] ?? 'kill'
}

/** State that does not survive a reboot is not created again by `--resume`, which skips what has succeeded. */
const canResume = (fault: FaultName): boolean => fault !== 'power-cycle'

/** Rounds that share a playbook, and so the result of an undisturbed run. */
const roundsOfOne = 6

/** The pieces of a playbook: drawn in turn from shuffled decks of all pieces, so that each occurs regularly. */
const dealt = (seed: number, playbook: number, all: readonly Piece[], size: number): Piece[] => {
  const decks = Math.ceil(((playbook + 1) * size) / all.length)
  const cards = Array.from({ length: decks }, (_, n) => shuffled(new Random(seed * 7919 + n), all)).flat()
  return [...new Set(cards.slice(playbook * size, (playbook + 1) * size))]
}

/**
 * The recipe of a round.
 *
 * @param size number of tasks in its playbook.
 */
export const recipeOf = (seed: number, round: number, all: readonly Piece[], size: number): Recipe => {
  const random = new Random(seed * 100_003 + round)
  const fault = faultOf(seed, round)
  const moment: Moment = { by: random.chance(0.5) ? 'events' : 'bytes', share: random.next() * 0.97 }
  const resume = random.chance(0.3) && canResume(fault)
  const playbook = Math.floor((round - 1) / roundsOfOne)
  const choice = new Random(seed * 104_729 + playbook)
  const steps = dealt(seed, playbook, all, size).map((piece) => ({
    piece,
    notify: piece.changes && choice.chance(0.6),
  }))
  return { round, playbook, fault, moment, resume, steps }
}
