import type { Invariant } from '../timeline.ts'

/** No two runs have the same number, and so the same journal. */
export const numbers: Invariant = (history) =>
  history.numbers
    .filter((number, index, all) => all.indexOf(number) !== index)
    .map((number) => `two runs have the number ${number}`)
