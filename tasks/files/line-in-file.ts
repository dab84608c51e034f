import { defineTask, flag, z } from '../../engine/index.ts'
import { linesOf, mapLines, spliceLines } from '../shared/lines.ts'
import { expanded, groupHint, linePattern, namesForeignGroup, placeFor } from '../shared/patterns.ts'
import { editParams, editing } from './editing/editing.ts'

const params = () =>
  z
    .object({
      ...editParams,
      line: z.string().optional().describe('the line, without its line break'),
      regexp: z
        .string()
        .optional()
        .describe(
          'a pattern: the line replaces the last line that matches; with state absent, every line that matches is removed',
        ),
      backrefs: flag()
        .default(false)
        .describe(
          '$1, $<name> and $& in the line stand for groups of the match and for the match; if nothing matches, nothing changes',
        ),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes the line; with `regexp`, every line that matches'),
      insertAfter: z
        .string()
        .optional()
        .describe(
          'a pattern: a new line goes after the last line that matches; EOF, the default, is the end',
        ),
      insertBefore: z
        .string()
        .optional()
        .describe('a pattern: a new line goes before the first line that matches; BOF is the beginning'),
    })
    .refine(({ line, state }) => line !== undefined || state === 'absent', {
      message: 'a line is needed',
      path: ['line'],
    })
    .refine(({ line }) => line === undefined || !/[\r\n]/.test(line), {
      message: 'a line must not contain a newline',
      path: ['line'],
    })
    .refine(({ line, regexp }) => line !== undefined || regexp !== undefined, {
      message: 'line or regexp is required',
    })
    .refine(({ backrefs, regexp, state }) => !backrefs || (regexp !== undefined && state === 'present'), {
      message: 'backrefs needs a regexp and state present',
      path: ['backrefs'],
    })
    .refine(({ backrefs, line = '', regexp = '' }) => !backrefs || !namesForeignGroup(line, regexp), {
      message: groupHint,
      path: ['line'],
    })
type Params = Omit<z.output<ReturnType<typeof params>>, 'backrefs'> & { readonly backrefs?: boolean }

const without = (text: string, { line, regexp }: Params): string => {
  const its = regexp === undefined ? undefined : linePattern(regexp)
  return mapLines(text, (one) => ((its === undefined ? one === line : its.test(one)) ? [] : [one]))
}

const having = (text: string, given: Params): string => {
  const { line = '', regexp, backrefs = false } = given
  const lines = linesOf(text)
  const its = regexp === undefined ? undefined : linePattern(regexp)
  const at = its === undefined ? -1 : lines.findLastIndex((one) => its.test(one))
  const match = its?.exec(lines[at] ?? '')
  if (at >= 0) return spliceLines(text, at, 1, [backrefs && match ? expanded(match, line) : line])
  if (backrefs || lines.includes(line)) return text
  return spliceLines(text, placeFor(lines, given), 0, [line])
}

/** The text with the line added, replaced or removed. */
export const edited = (text: string, given: Params): string =>
  given.state === 'absent' ? without(text, given) : having(text, given)

/** Ensures that a line is in a file, or that no line matches. */
export const lineInFile = defineTask({
  name: 'line-in-file',
  description: 'Ensures that a line is in a file, replacing a line that matches, or that no line matches.',
  example: { path: '/etc/login.defs', regexp: '^UMASK', line: 'UMASK 027' },
  params,
  title: ({ path, line, regexp, state }) =>
    state === 'absent' ? `no line ${regexp ?? line} in ${path}` : `line in ${path}: ${line}`,
  ...editing<Params>({
    edit: edited,
    unsettled:
      'write a regexp that matches the new line too, such as ^#?port for port 8080; with backrefs, a regexp whose result stays the same at each run',
  }),
})
