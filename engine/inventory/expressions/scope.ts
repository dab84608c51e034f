/** What the expressions of a host read: its variables, magic variables, and other hosts. */
import { resolve } from 'node:path'
import type { Place } from '../../errors.ts'
import { discreet } from '../place.ts'
import type { Scalar } from '../scalar.ts'
import type { Host, Variable } from '../types.ts'
import { isLockedFile } from '../variables/file.ts'
import { looksSecretName } from '../variables/secret-name.ts'
import { settingWith } from '../variables/setting-names.ts'
import { changesValues, copying } from './changing-methods.ts'
import { Names } from './evaluate.ts'
import { undefinedName } from './facts.ts'
import { Fault } from './fault.ts'
import { functionNames, functionsOf } from './functions.ts'
import { lookUp } from './lookups.ts'
import { hide } from './machine.ts'
import { magicNames, magicValue, sourceFolderOf } from './magic.ts'
import type { MagicInput } from './magic.ts'
import { refuseReading } from './local-paths.ts'
import { parseTemplate } from './parse-template.ts'
import { Shut, Suspended } from './pending.ts'
import { itemOf } from './plain.ts'
import type { PartReader } from './plain.ts'
import { render } from './render.ts'
import type { SharedScope } from './shared-scope.ts'
import { Dict, Lazy, Undefined, force } from './values.ts'
import type { Num, Value } from './values.ts'

/** Variables can read each other this deep. */
const mostNested = 100

/** The part of a value whose expression is evaluated. */
interface Evaluated {
  readonly scalar: Scalar
  readonly path: string
  readonly variable: Variable
}

/** The place of a fault: the column of its word, if the line shows it. */
const placeOfWord = (place: Place, word: string | undefined): Place => {
  const { excerpt, column = 1 } = place
  const at = word === undefined || word === '' ? -1 : (excerpt?.indexOf(word, column - 1) ?? -1)
  return at < 0 ? place : { ...place, column: at + 1 }
}

/** The text with expressions: that of a literal of Python is without its quotes. */
const textOf = ({ text, value }: Scalar): string => (typeof value === 'string' ? value : text)

/** The scope of a host. */
export class HostScope {
  readonly #name: string
  readonly #shared: SharedScope
  readonly #values = new Map<string, Value | Lazy>()
  readonly #results = new Map<Scalar, Value>()
  readonly #scope: (name: string) => HostScope

  /** @param scope gives the scope of another host. */
  constructor(name: string, shared: SharedScope, scope: (name: string) => HostScope) {
    this.#name = name
    this.#shared = shared
    this.#scope = scope
  }

  get #host(): Host {
    const found = this.#shared.hosts.get(this.#name)
    if (found === undefined) throw new Fault(`there is no host ${this.#name}`, { word: this.#name })
    return found
  }

  /** The value of a name: a magic variable, or one of the host; `Undefined` without one. */
  get(name: string): Value {
    const known = this.#values.get(name)
    if (known !== undefined) return force(known)
    const magic = magicValue(name, this.#magic())
    if (magic !== undefined) {
      this.#values.set(name, magic)
      return magic
    }
    const variable = this.#variable(name)
    if (variable === undefined) return undefinedName(name, [...this.#names(), ...magicNames])
    const item = itemOf(variable.written ?? variable.value, name, this.reader(variable, name))
    this.#values.set(name, item)
    return force(item)
  }

  #names(): readonly string[] {
    return [...this.#host.variables.keys()].filter((name) => !isLockedFile(name))
  }

  /** A variable, also by another name of the same setting. */
  #variable(name: string): Variable | undefined {
    const { variables, settings } = this.#host
    const locked = [...variables].flatMap(([key, { place }]) => (isLockedFile(key) ? [place.file] : []))
    // what is in an encrypted file can override it
    if (locked.length > 0 && this.#shared.keys !== undefined)
      throw new Suspended(() => this.#shared.unlock(this.#name))
    const found = variables.get(name)
    if (found !== undefined) return found
    if (locked.length > 0)
      throw new Shut(
        'an encrypted file',
        `${name} is in no plain file, and ${locked.join(', ')} ${locked.length === 1 ? 'is' : 'are'} encrypted`,
      )
    const [ours] = settingWith(name) ?? []
    return ours === undefined ? undefined : settings.get(ours)
  }

  #magic(): MagicInput {
    const { shared, host } = { shared: this.#shared, host: this.#host }
    return {
      host,
      shared,
      variables: () => this.variables(),
      variablesOf: (name) => this.#scope(name).variables(),
    }
  }

  /** Whether a word suggests a secret, decided once per word: it is compared with many names. */
  #isSecretWord(word: string): boolean {
    const { secretWords } = this.#shared
    const known = secretWords.get(word) ?? looksSecretName(word)
    secretWords.set(word, known)
    return known
  }

  /** Its variables as a map. */
  variables(): Dict {
    const names = [...this.#names(), ...magicNames.filter((name) => name !== 'hostvars' && name !== 'vars')]
    return new Dict(
      new Map(names.map((name) => [name, new Lazy(() => this.get(name))])),
      // an encrypted file can have it
      (name) => this.get(name),
    )
  }

  /** Reads the parts of a variable. */
  reader(variable: Variable, name: string): PartReader {
    const { opened, keys } = this.#shared
    const kindAt = (path: string) => {
      if (variable.hidden === true) return 'opened'
      const words = path.split('.')
      return words.some((word) => this.#isSecretWord(word)) || this.#shared.secretNames.has(name)
        ? 'named'
        : undefined
    }
    const marked = (value: Value, path: string): Value => {
      const kind = kindAt(path)
      return kind === undefined ? value : hide(value, kind)
    }
    return {
      template: (scalar, path) => marked(this.evaluate({ scalar, path, variable }), path),
      leaf: (value: string | Num, path) => marked(value, path),
      sealed: (value, path) => {
        if (!opened.has(value)) {
          if (keys === undefined) throw new Shut('a secret')
          throw new Suspended(async () => {
            opened.set(value, await keys.once(value, () => value.open(keys)))
          })
        }
        return hide(force(itemOf(opened.get(value), path, undefined)), 'opened')
      },
    }
  }

  /**
   * The value of a text with expressions.
   *
   * @throws Fault with the innermost value that is wrong; Suspended, Shut.
   */
  evaluate({ scalar, path, variable }: Evaluated): Value {
    const known = this.#results.get(scalar)
    if (known !== undefined) return known
    const { stack, templates, library } = this.#shared
    const label = stack.some(({ host }) => host !== this.#name) ? `${path} of ${this.#name}` : path
    const isShown = variable.hidden !== true && !path.split('.').some((word) => this.#isSecretWord(word))
    const at = (word: string | undefined) => ({
      path: label,
      text: isShown ? textOf(scalar) : undefined,
      place: discreet(
        (word === undefined ? undefined : scalar.placeOf?.(word)) ?? placeOfWord(scalar.place, word),
      ),
    })
    const depth = stack.length
    const begun = stack.findIndex((one) => one.scalar === scalar && one.host === this.#name)
    try {
      if (begun >= 0) {
        const circle = [...stack.slice(begun), { path }].map((one) => one.path)
        throw new Fault(`it reads itself: ${circle.join(' → ')}`)
      }
      if (depth >= mostNested) throw new Fault(`more than ${mostNested} variables read each other`)
      stack.push({ scalar, host: this.#name, path })
      const text = textOf(scalar)
      const template = templates.get(text) ?? parseTemplate(text)
      templates.set(text, template)
      const found = render(
        template,
        new Names(
          library,
          changesValues(text)
            ? copying((name) => this.#global(name, scalar))
            : (name) => this.#global(name, scalar),
          (inner, names) => render(parseTemplate(inner), names),
        ),
      )
      const value = found instanceof Undefined ? found.in(at(found.word)) : found
      this.#results.set(scalar, value)
      return value
    } catch (error) {
      throw error instanceof Fault ? error.in(at(error.word)) : error
    } finally {
      stack.length = depth
    }
  }

  /** A name in an expression: a variable comes before a function. */
  #global(name: string, scalar: Scalar): Value {
    const { library, keys, outputs, run } = this.#shared
    const value = (): Value => {
      const found = this.get(name)
      // as in a play of Ansible, a host without an address has its name as one
      return name === 'ansible_host' && found instanceof Undefined ? this.#name : found
    }
    if (!functionNames.has(name) || this.#host.variables.has(name)) return value()
    const functions = functionsOf(library, (kind, args) => {
      refuseReading(scalar, 'lookup')
      const { machine } = library
      const beside = sourceFolderOf(this.#shared, this.#name)
      const folders = [
        resolve(run.playbookFolder ?? process.cwd()),
        ...(beside === undefined ? [] : [beside]),
      ]
      const context = {
        machine,
        folders,
        keys,
        outputs,
        variable: (one: string) => this.get(one),
        inventory: this.#shared.inventory,
        names: () => this.#names(),
      }
      const env = (one: string): string | undefined => (keys === undefined ? process.env[one] : keys.env(one))
      return lookUp({ ...context, env }, kind, args)
    })
    return functions.get(name) ?? this.get(name)
  }
}
