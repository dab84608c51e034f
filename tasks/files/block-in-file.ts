import { defineTask, z } from '../../engine/index.ts'
import { linesOf, textOf } from '../lines.ts'
import { editParams, editing, pattern } from './editing.ts'

const params = z
  .object({
    ...editParams,
    block: z.string().default('').describe('the lines'),
    marker: z
      .string()
      .default('# {mark} by coxswain')
      .describe(
        'the line above and below it; {mark} becomes BEGIN and END, so that several blocks need several markers',
      ),
    state: z.enum(['present', 'absent']).default('present'),
    insertAfter: z
      .string()
      .optional()
      .describe('a pattern: a new block goes after the last line that matches; else to the end'),
    insertBefore: z
      .string()
      .optional()
      .describe('a pattern: a new block goes before the first line that matches'),
  })
  .refine(({ marker }) => marker.split('{mark}').length === 2 && !marker.includes('\n'), {
    message: 'one line is needed, with {mark} in it once',
    path: ['marker'],
  })
type Params = z.output<typeof params>

const placeFor = (lines: readonly string[], { insertAfter, insertBefore }: Params): number => {
  const before = insertBefore === undefined ? -1 : lines.findIndex((line) => pattern(insertBefore).test(line))
  if (before >= 0) return before
  const after =
    insertAfter === undefined ? -1 : lines.findLastIndex((line) => pattern(insertAfter).test(line))
  return after >= 0 ? after + 1 : lines.length
}

/** The text with the block between its marks, or without it. */
export const withBlock = (text: string, given: Params): string => {
  const [first, last] = ['BEGIN', 'END'].map((mark) => given.marker.replace('{mark}', mark))
  if (first === undefined || last === undefined) return text
  const lines = linesOf(text)
  const begin = lines.indexOf(first)
  const end = begin < 0 ? -1 : lines.indexOf(last, begin)
  // a mark without its other half is text like any other
  const there = end >= 0
  const block = given.state === 'absent' ? [] : [first, ...linesOf(given.block), last]
  if (!there && block.length === 0) return text
  const at = there ? begin : placeFor(lines, given)
  return textOf(lines.toSpliced(at, there ? end - begin + 1 : 0, ...block))
}

/** Hold a block of lines in a file, between two lines that mark it as ours. */
export const blockInFile = defineTask({
  name: 'block-in-file',
  description: 'Holds a block of lines in a file between two marks, or holds it out of it.',
  example: { path: '/etc/ssh/ssh_config', block: 'Host backup\n  User archive\n' },
  params,
  title: ({ path, state, marker }) =>
    `${state === 'absent' ? 'no block' : 'block'} ${marker.replace('{mark} ', '')} in ${path}`,
  ...editing(withBlock),
})
