/** Divides the hosts of a play into batches by its `serial`. Pure. */
import type { Portion, PlaySpec } from '../../dsl/play.ts'
import { CoxswainError } from '../../errors.ts'

const percentOf = (portion: Portion): number | undefined => {
  const [, digits] = /^(\d+(?:\.\d+)?)%$/.exec(String(portion)) ?? []
  return digits === undefined ? undefined : Number(digits)
}

const isPortion = (portion: Portion): boolean => {
  const percent = percentOf(portion)
  if (percent !== undefined) return percent > 0 && percent <= 100
  return Number.isInteger(portion) && Number(portion) >= 1
}

/** The portions of a `serial`; none if all hosts run at once. */
const portionsOf = (serial: PlaySpec<unknown>['serial']): readonly Portion[] => {
  if (serial === undefined) return []
  return typeof serial === 'object' ? serial : [serial]
}

/**
 * Returns the portions of a play's batches.
 *
 * @throws `playbook-invalid` for anything but a number or a percentage of hosts.
 */
export const checkSerial = (play: string, serial: PlaySpec<unknown>['serial']): readonly Portion[] => {
  const portions = portionsOf(serial)
  const wrong = portions.find((portion) => !isPortion(portion))
  if (wrong === undefined && !(serial !== undefined && portions.length === 0)) return portions
  throw new CoxswainError('playbook-invalid', `play "${play}": serial is ${String(wrong ?? '[]')}`, {
    hint: 'it is a number of hosts from 1, a percentage such as "25%", or a list of these: [1, "25%"]',
  })
}

const sizeOf = (portion: Portion, total: number): number => {
  const percent = percentOf(portion)
  return percent === undefined ? Number(portion) : Math.max(1, Math.floor((total * percent) / 100))
}

/**
 * Divides hosts into batches; the last portion is repeated for the rest.
 *
 * @example
 * batchesOf(['a', 'b', 'c', 'd'], [1, '50%']) // [['a'], ['b', 'c'], ['d']]
 */
export const batchesOf = <Host>(hosts: readonly Host[], portions: readonly Portion[]): Host[][] => {
  const batches: Host[][] = []
  for (let begun = 0; begun < hosts.length;) {
    const portion = portions[Math.min(batches.length, portions.length - 1)]
    const size = portion === undefined ? hosts.length : sizeOf(portion, hosts.length)
    batches.push(hosts.slice(begun, begun + size))
    begun += size
  }
  return batches
}
