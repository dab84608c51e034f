/**
 * The time of events: Unix milliseconds, from the system clock at program start plus a monotonic clock. Setting the
 * clock during a run does not make a duration negative or change the order of events.
 */
export const now = (): number => Math.round(performance.timeOrigin + performance.now())
