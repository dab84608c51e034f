import { CoxswainError, defineTask, flag, isSecret, z } from '../../engine/index.ts'
import { appendLines, linesOf, mapLines, spliceLines } from '../shared/lines.ts'
import { isSecretKey } from './editing/hidden-lines.ts'
import { editParams, editing, maybeSecret, revealed } from './editing/editing.ts'
import { endOfSection, indentOfNew, sectionsOf, splitComment } from './editing/ini-lines.ts'
import type { IniOption, IniSection, Reading } from './editing/ini-lines.ts'

const params = () =>
  z
    .object({
      ...editParams,
      section: z
        .string()
        .regex(/^[^\]\r\n]*$/, 'the name of a section must not contain a bracket')
        .optional()
        .describe('the name in brackets; by default the lines above the first section'),
      option: z.string().describe('the name of the option'),
      value: maybeSecret()
        .optional()
        .describe('the value; for a secret, neither the new nor the old value is shown'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the option'),
      separator: z
        .string()
        .regex(/^[ \t]*[=:][ \t]*$/, 'must be = or :, with or without blanks')
        .default(' = ')
        .describe('the text between a new option and its value'),
      inlineComments: flag()
        .default(true)
        .describe(
          'text that follows # or ; after a blank is a comment and is kept; false if it is part of the value',
        ),
      continuation: z
        .enum(['indent', 'backslash', 'none'])
        .optional()
        .describe(
          'how a value continues on the next line: indent (Python), backslash (systemd, git, Samba) or none; required only if a line can be both a part of the value above it and an option of its own',
        ),
      caseSensitive: flag()
        .optional()
        .describe(
          'whether names that differ only in case are different; required only if the file has such a name',
        ),
    })
    .refine(({ value, state }) => value !== undefined || state === 'absent', {
      message: 'a value is needed',
      path: ['value'],
    })
    .refine(({ option }) => /^[^=:[\]\r\n]+$/.test(option) && !/^[#;\s]|\s$/.test(option), {
      message: 'not a valid name of an option',
      path: ['option'],
    })
    .refine(({ value }) => value === undefined || !/[\r\n]/.test(revealed(value)), {
      message: 'a value must be one line',
      path: ['value'],
    })
    .refine(({ value }) => value === undefined || !/(?<!\\)(?:\\\\)*\\$/.test(revealed(value)), {
      message: 'a value must not end with a backslash, which would continue it on the next line',
      path: ['value'],
    })
type Params = z.output<ReturnType<typeof params>>

/** The value of an option, and the comment after it, which is kept. */
const partsOf = (option: IniOption, { value, inlineComments }: Params): readonly [string, string] =>
  // a secret can contain comment signs, and the rest of an old secret would be shown as a comment; if the new value
  // contains them, the old one could have contained them too
  inlineComments && !isSecret(value) && !/(?:^|\s)[#;]/.test(value ?? '')
    ? splitComment(option.value)
    : [option.value.trimEnd(), '']

const isSet = (option: IniOption, given: Params, value: string): boolean =>
  option.more.length === 0 &&
  /[=:]/.test(option.before) &&
  [option.value.trim(), partsOf(option, given)[0]].includes(value.trim())

/** The first line of an option with another value: name, assignment sign, blanks and comment stay. */
const lineWith = (option: IniOption, given: Params, value: string): string => {
  const { before, indent, name } = option
  if (!/[=:]/.test(before)) return `${indent}${name}${given.separator}${value}${partsOf(option, given)[1]}`
  const blank = option.value === '' && /\s[=:]$/.test(before) ? ' ' : ''
  return `${before}${blank}${value}${partsOf(option, given)[1]}`
}

const readings: Readonly<Record<NonNullable<Params['continuation']>, Reading>> = {
  indent: { indent: 'always', backslash: 'never' },
  backslash: { indent: 'never', backslash: 'always' },
  none: { indent: 'never', backslash: 'never' },
}

/** The sections with the wanted name. */
const sectionsNamed = (sections: readonly IniSection[], { section, caseSensitive }: Params): IniSection[] => {
  const isSame = sameName(caseSensitive)
  return sections.filter(({ name }) =>
    section === undefined || name === undefined ? section === name : isSame(name, section),
  )
}

const sameName =
  (caseSensitive: boolean | undefined) =>
  (one: string, other: string): boolean =>
    one === other || (caseSensitive === false && one.toLowerCase() === other.toLowerCase())

/** @throws `task-failed` if the file has a name that only some programs take for the wanted one. */
const refuseLookalike = (
  names: readonly (string | undefined)[],
  wanted: string | undefined,
  { path, caseSensitive }: Params,
): void => {
  const plain = (name: string | undefined): string | undefined => name?.trim().toLowerCase()
  const found = names.find((name) => name !== wanted && plain(name) === plain(wanted))
  if (found === undefined || wanted === undefined || caseSensitive !== undefined) return
  throw new CoxswainError('task-failed', `${path} has ${found}, which many programs take for ${wanted}`, {
    hint: `write ${found} as in the file, or set caseSensitive=true (they are different) or false (they are the same)`,
  })
}

const editedAs = (text: string, given: Params, reading: Reading): string => {
  const { section, option, state, separator } = given
  const value = given.value === undefined ? '' : revealed(given.value)
  const lines = linesOf(text)
  const all = sectionsOf(lines, reading)
  refuseLookalike(
    all.map(({ name }) => name),
    section,
    given,
  )
  const sections = sectionsNamed(all, given)
  const options = sections.flatMap((one) => one.options)
  refuseLookalike(
    options.map(({ name }) => name),
    option,
    given,
  )
  const isSame = sameName(given.caseSensitive)
  const mine = options.filter(({ name }) => isSame(name, option))
  if (state === 'absent') {
    const goes = new Set(mine.flatMap(({ at, more }) => [at, ...more]))
    return goes.size === 0 ? text : mapLines(text, (line, index) => (goes.has(index) ? [] : [line]))
  }
  // if an option occurs more than once, most readers use the last one
  const last = mine.at(-1)
  if (last !== undefined) {
    if (isSet(last, given, value)) return text
    const goes = new Set(last.more)
    return mapLines(text, (line, index) => {
      if (goes.has(index)) return []
      return [index === last.at ? lineWith(last, given, value) : line]
    })
  }
  const home = sections.at(-1)
  if (home !== undefined) {
    const line = `${indentOfNew(lines, home)}${option}${separator}${value}`
    return spliceLines(text, endOfSection(lines, home), 0, [line])
  }
  const gap = lines.length === 0 || lines.at(-1)?.trim() === '' ? [] : ['']
  return appendLines(text, [...gap, `[${section}]`, `${option}${separator}${value}`])
}

/**
 * The text with the setting; everything else, including comments, stays unchanged.
 *
 * @throws `task-failed` if the result depends on which program reads the file.
 */
export const withSetting = (text: string, given: Params): string => {
  const { continuation, option, path } = given
  if (continuation !== undefined) return editedAs(text, given, readings[continuation])
  const [edited = text, other] = (['certain', 'always'] as const).map((rule) =>
    editedAs(text, given, { indent: rule, backslash: rule }),
  )
  if (edited === other) return edited
  throw new CoxswainError(
    'task-failed',
    `a line near ${option} in ${path} can either continue the value above it or be an option of its own`,
    {
      hint: 'set how a value continues for the program that reads the file: continuation=indent, backslash or none',
    },
  )
}

/** Sets an option in a file of sections and options. */
export const iniSetting = defineTask({
  name: 'ini-setting',
  description: 'Sets or removes an option in an INI file; everything else in the file stays unchanged.',
  example: { path: '/etc/app.ini', section: 'server', option: 'port', value: 8080 },
  params,
  title: ({ path, section, option, state }) =>
    `${state === 'absent' ? 'no ' : ''}${section === undefined ? '' : `[${section}] `}${option} in ${path}`,
  ...editing<Params>({
    edit: withSetting,
    hidden: ({ section, option, value }) =>
      isSecret(value) || isSecretKey([option])
        ? `${section === undefined ? '' : `[${section}] `}${option}`
        : undefined,
  }),
})
