import { isCoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { invalid } from '../invalid.ts'
import { expandRanges } from './ranges.ts'
import type { Variable } from '../types.ts'

/** The hosts of a word. */
export interface HostWord {
  readonly names: readonly string[]
  /** The port after the name, as a variable of each host. */
  readonly port: Variable | undefined
}

const ported = (word: string): { readonly name: string; readonly digits: string | undefined } => {
  // an IPv6 address with a port has brackets, as it contains colons
  const [, name = word, digits] =
    /^\[([\da-f:.%]*:[^\][]*)\]:(\d+)$/i.exec(word) ?? /^((?:[^:\][]|\[[^\][]*\])+):(\d+)$/.exec(word) ?? []
  return { name, digits }
}

/**
 * Parses a word such as `web1`, `web[01:20]`, `web1:2222` or `[fe80::1]:22`, as Ansible does.
 *
 * @throws `inventory-invalid` at the place, with a correct form.
 * @example
 * readHostWord('web[1:2]:2222', place).names  // ['web1', 'web2']
 */
export const readHostWord = (word: string, place: Place): HostWord => {
  const { name, digits } = ported(word)
  const port =
    digits === undefined ? undefined : { value: Number(digits), typed: digits, place, implied: true }
  try {
    return { names: expandRanges(name), port }
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    throw invalid(error.message, place, error.hint)
  }
}
