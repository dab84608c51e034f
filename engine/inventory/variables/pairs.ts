/** Splits words of the command line with several `key=value` pairs, as in Ansible. Pure. */
import { CoxswainError } from '../../errors.ts'

const isBlank = (letter: string): boolean => letter === ' ' || letter === '\t'

/** Splits at blanks outside quotes and brackets; undefined if one of them is not closed. */
const parts = (word: string): string[] | undefined => {
  const found: string[] = []
  let part = ''
  let quote: string | undefined
  let depth = 0
  let escaped = false
  for (const letter of word) {
    if (quote === undefined && depth === 0 && isBlank(letter)) {
      if (part !== '') found.push(part)
      part = ''
      continue
    }
    part += letter
    if (quote !== undefined) {
      if (letter === quote && !escaped) quote = undefined
    } else if ((letter === '"' || letter === "'") && !escaped) quote = letter
    else if (letter === '[' || letter === '{') depth += 1
    else if (letter === ']' || letter === '}') depth = Math.max(0, depth - 1)
    escaped = letter === '\\' && !escaped
  }
  if (part !== '') found.push(part)
  return quote === undefined && depth === 0 ? found : undefined
}

const isPair = (part: string): boolean => /^[A-Za-z_]\w*=/.test(part)

/** Whether a value has a tag, which applies to the rest of the word. */
const isTagged = (word: string): boolean => /^[^=]*=!/.test(word)

/**
 * Splits a word into `key=value` pairs at blanks outside quotes and brackets. A value with blanks but without
 * a pair, or with line ends, is one value.
 *
 * @throws `usage` for an ambiguous word. The error does not show it, as it can contain a secret.
 * @example
 * pairsIn('a="x y" b=2') // ['a="x y"', 'b=2']
 * pairsIn('a=hello world') // ['a=hello world']
 */
export const pairsIn = (word: string): readonly string[] => {
  if (!/[ \t][A-Za-z_]\w*=/.test(word.trimStart()) || /[\r\n]/.test(word) || isTagged(word)) return [word]
  const found = parts(word)
  const pairs = found?.filter(isPair)
  if (found !== undefined && pairs?.length === found.length) return found
  // the pair is in quotes or brackets
  if (found !== undefined && !found.slice(1).some(isPair)) return [word]
  throw new CoxswainError(
    'usage',
    'a value of -e can be several variables or one value with blanks; it is not shown',
    {
      hint: `quote a value with blanks, -e 'name="a b=c"', or use one -e per variable`,
    },
  )
}
