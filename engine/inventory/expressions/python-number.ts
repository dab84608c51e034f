/** Floats as texts with a number of digits, rounded as in Python: exactly, a half to the even digit. Pure. */

/** The exact digits of a number, the first one before the point, and its power of ten. */
interface Decimal {
  readonly digits: string
  readonly power: number
}

/** The digits after the first one: the most that JavaScript gives. */
const mostDigits = 100

const decimalOf = (size: number): Decimal => {
  const [digits = '0', power = '0'] = size.toExponential(mostDigits).split('e')
  return { digits: digits.replace('.', ''), power: Number(power) }
}

/** The digits rounded to a number of them, which can be 0 or less. */
const rounded = ({ digits, power }: Decimal, keep: number): Decimal => {
  if (keep < 0) return { digits: '', power }
  const [kept, rest] = [digits.slice(0, keep).padEnd(keep, '0'), digits.slice(keep)]
  const isHalf = /^50*$/.test(rest)
  const last = Number(kept.at(-1) ?? '0')
  const up = isHalf ? last % 2 === 1 : rest >= '5'
  if (!up) return { digits: kept, power }
  const more = String(BigInt(kept === '' ? '0' : kept) + 1n).padStart(keep, '0')
  return more.length > keep
    ? { digits: keep === 0 ? '1' : more.slice(0, keep), power: power + 1 }
    : { digits: more, power }
}

/** Not a number, and what has no end. */
const wordOf = (size: number): string | undefined =>
  Number.isNaN(size) ? 'nan' : Number.isFinite(size) ? undefined : 'inf'

/** A number that is not below 0 with digits after the point. */
export const fixedText = (size: number, precision: number, point = false): string => {
  const word = wordOf(size)
  if (word !== undefined) return word
  const exact = decimalOf(size)
  const keep = exact.power + 1 + precision
  const { digits, power } = rounded(exact, keep)
  const entire = (digits === '' ? '0' : digits.padEnd(power + 1 + precision, '0')).padStart(
    precision + 1,
    '0',
  )
  const cut = entire.length - precision
  return precision === 0 ? entire + (point ? '.' : '') : `${entire.slice(0, cut)}.${entire.slice(cut)}`
}

const exponent = (power: number): string =>
  `e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`

/** A number that is not below 0 as `1.50e+03`. */
export const exponentText = (size: number, precision: number, point = false): string => {
  const word = wordOf(size)
  if (word !== undefined) return word
  const { digits, power } = rounded(decimalOf(size), precision + 1)
  const rest = digits.slice(1)
  return `${digits.charAt(0)}${rest === '' && !point ? '' : '.'}${rest}${exponent(size === 0 ? 0 : power)}`
}

/** A number that is not below 0 in the shorter form, with a number of digits that count; `zeros` keeps zeros at its end. */
export const generalText = (size: number, precision: number, zeros = false): string => {
  const word = wordOf(size)
  if (word !== undefined) return word
  const keep = Math.max(1, precision)
  const { power } = rounded(decimalOf(size), keep)
  const isSmall = size === 0 || (power >= -4 && power < keep)
  const text = isSmall
    ? fixedText(size, Math.max(0, keep - 1 - (size === 0 ? 0 : power)), zeros)
    : exponentText(size, keep - 1, zeros)
  return zeros || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, '')
}
