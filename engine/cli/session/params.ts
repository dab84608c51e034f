import type { z } from 'zod'
import { isDecimal } from '../../dsl/decimal.ts'
import type { UnitInfo } from '../../dsl/role.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { typesOfParams } from '../docs/params.ts'
import { exactValue, hasKeyTwice, structuredValue } from './typed-value.ts'
import type { TypedValue } from './typed-value.ts'

const quoteBlanks = 'quote a value with blanks'

/**
 * Refuses words after a playbook. They are not shown: they can be parts of a secret that was typed without quotes.
 *
 * @throws `usage` if there are words.
 */
export const refuseWords = (words: readonly string[]): void => {
  if (words.length === 0) return
  throw new CoxswainError(
    'usage',
    `a playbook takes no parameters, and ${words.length} ${words.length === 1 ? 'was' : 'were'} given; they are not shown`,
    { hint: `give a variable with -e name=value, and ${quoteBlanks}` },
  )
}

/** Parses `key=value` words. A word that is not a pair is not shown: it can be a part of a secret. */
const parsePairs = (words: readonly string[]): Map<string, string> => {
  const texts = new Map<string, string>()
  for (const [index, word] of words.entries()) {
    const cut = word.indexOf('=')
    if (cut < 1)
      throw new CoxswainError('usage', `parameter ${index + 1} is not a key=value pair; it is not shown`, {
        hint: `write NAME=VALUE, such as path=/etc/motd, and ${quoteBlanks}: NAME='VALUE WITH BLANKS'`,
      })
    const name = word.slice(0, cut)
    if (texts.has(name))
      throw new CoxswainError('usage', `the parameter ${shownWord(name)} is given twice`, {
        hint: `give it once; a list is written as ${shownWord(name)}='["a", "b"]'`,
      })
    texts.set(name, word.slice(cut + 1))
  }
  return texts
}

const refused = (task: string, name: string, why: string): CoxswainError =>
  new CoxswainError('params-invalid', `task ${task}: ${name}: ${why}`, {
    task,
    hint: `\`run ${task} --help\` lists its parameters`,
  })

/** A value as the type of its parameter; text if the type accepts text. */
const readAs = (
  task: string,
  [name, text]: readonly [string, string],
  types: ReadonlySet<string> | undefined,
): TypedValue => {
  const plain = { value: text, texts: text }
  if (types === undefined) return plain
  const has = (...wanted: readonly string[]): boolean => wanted.some((type) => types.has(type))
  if ((types.size === 0 || has('object', 'array')) && hasKeyTwice(text))
    throw refused(task, name, 'a map has the same key twice: remove one of them')
  if (types.size === 0) return structuredValue(text) ?? { value: exactValue(text), texts: text }
  if (has('array', 'object')) {
    const found = structuredValue(text)
    if (found !== undefined && types.has(Array.isArray(found.value) ? 'array' : 'object')) return found
    if (has('array') && text.trimStart().startsWith('['))
      throw refused(task, name, `the list cannot be read: write ${name}='["a", "b"]'`)
  }
  // Number('') is 0
  if (has('number', 'integer') && (text.trim() === '' || (!has('string') && !isDecimal(text))))
    throw refused(task, name, 'a number is needed')
  if (has('string')) return plain
  if (has('number', 'integer')) return { value: Number(text), texts: text }
  return { value: has('boolean', 'null') ? exactValue(text) : text, texts: text }
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null

const at = (tree: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((node, key) => (isTree(node) ? Reflect.get(node, key) : undefined), tree)

/** Returns a copy of a tree with another value at a path. */
const withValue = (tree: unknown, [key, ...rest]: readonly PropertyKey[], value: unknown): unknown => {
  if (key === undefined) return value
  if (Array.isArray(tree))
    return tree.map((item, index) => (index === key ? withValue(item, rest, value) : item))
  return isTree(tree) ? { ...tree, [key]: withValue(Reflect.get(tree, key), rest, value) } : tree
}

/** Returns the input with the typed text, or its number, at each place where the schema refuses the value. */
const asTyped = (
  schema: z.ZodType,
  input: Readonly<Record<string, unknown>>,
  read: ReadonlyMap<string, TypedValue>,
): unknown => {
  const [texts, numbers] = (['texts', 'numbers'] as const).map((form) =>
    Object.fromEntries([...read].map(([key, value]) => [key, value[form]])),
  )
  let repaired: unknown = input
  for (const { path } of schema.safeParse(input).error?.issues ?? []) {
    const given = at(input, path)
    const other = [at(texts, path), at(numbers, path)].find((one) => one !== undefined && one !== given)
    if (other !== undefined) repaired = withValue(repaired, path, other)
  }
  return repaired
}

/**
 * The input of a task or role from `key=value` words. A value is the text as typed if its parameter accepts text; the schema converts
 * numbers. Text in brackets is parsed as a list or map only if the parameter is one.
 *
 * @throws `params-invalid` or `usage`.
 */
export const inputFromWords = (
  { name, params }: Pick<UnitInfo, 'name' | 'params'>,
  words: readonly string[],
): unknown => {
  const typed = parsePairs(words)
  const types = typesOfParams(params)
  const read = new Map([...typed].map((pair) => [pair[0], readAs(name, pair, types.get(pair[0]))]))
  const input = Object.fromEntries([...read].map(([key, { value }]) => [key, value]))
  // a parameter that refuses a map can accept its text; a list stays a list
  const withTexts = (schema: z.ZodType): Record<string, unknown> => {
    const wrong = new Set((schema.safeParse(input).error?.issues ?? []).map(({ path }) => String(path[0])))
    return Object.fromEntries(
      Object.entries(input).map(([key, value]) => [
        key,
        wrong.has(key) && !Array.isArray(value) && types.get(key)?.has('string') === true
          ? typed.get(key)
          : value,
      ]),
    )
  }
  return asTyped(params, withTexts(params), read)
}
