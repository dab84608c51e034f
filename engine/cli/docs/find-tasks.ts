import { describeParams } from './params.ts'
import type { ParamInfo } from './params.ts'
import type { DocumentedTask } from './task-docs.ts'

const textOf = ({ name, description, inner }: ParamInfo): string =>
  [name, description, ...inner.map(textOf)].join(' ')

/**
 * Finds the tasks with all words in their names, descriptions or parameters; those with a word in their name come first.
 *
 * @param words compared without case; parts of words match too.
 */
export const findTasks = (tasks: readonly DocumentedTask[], words: readonly string[]): DocumentedTask[] => {
  const wanted = words.map((word) => word.toLowerCase())
  const has = (text: string, word: string): boolean => text.toLowerCase().includes(word)
  const found = tasks.filter(({ exported, info: { name, description, params } }) => {
    const text = [name, exported, description, ...describeParams(params).map(textOf)].join(' ')
    return wanted.every((word) => has(text, word))
  })
  const named = (task: DocumentedTask): boolean => wanted.some((word) => has(task.info.name, word))
  return [...found.filter(named), ...found.filter((task) => !named(task))]
}
