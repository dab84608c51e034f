import { defineTask, z } from '../../engine/index.ts'
import { pattern } from '../patterns.ts'
import { editParams, editing } from './editing.ts'

const params = z
  .object({
    ...editParams,
    line: z.string().optional().describe('the line as it shall be'),
    regexp: z
      .string()
      .optional()
      .describe('which line it takes the place of, the last one that matches; which lines go'),
    state: z.enum(['present', 'absent']).default('present'),
    insertAfter: z
      .string()
      .optional()
      .describe('a pattern: a new line goes after the last line that matches; else to the end'),
    insertBefore: z
      .string()
      .optional()
      .describe('a pattern: a new line goes before the first line that matches'),
  })
  .refine(({ line, state }) => line !== undefined || state === 'absent', {
    message: 'a line is needed',
    path: ['line'],
  })
  .refine(({ line }) => line?.includes('\n') !== true, {
    message: 'a line has no newline in it',
    path: ['line'],
  })
  .refine(({ line, regexp }) => line !== undefined || regexp !== undefined, {
    message: 'line or regexp is needed',
  })
type Params = z.output<typeof params>

const without = (lines: readonly string[], { line, regexp }: Params): string[] => {
  const goes =
    regexp === undefined ? (text: string) => text === line : (text: string) => pattern(regexp).test(text)
  return lines.filter((text) => !goes(text))
}

const placeFor = (lines: readonly string[], { insertAfter, insertBefore }: Params): number => {
  if (insertBefore !== undefined) {
    const at = lines.findIndex((text) => pattern(insertBefore).test(text))
    if (at >= 0) return at
  }
  if (insertAfter !== undefined) {
    const at = lines.findLastIndex((text) => pattern(insertAfter).test(text))
    if (at >= 0) return at + 1
  }
  return lines.length
}

const having = (lines: readonly string[], given: Params): string[] => {
  const { line = '', regexp } = given
  const at = regexp === undefined ? -1 : lines.findLastIndex((text) => pattern(regexp).test(text))
  if (at >= 0) return lines.with(at, line)
  return lines.includes(line) ? [...lines] : lines.toSpliced(placeFor(lines, given), 0, line)
}

/** The text of a file with the line as it shall be. */
export const edited = (text: string, given: Params): string => {
  const lines = text.split('\n')
  // a final newline ends the last line, it does not begin another
  const complete = lines.at(-1) === ''
  const body = complete ? lines.slice(0, -1) : lines
  const next = given.state === 'absent' ? without(body, given) : having(body, given)
  return next.length === 0 ? '' : `${next.join('\n')}${complete || next.length !== body.length ? '\n' : ''}`
}

/** Hold one line of a file, or hold it out of it. */
export const lineInFile = defineTask({
  name: 'line-in-file',
  description: 'Holds one line in a file, in place of one that matches, or holds matching lines out of it.',
  example: { path: '/etc/login.defs', regexp: '^UMASK', line: 'UMASK 027' },
  params,
  title: ({ path, line, regexp, state }) =>
    state === 'absent' ? `no line ${regexp ?? line} in ${path}` : `line in ${path}: ${line}`,
  ...editing(edited),
})
