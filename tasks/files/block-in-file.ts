import { defineTask, z } from '../../engine/index.ts'
import { linesOf, spliceLines } from '../shared/lines.ts'
import { placeFor } from '../shared/patterns.ts'
import { editParams, editing } from './editing/editing.ts'

const params = () =>
  z
    .object({
      ...editParams,
      block: z.string().default('').describe('the lines of the block'),
      marker: z
        .string()
        .default('# {mark} by coxswain')
        .describe(
          'the line above and below the block; {mark} becomes BEGIN and END. Each block of a file needs a marker of its own',
        ),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe('absent removes the block with its markers'),
      insertAfter: z
        .string()
        .optional()
        .describe(
          'a pattern: a new block goes after the last line that matches; EOF, the default, is the end',
        ),
      insertBefore: z
        .string()
        .optional()
        .describe('a pattern: a new block goes before the first line that matches; BOF is the beginning'),
    })
    .refine(({ marker }) => marker.split('{mark}').length === 2 && !/[\r\n]/.test(marker), {
      message: 'the marker must be one line that contains {mark} exactly once',
      path: ['marker'],
    })
    .refine(({ block, marker }) => !marksOf(marker).some((mark) => blockLines(block).includes(mark)), {
      message: 'a block cannot contain its own marker',
      path: ['block'],
    })
    .refine(({ block }) => !/\r(?!\n)/.test(block), {
      message: 'a carriage return is only allowed before a newline',
      path: ['block'],
    })
type Params = z.output<ReturnType<typeof params>>

/** A block and its position in the file. */
export type Block = Pick<Params, 'block' | 'marker' | 'state' | 'insertAfter' | 'insertBefore'>

/** The lines of a block, without the last line break. */
const blockLines = (block: string): string[] =>
  block === '' ? [] : block.replace(/\r?\n$/, '').split(/\r?\n/)

const marksOf = (marker: string): readonly [string, string] => [
  marker.replace('{mark}', 'BEGIN'),
  marker.replace('{mark}', 'END'),
]

/**
 * The block in the file: the first end marker that has a begin marker above it, and the nearest begin marker. So a block
 * without its end does not include lines of others.
 */
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

/** The text with the block between its markers, or without the block. */
export const withBlock = (text: string, given: Block): string => {
  const [first, last] = marksOf(given.marker)
  const lines = linesOf(text)
  const found = findBlock(lines, first, last)
  const size = found === undefined ? 0 : found[1] - found[0] + 1
  if (given.state === 'absent')
    return found === undefined ? text : withBlock(spliceLines(text, found[0], size, []), given)
  const block = [first, ...blockLines(given.block), last]
  return spliceLines(text, found?.[0] ?? placeFor(lines, given), size, block)
}

/** Inserts or removes a block of lines in a file, between two marker lines. */
export const blockInFile = defineTask({
  name: 'block-in-file',
  description: 'Inserts, updates or removes a block of lines between two marker lines in a file.',
  example: { path: '/etc/ssh/ssh_config', block: 'Host backup\n  User archive\n' },
  params,
  title: ({ path, state, marker }) =>
    `${state === 'absent' ? 'no block' : 'block'} ${marker.replace('{mark} ', '')} in ${path}`,
  ...editing<Params>({ edit: withBlock }),
})
