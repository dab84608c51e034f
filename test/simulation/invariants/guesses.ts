import type { Invariant } from '../timeline.ts'

/** A password that sudo has refused is not given to it again: hosts count failures, and lock users out. */
export const guesses: Invariant = (history) =>
  history.guesses.map((place) => `a refused password was given again: ${place}`)
