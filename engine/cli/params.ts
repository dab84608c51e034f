import { parse as parseYaml } from 'yaml'
import type { TaskFactory, Task } from '../dsl/task.ts'
import { CoxswainError } from '../errors.ts'
import { describeParams } from './help.ts'

/** `key=value` words as an object of texts. */
const pairs = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    words.map((word) => {
      const cut = word.indexOf('=')
      if (cut < 1)
        throw new CoxswainError('usage', `not a key=value pair: ${word}`, {
          hint: 'write NAME=VALUE, such as path=/etc/motd',
        })
      return [word.slice(0, cut), word.slice(cut + 1)]
    }),
  )

/** Text read as YAML, for parameters that are no text: numbers, lists, maps. */
const asYaml = (text: string): unknown => {
  try {
    return parseYaml(text)
  } catch {
    return text
  }
}

/**
 * A task from `key=value` words. A value is text where the parameter takes text, else it is read as YAML; so it is where it may be
 * anything.
 *
 * @throws `params-invalid` or `usage`, naming what is wrong.
 */
export const taskFromWords = (task: TaskFactory, words: readonly string[]): Task => {
  const { info } = task
  const texts = pairs(words)
  const anything = describeParams(info.params).flatMap(({ name, type }) => (type === 'any' ? [name] : []))
  const first = info.params.safeParse(texts)
  const wrong = new Set([
    ...anything,
    ...(first.success ? [] : first.error.issues.map(({ path }) => String(path[0]))),
  ])
  const input = Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, wrong.has(key) ? asYaml(text) : text]),
  )
  return task.from(input)
}
