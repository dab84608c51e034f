/** What is in a list of steps and is not a step, in words. Pure. */
import { inspect } from 'node:util'

/** The name of a task definition or of another function. */
const nameOf = (made: object): string => {
  const info: unknown = Reflect.get(made, 'info')
  const name: unknown = Reflect.get(typeof info === 'object' && info !== null ? info : made, 'name')
  return typeof name === 'string' ? name : ''
}

/** A value that is not a step, in words. */
const described = (wrong: unknown): string => {
  if (typeof wrong === 'function') return `${nameOf(wrong) || 'a function'}, which is not called`
  if (Array.isArray(wrong)) return 'a list'
  if (wrong instanceof Promise) return 'a promise'
  return typeof wrong === 'object' && wrong !== null ? 'an object that is not a task' : inspect(wrong)
}

/** The hint for a value that is not a step. */
const hintFor = (wrong: unknown): string => {
  if (typeof wrong === 'function') return 'a task takes its parameters: write sysctl({ … }), not sysctl'
  if (Array.isArray(wrong)) return 'put its steps into the list, with a spread: ...steps'
  if (wrong instanceof Promise) return 'the function must not be async; values of hosts come from given(…)'
  return 'give a list: tasks: () => [ … ]; for an optional step, use a spread: ...(condition ? [ … ] : [])'
}

/** What is wrong with a list of steps: its first item that is not a step, with its place in the list. Undefined if nothing is. */
export const wrongItemIn = (
  list: unknown,
  isStep: (item: unknown) => boolean,
): { readonly words: string; readonly hint: string } | undefined => {
  if (!Array.isArray(list)) {
    return { words: `it is ${described(list)}`, hint: hintFor(list) }
  }
  const index = list.findIndex((item) => !isStep(item))
  if (index === -1) return undefined
  const wrong: unknown = list[index]
  return { words: `item ${index + 1} of ${list.length} is ${described(wrong)}`, hint: hintFor(wrong) }
}
