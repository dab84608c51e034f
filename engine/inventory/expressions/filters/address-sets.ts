/** Filters of several addresses: what is in a network, networks that are merged, the addresses of one. */
import { Fault } from '../fault.ts'
import { listOf, needed, numberArgument, textArgument } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { integer } from '../operators.ts'
import { takes } from '../signature.ts'
import { Dict, List } from '../values.ts'
import type { Args, Value } from '../values.ts'
import { usableEnds } from './address-queries.ts'
import { addressText, bitsOf, holds, networkOf, parseAddress, prefixOf, sizeOf } from './addresses.ts'
import type { Address } from './addresses.ts'

const addressOf = (machine: Machine, value: Value, what: string): Address => {
  const found = parseAddress(machine.text(value))
  if (found !== undefined) return found
  throw new Fault(`${what} needs an address or a network`, { word: what })
}

const networkText = (version: 4 | 6, value: bigint, prefix: number): string =>
  `${addressText(version, value)}/${prefix}`

const lastOf = (one: Address): bigint => networkOf(one) + sizeOf(one) - 1n

const isHeld: Filter = (value, args, { machine }) => {
  const other = parseAddress(machine.text(needed(args, 0, 'test', 'network_in_network')))
  return other !== undefined && holds(addressOf(machine, value, 'network_in_network'), other)
}

/** Whether hosts of a network can have an address, or all of another network. */
const isUsable: Filter = (value, args, { machine }) => {
  const network = addressOf(machine, value, 'network_in_usable')
  const other = addressOf(machine, needed(args, 0, 'test', 'network_in_usable'), 'network_in_usable')
  const ends = usableEnds(network)
  return (
    ends !== undefined && holds(network, other) && networkOf(other) >= ends[0] && lastOf(other) <= ends[1]
  )
}

const reduced: Filter = (value, args, { machine }) => {
  const network = addressOf(machine, needed(args, 0, 'network', 'reduce_on_network'), 'reduce_on_network')
  return machine.list(
    listOf(machine, value, 'reduce_on_network').filter((item) => {
      const found = parseAddress(machine.text(item))
      return found !== undefined && holds(network, found)
    }),
  )
}

/** Networks without those in others, and with two halves as one. */
const merged = (all: readonly Address[]): readonly Address[] => {
  const sorted = all
    .map((one): Address => ({ version: one.version, value: networkOf(one), prefix: prefixOf(one) }))
    .toSorted(
      (a, b) =>
        a.version - b.version || (a.value < b.value ? -1 : a.value > b.value ? 1 : prefixOf(a) - prefixOf(b)),
    )
  const kept: Address[] = []
  for (const one of sorted) {
    let next = one
    for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
      if (holds(last, next)) {
        next = last
        kept.pop()
        continue
      }
      const prefix = prefixOf(next)
      const double: Address = { ...last, prefix: Math.max(0, prefix - 1) }
      if (
        prefix === 0 ||
        prefixOf(last) !== prefix ||
        networkOf(double) !== last.value ||
        !holds(double, next)
      )
        break
      next = double
      kept.pop()
    }
    kept.push(next)
  }
  return kept
}

const merge: Filter = (value, args, { machine }) => {
  const action = textArgument(machine, args, 0, 'action') ?? 'merge'
  const items = machine.reveal(value) instanceof List ? listOf(machine, value, 'cidr_merge') : [value]
  const all = items.map((item) => addressOf(machine, item, 'cidr_merge'))
  const [first] = all
  if (action === 'merge') {
    // one alone stays as it is
    if (all.length === 1) return machine.list(items)
    return machine.list(merged(all).map((one) => networkText(one.version, one.value, prefixOf(one))))
  }
  if (action !== 'span') throw new Fault('the action of cidr_merge is merge or span', { word: 'cidr_merge' })
  if (first === undefined) return null
  if (all.some(({ version }) => version !== first.version))
    throw new Fault('cidr_merge spans addresses of one version', { word: 'cidr_merge' })
  const spans = Array.from({ length: prefixOf(first) + 1 }, (_, less): Address => ({
    ...first,
    prefix: prefixOf(first) - less,
  }))
  const span = spans.find((one) => all.every((address) => holds(one, address)))
  return span === undefined ? null : networkText(span.version, networkOf(span), prefixOf(span))
}

/** All addresses of a network. */
const range: Filter = (value, _, { machine }) => {
  const network = addressOf(machine, value, 'usable_range')
  if (network.value !== networkOf(network))
    throw new Fault('usable_range needs a network, not an address in it', { word: 'usable_range' })
  const count = machine.length(Number(sizeOf(network)), 'list')
  const start = networkOf(network)
  const all = Array.from({ length: count }, (__, at) => addressText(network.version, start + BigInt(at)))
  return new Dict(
    new Map<string, Value>([
      ['usable_ips', machine.list(all)],
      ['number_of_ips', integer(sizeOf(network))],
    ]),
  )
}

/** The address so many places further, if hosts of its network can have it. */
const nthUsable =
  (direction: 1n | -1n): Filter =>
  (value, args, { machine }) => {
    const one = addressOf(machine, value, 'the filter')
    const by = offsetIn(machine, args)
    if (one.prefix === undefined) return null
    const ends = usableEnds(one)
    const found = one.value + direction * by
    return ends !== undefined && found >= ends[0] && found <= ends[1] ? addressText(one.version, found) : null
  }

const offsetIn = (machine: Machine, args: Args): bigint => {
  const given = args.at(0, 'offset')
  if (typeof given === 'string' && /^\d+$/.test(given)) return BigInt(given)
  return BigInt(numberArgument(machine, args, 0, 'offset') ?? 0)
}

const hex4: Filter = (value, args, { machine }) => {
  const one = addressOf(machine, value, 'ip4_hex')
  if (one.version !== 4 || one.prefix !== undefined)
    throw new Fault('ip4_hex needs an address of version 4', { word: 'ip4_hex' })
  const digits = one.value.toString(16).padStart(bitsOf(4) / 4, '0')
  return (digits.match(/../g) ?? []).join(textArgument(machine, args, 0, 'delimiter') ?? '')
}

export const addressSetFilters: Filters = {
  network_in_network: takes('test', isHeld),
  network_in_usable: takes('test', isUsable),
  reduce_on_network: takes('network', reduced),
  cidr_merge: takes('action', merge),
  usable_range: range,
  next_nth_usable: takes('offset', nthUsable(1n)),
  previous_nth_usable: takes('offset', nthUsable(-1n)),
  ip4_hex: takes('delimiter', hex4),
}
