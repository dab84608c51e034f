import { CoxswainError } from '../../errors.ts'

const wrong = (name: string, message: string, hint: string): CoxswainError =>
  new CoxswainError('inventory-invalid', `${name}: ${message}`, { hint })

/** The most names of a range: more is probably a mistake, and could exhaust the memory. */
const most = 100_000

const numbers = (name: string, from: string, to: string, step: number): string[] => {
  const padded = from.length > 1 && from.startsWith('0')
  if (padded && from.length !== to.length) {
    throw wrong(
      name,
      `[${from}:${to}] has ends of different width`,
      `write both with ${Math.max(from.length, to.length)} digits`,
    )
  }
  const [first, last] = [Number(from), Number(to)]
  if (first > last) throw wrong(name, `[${from}:${to}] runs backwards`, `write [${to}:${from}]`)
  const count = Math.floor((last - first) / step) + 1
  if (count > most) throw wrong(name, `[${from}:${to}] has ${count} names`, `at most ${most} are allowed`)
  return Array.from({ length: count }, (_, index) =>
    String(first + index * step).padStart(padded ? from.length : 1, '0'),
  )
}

const letters = (name: string, from: string, to: string, step: number): string[] => {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)]
  const sameCase = /[a-z]/.test(from) === /[a-z]/.test(to)
  if (!sameCase) throw wrong(name, `[${from}:${to}] mixes upper and lower case`, 'write two ranges')
  if (first > last) throw wrong(name, `[${from}:${to}] runs backwards`, `write [${to}:${from}]`)
  const count = Math.floor((last - first) / step) + 1
  return Array.from({ length: count }, (_, index) => String.fromCharCode(first + index * step))
}

const expandOne = (name: string, inside: string): string[] => {
  const [from = '', to = '', stepText = '1', ...more] = inside.split(':')
  const step = Number(stepText)
  if (more.length > 0 || !Number.isInteger(step) || step < 1) {
    throw wrong(name, `[${inside}] is not a range`, 'write [first:last] or [first:last:step]')
  }
  // Ansible counts [:3] from 0
  const start = from === '' && /^\d+$/.test(to) ? '0' : from
  if (to === '') throw wrong(name, `[${inside}] has no end`, `write the last one, such as [${start}:9]`)
  if (/^\d+$/.test(start) && /^\d+$/.test(to)) return numbers(name, start, to, step)
  if (/^[a-zA-Z]$/.test(start) && /^[a-zA-Z]$/.test(to)) return letters(name, start, to, step)
  throw wrong(name, `[${inside}] is not a range`, 'both ends must be numbers, or both single letters')
}

/**
 * Expands the ranges in a name, in order.
 *
 * @throws `inventory-invalid` with a correct form.
 * @example
 * expandRanges('web[01:03]')   // ['web01', 'web02', 'web03']
 * expandRanges('db-[a:c]')     // ['db-a', 'db-b', 'db-c']
 */
export const expandRanges = (name: string): string[] => {
  const match = /\[([^\][]*:[^\][]*)\]/.exec(name)
  if (match === null) {
    const bracket = /\[[^\]]*\]?/.exec(name)?.[0]
    if (bracket !== undefined)
      throw wrong(name, `${bracket} is not a range`, 'write [first:last], such as web[1:3]')
    return [name]
  }
  const [range, inside = ''] = match
  const [before, after] = [name.slice(0, match.index), name.slice(match.index + range.length)]
  const rest = expandRanges(after)
  return expandOne(name, inside).flatMap((middle) => rest.map((tail) => `${before}${middle}${tail}`))
}
