import { eachMoment } from '../timeline.ts'
import type { Invariant } from '../timeline.ts'
import { isChange } from '../world/host.ts'

/** Nothing is changed on a host while another run has its lock, and no lock outlives its run. */
export const locks: Invariant = (history) => {
  const wrong = history.locks.map((lock) => `a lock outlived its run: ${lock}`)
  eachMoment(history, {
    effect: ({ effect: { host, key, verb, run }, others }) => {
      if (isChange({ verb }) && others.length > 0)
        wrong.push(`${run} changed ${key} on ${host} while ${others.join(', ')} had its lock`)
    },
  })
  return wrong
}
