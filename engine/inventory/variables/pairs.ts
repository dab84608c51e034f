/** Words of the command line that hold several `key=value` pairs, which Ansible takes as well. Pure. */
import { CoxswainError } from '../../errors.ts'

const isBlank = (letter: string): boolean => letter === ' ' || letter === '\t'

/** What stands between blanks that are in no quotes and no brackets; undefined where one of them is not closed. */
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

/** A tag is for all that follows it. */
const isTagged = (word: string): boolean => /^[^=]*=!/.test(word)

/**
 * The `key=value` pairs of a word. Blanks separate them, but for those in quotes or brackets. A value with blanks in which no
 * pair stands, or with line ends, is one value.
 *
 * @throws `usage` for what may be one value or several. The error does not show it: it can hold a secret.
 * @example
 * pairsIn('a="x y" b=2') // ['a="x y"', 'b=2']
 * pairsIn('a=hello world') // ['a=hello world']
 */
export const pairsIn = (word: string): readonly string[] => {
  if (!/[ \t][A-Za-z_]\w*=/.test(word.trimStart()) || /[\r\n]/.test(word) || isTagged(word)) return [word]
  const found = parts(word)
  const pairs = found?.filter(isPair)
  if (found !== undefined && pairs?.length === found.length) return found
  // the pair stands in quotes or brackets
  if (found !== undefined && !found.slice(1).some(isPair)) return [word]
  throw new CoxswainError(
    'usage',
    'a value of -e may be several variables or one value with blanks; it is not shown',
    {
      hint: `put a value with blanks in quotes of its own, -e 'name="a b=c"', or give each variable an -e`,
    },
  )
}
