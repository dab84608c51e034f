import { defineTask, z } from '../../engine/index.ts'
import { linesOf, textOf } from '../lines.ts'
import { literally } from '../patterns.ts'
import { editParams, editing } from './editing.ts'

const params = z
  .object({
    ...editParams,
    section: z
      .string()
      .optional()
      .describe('the name in brackets; what stands above the first section when absent'),
    option: z.string().describe('the name of the setting'),
    value: z.coerce.string().optional().describe('its value'),
    state: z.enum(['present', 'absent']).default('present'),
    separator: z.string().default(' = ').describe('what stands between a new option and its value'),
  })
  .refine(({ value, state }) => value !== undefined || state === 'absent', {
    message: 'a value is needed',
    path: ['value'],
  })
  .refine(({ option }) => option !== '' && !/[=:[\]\n]/.test(option), {
    message: 'no name of an option',
    path: ['option'],
  })
  .refine(({ value }) => value?.includes('\n') !== true, { message: 'a value is one line', path: ['value'] })
type Params = z.output<typeof params>

/** The lines of a section, its heading left out: where they begin and end; undefined when there is no such section. */
const sectionOf = (
  lines: readonly string[],
  section: string | undefined,
): readonly [number, number] | undefined => {
  const heading = (line: string): string | undefined => /^\s*\[([^\]]*)\]/.exec(line)?.[1]
  const at = section === undefined ? -1 : lines.findIndex((line) => heading(line) === section)
  if (section !== undefined && at < 0) return undefined
  const next = lines.findIndex((line, index) => index > at && heading(line) !== undefined)
  return [at + 1, next < 0 ? lines.length : next]
}

/** Behind the last line of a section that says something: blank lines part it from the next one. */
const endOf = (lines: readonly string[], [from, to]: readonly [number, number]): number => {
  let end = to
  while (end > from && lines[end - 1]?.trim() === '') end -= 1
  return end
}

/** The text with the setting as it shall be; everything else, comments too, stays where it is. */
export const withSetting = (text: string, given: Params): string => {
  const { section, option, value = '', state, separator } = given
  const lines = linesOf(text)
  const range = sectionOf(lines, section)
  const setting = new RegExp(`^(\\s*${literally(option)}(?:\\s*[=:]\\s*|\\s*$))(.*)$`)
  const mine = (range === undefined ? [] : lines.slice(...range)).flatMap((line, index) =>
    setting.test(line) ? [(range?.[0] ?? 0) + index] : [],
  )
  if (state === 'absent')
    return mine.length === 0 ? text : textOf(lines.filter((_, index) => !mine.includes(index)))
  // where it is said more than once, most readers take the last one
  const at = mine.at(-1)
  const line = `${option}${separator}${value}`
  if (at !== undefined) {
    const [, before = '', now] = setting.exec(lines[at] ?? '') ?? []
    if (now?.trim() === value.trim() && /[=:]/.test(before)) return text
    return textOf(lines.with(at, /[=:]/.test(before) ? `${before}${value}` : line))
  }
  if (range !== undefined) return textOf(lines.toSpliced(endOf(lines, range), 0, line))
  const gap = lines.length === 0 || lines.at(-1)?.trim() === '' ? [] : ['']
  return textOf([...lines, ...gap, `[${section}]`, line])
}

/** Hold a setting in a file of sections and options. */
export const iniSetting = defineTask({
  name: 'ini-setting',
  description: 'Holds a setting of an INI file at a value, or holds it out of it; comments stay.',
  example: { path: '/etc/app.ini', section: 'server', option: 'port', value: 8080 },
  params,
  title: ({ path, section, option, state }) =>
    `${state === 'absent' ? 'no ' : ''}${section === undefined ? '' : `[${section}] `}${option} in ${path}`,
  ...editing(withSetting),
})
