/**
 * The time of what happens in a run: Unix milliseconds by the clock of this machine as it was when the program began, and from
 * then on by one that only goes forward. A clock that is set in the middle of a run makes no duration negative and turns no
 * order round.
 */
export const now = (): number => Math.round(performance.timeOrigin + performance.now())
