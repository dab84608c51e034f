import type { Invariant } from '../timeline.ts'
import { appliedOnce } from './applied-once.ts'
import { checks } from './checks.ts'
import { conditions } from './conditions.ts'
import { ending } from './ending.ts'
import { guesses } from './guesses.ts'
import { handlers } from './handlers.ts'
import { interrupt } from './interrupt.ts'
import { limits } from './limits.ts'
import { locks } from './locks.ts'
import { order } from './order.ts'
import { numbers } from './numbers.ts'
import { once } from './once.ts'
import { output } from './output.ts'
import { places } from './places.ts'
import { promises } from './promises.ts'
import { recap } from './recap.ts'
import { secrets } from './secrets.ts'
import { truth } from './truth.ts'

/** The invariants of every world, by name. */
export const invariants: Readonly<Record<string, Invariant>> = {
  'applied once': appliedOnce,
  order,
  limits,
  handlers,
  promises,
  truth,
  locks,
  recap,
  ending,
  interrupt,
  checks,
  output,
  secrets,
  once,
  places,
  numbers,
  conditions,
  guesses,
}
