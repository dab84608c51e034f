/** Which facts `run facts` shows. */
import type { Task } from '../../dsl/types.ts'
import { isTaskFactory } from '../../dsl/task.ts'
import type { TaskFactory } from '../../dsl/task.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { findTarget } from '../session/library.ts'
import type { Lookup } from '../session/library.ts'
import { inputFromWords } from '../session/params.ts'

/** A fact, and the name under which its value is shown. */
export interface ChosenFact {
  readonly name: string
  readonly task: Task
}

/** The facts that are shown if none is named. */
export interface Choice {
  readonly facts: readonly ChosenFact[]
  /** Whether they were named: then one that cannot be read is a failure. */
  readonly named: boolean
}

/** Words as names, each with the parameters after it. */
const groupsOf = (words: readonly string[]): { readonly name: string; readonly params: string[] }[] => {
  const groups: { readonly name: string; readonly params: string[] }[] = []
  for (const word of words) {
    const isParam = /^\w+=/.test(word)
    const last = groups.at(-1)
    if (!isParam) groups.push({ name: word, params: [] })
    else if (last === undefined)
      throw new CoxswainError('usage', 'a parameter comes after the name of its fact', {
        hint: 'write `run facts PATTERN FACT key=value`',
      })
    else last.params.push(word)
  }
  return groups
}

/** @throws `usage` if the task does more than read. */
const factOf = async (word: string, lookup: Lookup): Promise<TaskFactory> => {
  // as in a playbook: osRelease
  const name = /^[a-z]+(?:[A-Z][a-z0-9]*)+$/.test(word)
    ? word.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    : word
  const found = await findTarget(name, lookup)
  if (found.kind === 'unit' && isTaskFactory(found.unit) && found.unit.info.kind === 'fact') return found.unit
  throw new CoxswainError('usage', `${shownWord(name)} is not a fact`, {
    hint: 'a fact is a task that only reads; `run docs` lists them',
  })
}

/** Facts of one name are shown by what they read. */
const named = (tasks: readonly Task[]): ChosenFact[] => {
  const counts = new Map<string, number>()
  for (const { name } of tasks) counts.set(name, (counts.get(name) ?? 0) + 1)
  return tasks.map((task) => ({ name: counts.get(task.name) === 1 ? task.name : task.title, task }))
}

/** The facts that the library names as usual. */
const usualFacts = ({ usualFacts: usual }: Readonly<Record<string, unknown>>): Task[] =>
  Array.isArray(usual) ? usual.filter(isTaskFactory).map((factory) => factory.from({})) : []

/**
 * The facts of a command line.
 *
 * @throws `usage`, `load-failed` or `params-invalid`.
 */
export const chooseFacts = async (words: readonly string[], lookup: Lookup): Promise<Choice> => {
  if (words.length === 0) return { facts: named(usualFacts(await lookup.loadLibrary())), named: false }
  const tasks: Task[] = []
  for (const { name, params } of groupsOf(words)) {
    const fact = await factOf(name, lookup)
    tasks.push(fact.from(inputFromWords(fact.info, params)))
  }
  return { facts: named(tasks), named: true }
}
