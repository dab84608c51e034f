/** The arguments that filters, tests, methods, functions and lookups take: any other one is refused. Pure. */
import { nearest } from '../nearest.ts'
import { Fault } from './fault.ts'
import type { Args } from './values.ts'

/** What has a signature; without one, it takes no arguments. */
export interface Signed {
  /**
   * The names of its arguments, in their order, with blanks between them. `/name` can only be given by its position, what follows
   * `|` only by its name; `*` are any more by position, `**` any more by name.
   */
  readonly signature?: string | undefined
}

/** The parts of a signature. */
interface Parameters {
  readonly positional: readonly string[]
  /** Those of `positional` that cannot be given by name. */
  readonly nameless: ReadonlySet<string>
  readonly named: ReadonlySet<string>
  readonly anyPosition: boolean
  readonly anyName: boolean
}

const known = new Map<string, Parameters>()

const parametersOf = (signature: string): Parameters => {
  const before = known.get(signature)
  if (before !== undefined) return before
  const [first = '', last = ''] = signature.split('|')
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
  const all = words(first)
  const names = all.filter((word) => !word.startsWith('*'))
  const made = {
    positional: names.map((word) => word.replace('/', '')),
    nameless: new Set(names.filter((word) => word.startsWith('/')).map((word) => word.slice(1))),
    named: new Set(words(last)),
    anyPosition: all.includes('*'),
    anyName: all.includes('**'),
  }
  known.set(signature, made)
  return made
}

/** Gives a function its signature. */
export const takes = <Call extends object>(signature: string, call: Call): Call & Signed =>
  Object.assign(call, { signature })

/**
 * Refuses arguments that are not in the signature, and one that is given twice.
 *
 * @param name what takes them, for errors.
 */
export const checkArguments = (name: string, { signature = '' }: Signed, args: Args): void => {
  const names = args.names()
  if (args.count === 0 && names.length === 0) return
  const { positional, nameless, named, anyPosition, anyName } = parametersOf(signature)
  const all = [...positional, ...named]
  const hint = all.length === 0 ? 'it takes no arguments' : `it has ${all.join(', ')}`
  if (!anyPosition && args.count > positional.length) {
    if (all.length === 0) throw new Fault(`${name} takes no arguments`, { word: name })
    throw new Fault(`${name} takes at most ${positional.length} arguments by position, not ${args.count}`, {
      word: name,
      hint,
    })
  }
  for (const one of names) {
    const at = positional.indexOf(one)
    if (at >= 0 && at < args.count)
      throw new Fault(`${name} gets its argument ${one} twice: by position and by name`, { word: one })
    if (anyName || named.has(one) || (at >= 0 && !nameless.has(one))) continue
    if (at >= 0) throw new Fault(`${name} takes ${one} only by its position`, { word: one })
    const guess = nearest(one, all)
    throw new Fault(`${name} has no argument ${one}`, {
      word: one,
      hint: guess === undefined ? hint : `did you mean ${guess}?`,
    })
  }
}
