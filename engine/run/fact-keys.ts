import type { Become } from '../dsl/play.ts'
import type { Task } from '../dsl/types.ts'
import { canonical, isOpaque } from './journal/signature.ts'

/** How a fact is read: it can have another value as another user, or elsewhere. */
export interface FactOptions {
  readonly become: Become
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
}

/** Whether it is a plain object without properties. */
const isEmpty = (value: object): boolean =>
  Object.getPrototypeOf(value) === Object.prototype && Reflect.ownKeys(value).length === 0

/** Tells apart the facts of a run: keys are equal for equal parameters, also where each host has a task of its own. */
export class FactKeys {
  readonly #numbers = new Map<object, number>()
  readonly #tasks = new WeakMap<Task, string>()

  /** The key of a fact that is read in this way. It contains secrets. */
  of(task: Task, { become, env, cwd }: FactOptions): string {
    const how = env === undefined && cwd === undefined ? become : [become, env, cwd]
    return `${this.#ofTask(task)} ${canonical(how)}`
  }

  #ofTask(task: Task): string {
    const known = this.#tasks.get(task)
    if (known !== undefined) return known
    const key = `${this.#numberOf(task.definition())} ${this.#ofParams(task.params)}`
    this.#tasks.set(task, key)
    return key
  }

  /** The parameters, or the object itself where a function or a class is among these. */
  #ofParams(params: unknown): string {
    if (typeof params !== 'object' || params === null) return canonical(params)
    // most facts have no parameters
    if (isEmpty(params)) return '{}'
    return isOpaque(params) ? `#${this.#numberOf(params)}` : canonical(params)
  }

  /** A number that no other object has. */
  #numberOf(object: object): number {
    const known = this.#numbers.get(object) ?? this.#numbers.size
    this.#numbers.set(object, known)
    return known
  }
}
