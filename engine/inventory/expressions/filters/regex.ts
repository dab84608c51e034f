/** Regular expressions of Python, by those of JavaScript, with a time limit. */
import { runInNewContext } from 'node:vm'
import { z } from 'zod'
import { escapedLetters } from '../escapes.ts'
import { Fault } from '../fault.ts'
import { flagArgument, needed, numberArgument, textArgument, texts } from '../library.ts'
import type { Filter, Filters } from '../library.ts'
import type { Machine } from '../machine.ts'
import { patternOf } from '../python-pattern.ts'
import type { Pattern } from '../python-pattern.ts'
import { takes } from '../signature.ts'
import type { Args, Value } from '../values.ts'

/** The most characters that are searched, and milliseconds that it takes. */
const [mostSearched, longest] = [1024 * 1024, 500]

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
    if (match[0] === '') pattern.lastIndex += text.codePointAt(match.index) > 0xffff ? 2 : 1
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

/** The group that a replacement names by its number or name. */
const groupOf = ({ groups, named }: Match, wanted: string): string => {
  const position = /^\d+$/.test(wanted) ? Number(wanted) : undefined
  const isThere = position === undefined ? Object.hasOwn(named ?? {}, wanted) : position < groups.length
  if (!isThere) throw new Fault(`the regular expression has no group ${wanted}`)
  return (position === undefined ? named?.[wanted] : groups[position]) ?? ''
}

/** The text that replaces a match: `\1` and `\g<1>` are groups, `\g<name>` those with names, `\0` and `\101` characters. */
const replacement = (template: string, match: Match): string =>
  template.replaceAll(
    /\\(?:g<(\w+)>|(0[0-7]{0,2}|[0-3][0-7]{2})|(\d{1,2})|([^]))/g,
    (all: string, key?: string, octal?: string, digits?: string, letter?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      if (letter === undefined) return groupOf(match, key ?? digits ?? '')
      if (/[a-zA-Z]/.test(letter) && !Object.hasOwn(escapedLetters, letter))
        throw new Fault(`the replacement has no escape ${all}`, { hint: `write \\\\ for a backslash` })
      return escapedLetters[letter] ?? all
    },
  )

/** The pattern among the arguments, with its flags. */
const patternIn = (
  machine: Machine,
  args: Args,
  [name, ignoreCaseAt, multilineAt]: readonly ['pattern' | 'regex', number, number],
): Pattern =>
  patternOf(machine.text(needed(args, 0, name, 'a regular expression')), {
    ignoreCase: flagArgument(args, ignoreCaseAt, 'ignorecase'),
    multiline: flagArgument(args, multilineAt, 'multiline'),
  })

const replace: Filter = (value, args, { machine }) => {
  const text = machine.text(value)
  const pattern = patternIn(machine, args, ['pattern', 2, 3])
  const template = machine.text(args.at(1, 'replacement') ?? '')
  const [count, least] = [
    numberArgument(machine, args, 4, 'count') ?? 0,
    numberArgument(machine, args, 5, 'mandatory_count') ?? 0,
  ]
  const found = matchesOf(machine, text, pattern, count > 0 ? count : undefined)
  if (least > 0 && found.length !== least)
    throw new Fault(`regex_replace found ${found.length} matches, and mandatory_count is ${least}`, {
      word: 'mandatory_count',
    })
  let [made, from] = ['', 0]
  for (const match of found) {
    made = machine.bounded(made + text.slice(from, match.at) + replacement(template, match))
    from = match.at + (match.groups[0] ?? '').length
  }
  return machine.bounded(made + text.slice(from))
}

const search: Filter = (value, args, { machine }) => {
  const pattern = patternIn(machine, args, ['regex', Infinity, Infinity])
  const [match] = matchesOf(machine, machine.text(value), pattern, 1)
  const wanted = args.rest(1).map((one) => machine.text(one))
  if (match === undefined) return null
  if (wanted.length === 0) return match.groups[0] ?? ''
  return texts(
    machine,
    wanted.map((one) => {
      if (!/^\\(?:\d{1,2}|g<\w+>)$/.test(one))
        throw new Fault('regex_search gives groups that are written \\1 or \\g<name>')
      return groupOf(match, one.replace(/^\\(?:g<)?/, '').replace('>', ''))
    }),
  )
}

const findAll: Filter = (value, args, { machine }) => {
  const found = matchesOf(machine, machine.text(value), patternIn(machine, args, ['regex', 2, 1]))
  return machine.list(
    found.map(({ groups }): Value => {
      const [all = '', ...inner] = groups.map((group) => group ?? '')
      return inner.length === 0 ? all : inner.length === 1 ? (inner[0] ?? '') : texts(machine, inner)
    }),
  )
}

/** What is escaped for Python, and for `grep` and `sed`. */
const escapedFor: Readonly<Record<string, RegExp>> = {
  python: /[\\^$.*+?()[\]{}|\-#&~\s]/g,
  posix_basic: /[\].[^$*\\]/g,
}

const escape: Filter = (value, args, { machine }) => {
  const type = textArgument(machine, args, 0, 're_type') ?? 'python'
  const letters = Object.hasOwn(escapedFor, type) ? escapedFor[type] : undefined
  if (letters !== undefined) return machine.bounded(machine.text(value).replaceAll(letters, '\\$&'))
  throw new Fault(`regex_escape has no re_type ${type}`, { word: type, hint: 'it has python, posix_basic' })
}

export const regexFilters: Filters = {
  regex_replace: takes('pattern replacement ignorecase multiline count mandatory_count', replace),
  regex_search: takes('regex * | ignorecase multiline', search),
  regex_findall: takes('regex multiline ignorecase', findAll),
  regex_escape: takes('re_type', escape),
}

/** Whether a text matches: from its start, completely, or anywhere. */
export const matchesText = (
  machine: Machine,
  value: Value,
  args: Args,
  where: 'match' | 'search' | 'fullmatch',
): boolean => {
  const { source, flags } = patternIn(machine, args, ['pattern', 1, 2])
  const from = where === 'search' ? source : `(?<![^])(?:${source})${where === 'fullmatch' ? '(?![^])' : ''}`
  return matchesOf(machine, machine.text(value), { source: from, flags }, 1).length > 0
}
