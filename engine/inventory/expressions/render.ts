/** Evaluates texts with expressions. */
import { evaluate, setEntry } from './evaluate.ts'
import type { Names } from './evaluate.ts'
import { Fault } from './fault.ts'
import { listOf } from './library.ts'
import { areEqual, isTrue } from './operators.ts'
import { checkArguments } from './signature.ts'
import type { Expression, Node, Template } from './syntax.ts'
import { Callable, Dict, Hidden, List, Num, Omit, Undefined } from './values.ts'
import type { Args, Value } from './values.ts'

/** What a loop remembers: the last arguments of `loop.changed`. */
interface LoopState {
  last: readonly Value[] | undefined
}

/** The variable `loop` in a loop. */
const loopAt = (items: readonly Value[], index: number, said: LoopState): Dict => {
  const entries: Record<string, Value> = {
    index: new Num(index + 1),
    index0: new Num(index),
    revindex: new Num(items.length - index),
    revindex0: new Num(items.length - index - 1),
    first: index === 0,
    last: index === items.length - 1,
    length: new Num(items.length),
    previtem: items[index - 1] ?? new Undefined('the first item has no loop.previtem'),
    nextitem: items[index + 1] ?? new Undefined('the last item has no loop.nextitem'),
    changed: new Callable('changed', (args: Args) => {
      const before = said.last
      said.last = args.rest()
      return before === undefined || !areEqual(new List(before), new List(said.last))
    }),
    cycle: new Callable('cycle', (args: Args) => args.at(index % Math.max(1, args.count)) ?? null),
  }
  return new Dict(new Map(Object.entries(entries)))
}

/** Gives names to a value, or to the items of one. */
const assign = (names: Names, to: readonly string[], value: Value): void => {
  const [name] = to
  if (to.length === 1 && name !== undefined) {
    names.set(name, value)
    return
  }
  const items = listOf(names.library.machine, value, 'several names')
  if (items.length !== to.length)
    throw new Fault(`${to.join(', ')} are ${to.length} names for a list of ${items.length}`)
  for (const [index, one] of to.entries()) names.set(one, items[index] ?? null)
}

const loop = (node: Extract<Node, { kind: 'for' }>, names: Names, out: Value[]): void => {
  const { machine } = names.library
  const list = evaluate(node.items, names)
  if (list instanceof Undefined && !list.blank) throw list.fault()
  const hidden = list instanceof Hidden
  const all = list instanceof Undefined ? [] : listOf(machine, list, 'for')
  const { condition } = node
  const items = all.filter((item) => {
    if (condition === undefined) return true
    const inner = names.inner()
    assign(inner, node.names, item)
    return isTrue(evaluate(condition, inner))
  })
  if (items.length === 0) renderNodes(node.otherwise, names, out)
  const said: LoopState = { last: undefined }
  for (const [index, item] of items.entries()) {
    machine.step()
    const inner = names.inner()
    assign(inner, node.names, hidden ? machine.guarded(() => machine.text(item)) : item)
    inner.set('loop', loopAt(items, index, said))
    renderNodes(node.body, inner, out)
  }
}

const isNodes = (value: Expression | readonly Node[]): value is readonly Node[] => Array.isArray(value)

const setNames = ({ target, value }: Extract<Node, { kind: 'set' }>, names: Names): void => {
  const found = isNodes(value) ? joined(rendered(value, names), names, '') : evaluate(value, names)
  if (target.kind === 'entry') setEntry(names, target.name, target.key, found)
  else assign(names, target.names, found)
}

/** A macro as a function: its value is that of its text. */
const macroOf = ({ name, parameters, body }: Extract<Node, { kind: 'macro' }>, names: Names): Callable =>
  new Callable(name, (args) => {
    checkArguments(name, { signature: parameters.map((one) => one.name).join(' ') }, args)
    const inner = names.inner()
    for (const [index, parameter] of parameters.entries()) {
      const missing = (): Value =>
        parameter.usual === undefined
          ? new Undefined(`the parameter ${parameter.name} of ${name} is undefined`, { word: parameter.name })
          : evaluate(parameter.usual, inner)
      const given = args.at(index, parameter.name)
      inner.set(parameter.name, given === undefined ? missing() : given)
    }
    return joined(rendered(body, inner), inner, '')
  })

const renderNodes = (nodes: readonly Node[], names: Names, out: Value[]): void => {
  for (const node of nodes) {
    names.library.machine.step()
    switch (node.kind) {
      case 'text':
        out.push(node.text)
        break
      case 'output':
        out.push(evaluate(node.expression, names))
        break
      case 'if': {
        const branch = node.branches.find(({ test }) => isTrue(evaluate(test, names)))
        renderNodes(branch?.body ?? node.otherwise, names, out)
        break
      }
      case 'for':
        loop(node, names, out)
        break
      case 'with': {
        const inner = names.inner()
        // the values are those of the names outside
        for (const { name, value } of node.values) inner.set(name, evaluate(value, names))
        renderNodes(node.body, inner, out)
        break
      }
      case 'macro':
        names.set(node.name, macroOf(node, names))
        break
      case 'set':
        setNames(node, names)
    }
  }
}

const rendered = (nodes: readonly Node[], names: Names): readonly Value[] => {
  const out: Value[] = []
  renderNodes(nodes, names, out)
  return out
}

/** One value as it is, several as text; none counts only where there is nothing else. */
const joined = (all: readonly Value[], names: Names, end: string): Value => {
  const { machine } = names.library
  const values = all.filter((value) => value !== null)
  const [only] = values
  if (values.length === 0 || only === undefined) return null
  const isText = typeof (only instanceof Hidden ? only.value : only) === 'string'
  if (values.length === 1 && (end === '' || !isText)) return only
  return machine.guarded(() =>
    machine.bounded(values.map((value) => (value instanceof Omit ? '' : machine.text(value))).join('') + end),
  )
}

/**
 * The value of a text. One that is a single expression keeps its type, as in ansible-core; everything else is text.
 *
 * @throws Fault for a wrong expression, or one that takes too much.
 */
export const render = ({ nodes, endsLine }: Template, names: Names): Value =>
  joined(rendered(nodes, names), names, endsLine ? '\n' : '')
