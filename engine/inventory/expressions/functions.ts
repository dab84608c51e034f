/** The functions of expressions. */
import { Fault } from './fault.ts'
import { checkArguments } from './signature.ts'
import { bare, listOf, numberOf, textArgument } from './library.ts'
import type { Library } from './library.ts'
import { Callable, Dict, Namespace, Num, Undefined, force } from './values.ts'
import type { Args, Lazy, Value } from './values.ts'

const range = ({ machine }: Library, args: Args): Value => {
  const given = args.rest().map((one) => numberOf(machine, one, 'range'))
  const [start = 0, end = 0, step = 1] = given.length === 1 ? [0, ...given] : given
  if (given.length === 0 || ![start, end, step].every(Number.isInteger) || step === 0)
    throw new Fault('range needs one to three integers, the step other than 0', { word: 'range' })
  const length = machine.length(Math.max(0, Math.ceil((end - start) / step)), 'list')
  return machine.list(Array.from({ length }, (_, index) => new Num(start + index * step)))
}

/** Entries of a map or of pairs, and named ones. */
const entriesOf = ({ machine }: Library, args: Args): Map<string, Value | Lazy> => {
  const first = args.at(0)
  const entries = new Map<string, Value | Lazy>()
  if (first instanceof Dict) for (const [key, item] of first.entries) entries.set(key, item)
  else if (first !== undefined)
    for (const pair of listOf(machine, first, 'dict')) {
      const [key, item] = listOf(machine, pair, 'dict')
      if (key === undefined || item === undefined) throw new Fault('dict needs pairs', { word: 'dict' })
      entries.set(machine.text(key), item)
    }
  for (const name of args.names()) entries.set(name, args.named(name) ?? null)
  return entries
}

/** What a lookup found; undefined if it failed, and its errors are ignored. */
export type LookedUp = readonly Value[] | undefined

/** Makes the value of a lookup: the names of what it looks up, and its options. */
export type Lookup = (name: string, args: Args) => LookedUp

const asText = ({ machine }: Library, found: LookedUp, args: Args): Value => {
  if (args.named('wantlist') === true) return machine.list(found ?? [])
  if (found === undefined) return null
  const [only] = found
  if (found.length === 1 && only !== undefined) return only
  // other values than text stay in a list
  if (found.length === 0 || found.some((one) => typeof bare(one) !== 'string')) return machine.list(found)
  return machine.bounded(found.map((one) => machine.text(one)).join(','))
}

/** What the functions take. */
const signatures: Readonly<Record<string, string>> = {
  range: '/start /stop /step',
  dict: '/entries **',
  namespace: '/entries **',
  lookup: '* **',
  query: '* **',
  q: '* **',
  undef: 'hint',
}

/** Names of functions. */
export const functionNames: ReadonlySet<string> = new Set([
  'range',
  'dict',
  'namespace',
  'lookup',
  'query',
  'q',
  'undef',
])

/** The functions by name. */
export const functionsOf = (library: Library, lookup: Lookup): ReadonlyMap<string, Callable> => {
  const { machine } = library
  const named = (args: Args): string => {
    const name = args.at(0)
    if (name !== undefined) return machine.text(name)
    throw new Fault("lookup needs a name: lookup('env', 'HOME')", { word: 'lookup' })
  }
  const query = (args: Args): Value => machine.list(lookup(named(args), args.without(1)) ?? [])
  const functions = {
    range: (args: Args) => range(library, args),
    dict: (args: Args) => new Dict(entriesOf(library, args)),
    namespace: (args: Args) =>
      new Namespace(new Map([...entriesOf(library, args)].map(([key, item]) => [key, force(item)]))),
    lookup: (args: Args) => asText(library, lookup(named(args), args.without(1)), args),
    query,
    q: query,
    undef: (args: Args) =>
      new Undefined('the value has to be set', {
        word: 'undef',
        hint: textArgument(machine, args, 0, 'hint'),
      }),
  }
  return new Map(
    Object.entries(functions).map(([name, call]) => [
      name,
      new Callable(name, (args) => {
        checkArguments(name, { signature: signatures[name] }, args)
        return call(args)
      }),
    ]),
  )
}
