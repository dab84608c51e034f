import { defineTask, driftUnlessEmpty, words, z } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { readText, shown, writeText } from '../shared/file-text.ts'
import { linesOf, mapLines } from '../shared/lines.ts'
import { addressOf } from './addresses/addresses.ts'
import type { Address } from './addresses/addresses.ts'

/** What a name is wanted to mean. */
interface Entry {
  readonly address: string
  readonly names: readonly string[]
}

/** A line of hosts(5) that says something: its address, and its names with their positions. */
interface Line {
  readonly address: Address
  readonly names: readonly { readonly name: string; readonly start: number; readonly end: number }[]
}

const parsed = (line: string): Line | undefined => {
  const [first, ...names] = line.replace(/#.*/s, '').matchAll(/\S+/g)
  const address = first && addressOf(first[0])
  if (address === undefined || names.length === 0) return undefined
  return {
    address,
    names: names.map((match) => ({
      name: match[0].toLowerCase(),
      start: match.index,
      end: match.index + match[0].length,
    })),
  }
}

/** Names have no case (RFC 4343). */
const lowered = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => name.toLowerCase()))

/** The line without some names, and the blanks before them; none where no other name is left. */
const withoutNames = (line: string, { names }: Line, gone: ReadonlySet<string>): string[] => {
  if (names.every(({ name }) => gone.has(name))) return []
  const its = names.filter(({ name }) => gone.has(name))
  return [its.reduceRight((text, { start, end }) => text.slice(0, start).trimEnd() + text.slice(end), line)]
}

/** The line with some names in an order, in the places of those that it has, and the rest after its last name. */
const withNames = (line: string, { names }: Line, wanted: readonly string[]): string => {
  const mine = lowered(wanted)
  const places = names.filter(({ name }) => mine.has(name))
  const more = wanted.slice(places.length)
  const end = names.at(-1)?.end ?? line.length
  const added = line.slice(0, end) + more.map((name) => ` ${name}`).join('') + line.slice(end)
  return places.reduceRight((text, place, index) => {
    const name = wanted[index] ?? place.name
    // one that is there already stays as it is written
    return name.toLowerCase() === place.name
      ? text
      : text.slice(0, place.start) + name + text.slice(place.end)
  }, added)
}

/** Whether the first of the names is the first of them on every line that has one. */
const isInOrder = (lines: readonly Line[], names: readonly string[]): boolean => {
  const [first = '', ...rest] = names.map((name) => name.toLowerCase())
  return lines.every(({ names: its }) => {
    const there = its.map(({ name }) => name)
    return rest.every(
      (name) =>
        !there.includes(name) || (there.includes(first) && there.indexOf(first) < there.indexOf(name)),
    )
  })
}

/**
 * The text of /etc/hosts in which these names mean this address, and no other of its family: a name may have an address
 * of IPv4 and one of IPv6 beside each other. The first name comes before the others, on their line: it is the canonical
 * one. All other names, lines and blanks stay.
 */
export const withEntry = (text: string, { address, names: given }: Entry): string => {
  const wanted = addressOf(address)
  const names = given.filter(
    (name, at) => given.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === at,
  )
  if (wanted === undefined) return text
  const mine = lowered(names)
  const lines = linesOf(text).map(parsed)
  const isMine = (line: Line): boolean => line.names.some(({ name }) => mine.has(name))
  const right = lines.map((line) => line?.address.key === wanted.key && isMine(line))
  const its = lines.filter((line, at): line is Line => line !== undefined && right[at] === true)
  const there = new Set(its.flatMap((line) => line.names.map(({ name }) => name)))
  const well = names.every((name) => there.has(name.toLowerCase())) && isInOrder(its, names)
  const home = right.indexOf(true)
  const change = (line: string, at: number): string[] => {
    const found = lines[at]
    if (found === undefined || found.address.family !== wanted.family || !isMine(found)) return [line]
    if (!right[at]) return withoutNames(line, found, mine)
    if (well) return [line]
    // all of them are on one line
    return at === home ? [withNames(line, found, names)] : withoutNames(line, found, mine)
  }
  return mapLines(text, change, home < 0 ? [`${address} ${names.join(' ')}`] : [])
}

/** Lets names mean an address on a host, by /etc/hosts. */
export const hostsEntry = defineTask({
  name: 'hosts-entry',
  description: 'Maps names to an address in /etc/hosts.',
  reads: '/etc/hosts',
  example: { address: '10.0.0.12', names: ['db1.example.com', 'db1'] },
  params: () =>
    z.object({
      address: z
        .string()
        .refine((text) => addressOf(text) !== undefined, 'an IP address is needed')
        .describe('the IPv4 or IPv6 address; entries of the other family stay unchanged'),
      names: words()
        .pipe(z.array(z.string().regex(/^[^\s#]+$/, 'a host name is needed')).min(1, 'a name is needed'))
        .describe('the names, the canonical one first'),
      file: remoteFile().default('/etc/hosts').describe('the file to edit'),
    }),
  title: ({ address, names }) => `${names.join(', ')} is ${address}`,
  writes: ({ file }) => [{ path: file, as: 'file' }],

  async check({ remote }, { file, ...entry }) {
    const text = await readText(remote, file)
    const wanted = withEntry(text ?? '', entry)
    return driftUnlessEmpty(text === wanted ? [] : [{ what: file, from: shown(text), to: shown(wanted) }])
  },

  async apply({ remote }, { file, ...entry }) {
    await writeText(remote, file, withEntry((await readText(remote, file)) ?? '', entry))
  },
})
