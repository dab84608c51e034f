/** Regular expressions of Python, by those of JavaScript, with a time limit. */
import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import { Fault } from '../fault.ts'
import { flagArgument, needed, numberArgument, texts } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import type { Args, Value } from '../values.ts'

/** The most characters that are searched, and milliseconds that it takes. */
const [mostSearched, longest] = [1024 * 1024, 500]

/** A pattern for JavaScript. */
export interface Pattern {
  readonly source: string
  readonly flags: string
}

const flagLetters: Readonly<Record<string, string>> = { i: 'i', m: 'm', s: 's', u: '', a: '', L: '' }

/** The pattern of Python as one of JavaScript. */
export const patternOf = (text: string, { ignoreCase = false, multiline = false } = {}): Pattern => {
  let flags = `${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}`
  const source = text
    .replace(/^\(\?([aiLmsu]+)\)/, (_, letters: string) => {
      for (const letter of letters) flags += flagLetters[letter] ?? ''
      return ''
    })
    .replaceAll(/\\[^]|\(\?P<(\w+)>|\(\?P=(\w+)\)/g, (all: string, name?: string, back?: string) => {
      if (name !== undefined) return `(?<${name}>`
      if (back !== undefined) return `\\k<${back}>`
      if (all === '\\A') return '(?<![^])'
      return all === '\\Z' ? '(?![^])' : all
    })
  return { source, flags: [...new Set(flags)].join('') }
}

const matches = z.array(
  z.object({
    at: z.number(),
    groups: z.array(z.string().nullable()),
    named: z.record(z.string(), z.string().optional()).nullable(),
  }),
)

/** A match: its start, the groups (the first one is all), and those with names. */
type Match = z.output<typeof matches>[number]

const program = `JSON.stringify((() => {
  const found = []
  const pattern = new RegExp(source, 'g' + flags)
  for (let match = pattern.exec(text); match !== null && found.length < most; match = pattern.exec(text)) {
    found.push({ at: match.index, groups: Array.from(match, (group) => group ?? null), named: match.groups ?? null })
    if (match[0] === '') pattern.lastIndex += 1
  }
  return found
})())`

/**
 * The matches of a pattern in a text.
 *
 * @throws Fault for a malformed pattern, and one that takes too long, as (a+)+b can.
 */
export const matchesOf = (
  machine: Machine,
  text: string,
  { source, flags }: Pattern,
  most = 100_000,
): readonly Match[] => {
  if (text.length > mostSearched)
    throw new Fault(`a text of more than ${mostSearched} characters is not searched`)
  machine.step(100 + (text.length >> 4))
  let found: unknown
  try {
    found = runInNewContext(program, { source, flags, text, most }, { timeout: longest })
  } catch (error) {
    const late =
      typeof error === 'object' &&
      error !== null &&
      'code' in error &&
      error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    throw new Fault(
      late
        ? `the regular expression takes more than ${longest} ms`
        : 'the regular expression is malformed or not supported',
      { hint: late ? 'avoid groups that repeat within a repeated group, such as (a+)+' : undefined },
    )
  }
  return matches.parse(typeof found === 'string' ? JSON.parse(found) : [])
}

/** The text that replaces a match: `\1` and `\g<1>` are groups, `\g<name>` those with names. */
const replacement = (template: string, { groups, named }: Match): string =>
  template.replaceAll(
    /\\(?:g<(\w+)>|(\d{1,2})|([^]))/g,
    (all: string, key?: string, digits?: string, letter?: string) => {
      if (letter !== undefined)
        return letter === 'n' ? '\n' : letter === 't' ? '\t' : letter === '\\' ? '\\' : all
      const wanted = key ?? digits ?? ''
      const position = Number(wanted)
      if (Number.isInteger(position) ? position >= groups.length : named?.[wanted] === undefined)
        throw new Fault(`the regular expression has no group ${wanted}`)
      return (Number.isInteger(position) ? groups[position] : named?.[wanted]) ?? ''
    },
  )

const optionsOf = (args: Args): { ignoreCase: boolean; multiline: boolean } => ({
  ignoreCase: flagArgument(args, 9, 'ignorecase'),
  multiline: flagArgument(args, 9, 'multiline'),
})

const replace: Filter = (value, args, { machine }) => {
  const text = machine.text(value)
  const pattern = patternOf(machine.text(needed(args, 0, 'pattern', 'regex_replace')), optionsOf(args))
  const template = machine.text(args.at(1, 'replacement') ?? '')
  const count = numberArgument(machine, args, 9, 'count') ?? 0
  let [made, from] = ['', 0]
  for (const match of matchesOf(machine, text, pattern, count > 0 ? count : undefined)) {
    made = machine.bounded(made + text.slice(from, match.at) + replacement(template, match))
    from = match.at + (match.groups[0] ?? '').length
  }
  return machine.bounded(made + text.slice(from))
}

const search: Filter = (value, args, { machine }) => {
  const pattern = patternOf(machine.text(needed(args, 0, 'pattern', 'regex_search')), optionsOf(args))
  const [match] = matchesOf(machine, machine.text(value), pattern, 1)
  const wanted = args.rest(1).map((one) => machine.text(one))
  if (match === undefined) return wanted.length === 0 ? '' : null
  if (wanted.length === 0) return match.groups[0] ?? ''
  return texts(
    machine,
    wanted.map((one) => {
      if (!/^\\(?:\d{1,2}|g<\w+>)$/.test(one))
        throw new Fault('regex_search gives groups that are written \\1 or \\g<name>')
      return replacement(one, match)
    }),
  )
}

const findAll: Filter = (value, args, { machine }) => {
  const pattern = patternOf(machine.text(needed(args, 0, 'pattern', 'regex_findall')), optionsOf(args))
  const found = matchesOf(machine, machine.text(value), pattern)
  return machine.list(
    found.map(({ groups }): Value => {
      const [all = '', ...inner] = groups.map((group) => group ?? '')
      return inner.length === 0 ? all : inner.length === 1 ? (inner[0] ?? '') : texts(machine, inner)
    }),
  )
}

export const regexFilters: Filters = {
  regex_replace: replace,
  regex_search: search,
  regex_findall: findAll,
  regex_escape: (value, _, { machine }) =>
    machine.text(value).replaceAll(/[\\^$.*+?()[\]{}|\-#&~\s]/g, '\\$&'),
}

/** Whether a text matches: from its start, completely, or anywhere. */
export const matchesText = (
  machine: Machine,
  value: Value,
  args: Args,
  where: 'match' | 'search' | 'fullmatch',
): boolean => {
  const { source, flags } = patternOf(machine.text(needed(args, 0, 'pattern', where)), {
    ignoreCase: flagArgument(args, 1, 'ignorecase'),
    multiline: flagArgument(args, 2, 'multiline'),
  })
  const from = where === 'search' ? source : `(?<![^])(?:${source})${where === 'fullmatch' ? '(?![^])' : ''}`
  return matchesOf(machine, machine.text(value), { source: from, flags }, 1).length > 0
}
