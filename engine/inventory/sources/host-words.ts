import { isCoxswainError } from '../../errors.ts'
import type { Place } from '../../errors.ts'
import { invalid } from '../invalid.ts'
import { expandRanges } from './ranges.ts'
import type { Variable } from '../types.ts'

/** What a word that names hosts stands for. */
export interface HostWord {
  readonly names: readonly string[]
  /** The port behind the name, as a variable of each of them. */
  readonly port: Variable | undefined
}

const ported = (word: string): { readonly name: string; readonly digits: string | undefined } => {
  // an address of IPv6 has brackets around it when a port follows: its own colons are none of ours
  const [, name = word, digits] =
    /^\[([\da-f:.%]*:[^\][]*)\]:(\d+)$/i.exec(word) ?? /^((?:[^:\][]|\[[^\][]*\])+):(\d+)$/.exec(word) ?? []
  return { name, digits }
}

/**
 * The hosts of a word such as `web1`, `web[01:20]`, `web1:2222` or `[fe80::1]:22`, as Ansible reads it.
 *
 * @throws `inventory-invalid` at the place, saying what to write instead.
 * @example
 * readHostWord('web[1:2]:2222', place).names  // ['web1', 'web2']
 */
export const readHostWord = (word: string, place: Place): HostWord => {
  const { name, digits } = ported(word)
  const port = digits === undefined ? undefined : { value: Number(digits), typed: digits, place }
  try {
    return { names: expandRanges(name), port }
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    throw invalid(error.message, place, error.hint)
  }
}
