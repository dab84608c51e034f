/** Evaluates the expressions in variables of hosts. */
import { Secret, isSecret } from '../../secret.ts'
import type { Place } from '../../errors.ts'
import { holdsExpression } from '../holds-expression.ts'
import { mapScalars } from '../scalar-tree.ts'
import { Scalar } from '../scalar.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { isSealed, secretsIn } from '../secrets/sealed.ts'
import type { Variable, Variables } from '../types.ts'
import { Fault } from './fault.ts'
import { refuseReading } from './local-paths.ts'
import { libraryOf } from './library-of.ts'
import { Machine } from './machine.ts'
import { Shut, settled } from './pending.ts'
import { mostNested, numText } from './python-text.ts'
import { HostScope } from './scope.ts'
import type { SharedScope } from './shared-scope.ts'
import { Dict, Hidden, List, Moment, Num, Omit, Undefined, strongest } from './values.ts'
import type { HiddenKind, Value } from './values.ts'

/** A part that `omit` leaves out. */
const omitted = Symbol('omitted')

/** A value as a reader gets it, and how far it is hidden. */
interface Written {
  readonly tree: unknown
  readonly hidden: HiddenKind | undefined
}

/** Converts the value of an expression to a value of an inventory. */
class Writer {
  readonly #place: Place
  hidden: HiddenKind | undefined

  constructor(place: Place) {
    this.#place = place
  }

  tree(value: Value, depth = 0): unknown {
    if (depth > mostNested)
      throw new Fault(`a value has more than ${mostNested} levels: does it contain itself?`)
    if (value === null || typeof value === 'string') return value
    if (typeof value === 'boolean') return this.#scalar(String(value), value)
    if (value instanceof Num) return this.#scalar(value.text ?? numText(value), value.value)
    if (value instanceof Moment) return value.scalar
    if (value instanceof Hidden) {
      this.hidden = strongest(this.hidden, value.kind)
      if (value.kind !== 'secret') return this.tree(value.value)
      return new Secret(
        typeof value.value === 'string' ? value.value : (value.value.text ?? numText(value.value)),
      )
    }
    if (value instanceof Undefined) throw value.fault()
    if (value instanceof Omit) return omitted
    if (value instanceof List) {
      const items = value.values().map((item) => this.tree(item, depth + 1))
      return items.filter((item) => item !== omitted)
    }
    if (value instanceof Dict)
      return Object.fromEntries(
        [...value.entries.keys()].flatMap((key) => {
          const item = this.tree(value.get(key) ?? null, depth + 1)
          return item === omitted ? [] : [[key, item]]
        }),
      )
    throw new Fault('the value is a function: call it with ( )')
  }

  #scalar(text: string, value: number | bigint | boolean): Scalar {
    return new Scalar({ text, value, definite: true, place: this.#place })
  }
}

/** The error of a text with expressions, without the text itself. */
const failureOf = (
  fault: Fault,
  path: string,
): { readonly message: string; readonly place: Place | undefined } => {
  const { at, hint, message } = fault
  const said = hint === undefined ? message : `${message} (${hint})`
  if (at === undefined || at.path === path) return { message: said, place: at?.place }
  return {
    message: `in ${at.path}${at.text === undefined ? '' : `, ${at.text.trim()}`}: ${said}`,
    place: at.place,
  }
}

/** A variable with its expressions evaluated; undefined if it is omitted. */
export interface EvaluatedVariable {
  readonly variable: Variable | undefined
  /** Why a part is not evaluated here; undefined if all are. */
  readonly shut: Shut | undefined
}

/** What an evaluator needs. */
export type EvaluatorInput = Pick<
  SharedScope,
  'inventory' | 'hosts' | 'run' | 'keys' | 'unlock' | 'secretNames'
>

/** Evaluates expressions. */
export class Evaluator {
  readonly #shared: SharedScope
  readonly #scopes = new Map<string, HostScope>()
  readonly #machine: Machine
  readonly #learn: Keyring['learn']

  constructor(shared: EvaluatorInput, learn: Keyring['learn']) {
    this.#machine = new Machine()
    const stack: SharedScope['stack'] = []
    this.#shared = {
      ...shared,
      library: libraryOf(this.#machine, (what) => refuseReading(stack.at(-1)?.scalar, what)),
      opened: new Map(),
      common: new Map(),
      templates: new Map(),
      secretWords: new Map(),
      outputs: new Map(),
      stack,
    }
    this.#learn = learn
  }

  #scope(host: string): HostScope {
    const scope = this.#scopes.get(host) ?? new HostScope(host, this.#shared, (name) => this.#scope(name))
    this.#scopes.set(host, scope)
    return scope
  }

  /** The value of one text with expressions. */
  async #evaluated(host: string, scalar: Scalar, path: string, variable: Variable): Promise<Written | Shut> {
    const attempt = (): Written => {
      this.#machine.begin()
      const writer = new Writer(scalar.place)
      const tree = writer.tree(
        this.#scope(host)
          .reader(variable, path.split('.', 1)[0] ?? path)
          .template(scalar, path),
      )
      return { tree, hidden: writer.hidden }
    }
    try {
      return await settled(attempt)
    } catch (error) {
      if (error instanceof Shut) return error
      const fault = error instanceof RangeError ? new Fault('the expression is nested too deeply') : error
      if (!(fault instanceof Fault)) throw error
      const { message, place = scalar.place } = failureOf(fault, path)
      const { text, value, lookups } = scalar
      return {
        tree: new Scalar({
          text,
          value,
          template: true,
          lookups,
          failure: { message, place },
          place: scalar.place,
        }),
        hidden: undefined,
      }
    }
  }

  /** Evaluates the expressions in a variable of a host, part by part. */
  async variable(host: string, name: string, variable: Variable): Promise<EvaluatedVariable> {
    let hidden: HiddenKind | undefined
    let shut: Shut | undefined
    const visit = async (tree: unknown, path: string): Promise<unknown> => {
      if (tree instanceof Scalar) {
        if (!tree.template || tree.failure !== undefined) return tree
        const found = await this.#evaluated(host, tree, path, variable)
        if (found instanceof Shut) {
          shut ??= found
          return tree
        }
        hidden = strongest(hidden, found.hidden)
        if (found.hidden !== undefined && found.hidden !== 'named') this.#learn(secretsIn(found.tree))
        return found.tree
      }
      if (Array.isArray(tree)) {
        const items: unknown[] = []
        for (const [index, item] of tree.entries()) items.push(await visit(item, `${path}.${index}`))
        return items.filter((item) => item !== omitted)
      }
      if (typeof tree !== 'object' || tree === null || isSealed(tree) || isSecret(tree)) return tree
      const entries: [string, unknown][] = []
      for (const [key, item] of Object.entries(tree)) {
        const found = await visit(item, `${path}.${key}`)
        if (found !== omitted) entries.push([key, found])
      }
      return Object.fromEntries(entries)
    }
    const written = await visit(variable.written, name)
    if (written === omitted) return { variable: undefined, shut }
    // the text as typed is that of the expression
    const { typed: _, ...rest } = variable
    const made: Variable = {
      ...rest,
      written,
      value: mapScalars(written, ({ plain }) => plain),
      ...(hidden !== undefined && { hidden: true }),
    }
    return { variable: made, shut }
  }

  /** Evaluates variables of a host: all, or those with these names. */
  async variables(
    host: string,
    variables: Variables,
    isWanted: (name: string) => boolean,
  ): Promise<Variables> {
    const found = new Map<string, Variable>()
    for (const [name, variable] of variables) {
      if (!holdsExpression(variable.written) || !isWanted(name)) {
        found.set(name, variable)
        continue
      }
      const { variable: made } = await this.variable(host, variable.called ?? name, variable)
      if (made !== undefined) found.set(name, made)
    }
    return found
  }
}
