import { defineTask, z } from '../../engine/index.ts'
import { linesOf, textOf } from '../lines.ts'
import { pattern } from '../patterns.ts'
import { editParams, editing } from './editing.ts'

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

/** What a block is, and where it goes. */
export type Block = Pick<Params, 'block' | 'marker' | 'state' | 'insertAfter' | 'insertBefore'>

const placeFor = (lines: readonly string[], { insertAfter, insertBefore }: Block): number => {
  const before = insertBefore === undefined ? -1 : lines.findIndex((line) => pattern(insertBefore).test(line))
  if (before >= 0) return before
  const after =
    insertAfter === undefined ? -1 : lines.findLastIndex((line) => pattern(insertAfter).test(line))
  return after >= 0 ? after + 1 : lines.length
}

/** Where a block is: an end, and the last beginning above it, so that half a block never takes in what is not its own. */
const findBlock = (
  lines: readonly string[],
  first: string,
  last: string,
): readonly [number, number] | undefined => {
  let begin = -1
  for (const [index, line] of lines.entries()) {
    if (line === first) begin = index
    if (line !== last) continue
    if (begin >= 0) return [begin, index]
  }
  return undefined
}

/** The text with the block between its marks, or without it. */
export const withBlock = (text: string, given: Block): string => {
  const [first, last] = ['BEGIN', 'END'].map((mark) => given.marker.replace('{mark}', mark))
  if (first === undefined || last === undefined) return text
  const lines = linesOf(text)
  const [begin, end] = findBlock(lines, first, last) ?? []
  const block = given.state === 'absent' ? [] : [first, ...linesOf(given.block), last]
  if (begin !== undefined && end !== undefined)
    return textOf(lines.toSpliced(begin, end - begin + 1, ...block))
  return block.length === 0 ? text : textOf(lines.toSpliced(placeFor(lines, given), 0, ...block))
}

/** Hold a block of lines in a file, between two lines that mark it as ours. */
export const blockInFile = defineTask({
  name: 'block-in-file',
  description: 'Holds a block of lines in a file between two marks, or holds it out of it.',
  example: { path: '/etc/ssh/ssh_config', block: 'Host backup\n  User archive\n' },
  params,
  title: ({ path, state, marker }) =>
    `${state === 'absent' ? 'no block' : 'block'} ${marker.replace('{mark} ', '')} in ${path}`,
  ...editing<Params>(withBlock),
})
