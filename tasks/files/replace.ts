import { defineTask, z } from '../../engine/index.ts'
import { pattern } from '../patterns.ts'
import { editParams, editing } from './editing.ts'

const params = z.object({
  ...editParams,
  regexp: z.string().describe('what is replaced, wherever it matches; ^ and $ are the ends of a line'),
  replacement: z
    .string()
    .default('')
    .describe('what takes its place; $1 is the first group, $& the whole match'),
  after: z.string().optional().describe('a pattern: only what comes after its first match'),
  before: z
    .string()
    .optional()
    .describe('a pattern: only what comes before its first match, after that of `after`'),
})
type Params = z.output<typeof params>

/** The part of a text that may be changed: where it begins and ends; undefined when a limit is not there. */
const rangeOf = (text: string, { after, before }: Params): readonly [number, number] | undefined => {
  const begin = after === undefined ? undefined : pattern(after, 'm').exec(text)
  if (begin === null) return undefined
  const from = begin === undefined ? 0 : begin.index + begin[0].length
  const end = before === undefined ? undefined : pattern(before, 'm').exec(text.slice(from))
  return end === null ? undefined : [from, end === undefined ? text.length : from + end.index]
}

/** The text with every match replaced. */
export const replaced = (text: string, given: Params): string => {
  const range = rangeOf(text, given)
  if (range === undefined) return text
  const [from, to] = range
  const part = text.slice(from, to).replaceAll(pattern(given.regexp, 'gm'), given.replacement)
  return text.slice(0, from) + part + text.slice(to)
}

/** Replace what matches in a file. What was put in must not match again, else the task never comes to rest. */
export const replace = defineTask({
  name: 'replace',
  description: 'Replaces everything in a file that matches a pattern.',
  example: { path: '/etc/app.conf', regexp: '^port = .*$', replacement: 'port = 8080' },
  params,
  title: ({ path, regexp }) => `${regexp} replaced in ${path}`,
  ...editing(replaced),
})
