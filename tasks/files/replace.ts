import { defineTask, z } from '../../engine/index.ts'
import { endOf } from '../shared/lines.ts'
import { expanded, groupHint, namesForeignGroup, pattern } from '../shared/patterns.ts'
import { editParams, editing } from './editing/editing.ts'

const params = () =>
  z
    .object({
      ...editParams,
      regexp: z
        .string()
        .describe(
          'a regular expression; every match is replaced. ^ and $ match at the ends of a line, and \\n also matches CRLF unless the pattern has \\r in it',
        ),
      replacement: z
        .string()
        .default('')
        .describe('the text to put in its place; $1 is the first group, $& the entire match'),
      after: z.string().optional().describe('a pattern: replace only after its first match'),
      before: z
        .string()
        .optional()
        .describe('a pattern: replace only before its first match, counted from the match of `after`'),
    })
    .refine(({ replacement, regexp }) => !namesForeignGroup(replacement, regexp), {
      message: groupHint,
      path: ['replacement'],
    })
type Params = z.output<ReturnType<typeof params>>

/** A text as patterns match it, and the offset of each of its characters in the file. */
interface View {
  readonly text: string
  readonly offsetOf: (at: number) => number
}

const plainView = (text: string): View => ({ text, offsetOf: (at) => at })

/** A text with all line breaks as a newline. */
const normalizedView = (text: string): View => {
  if (!text.includes('\r\n')) return plainView(text)
  const pieces = text.split('\r\n')
  // the index in the view of each newline that replaces CRLF
  const shortened: number[] = []
  let at = 0
  for (const piece of pieces.slice(0, -1)) {
    at += piece.length
    shortened.push(at)
    at += 1
  }
  const before = (index: number): number => {
    let [low, high] = [0, shortened.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((shortened[middle] ?? 0) < index) low = middle + 1
      else high = middle
    }
    return low
  }
  return { text: pieces.join('\n'), offsetOf: (index) => index + before(index) }
}

/** Whether a pattern or a text contains a carriage return: then it applies to the text of the file as it is. */
const namesReturn = (source: string | undefined): boolean =>
  source !== undefined && /\r|\\r|\\x0d|\\u000d|\\u\{0*d\}|\\cM/i.test(source)

/** Start and end of the part of a text that can change; undefined if a limit does not match. */
const rangeOf = (text: string, { after, before }: Params): readonly [number, number] | undefined => {
  const begin = after === undefined ? undefined : pattern(after, 'm').exec(text)
  if (begin === null) return undefined
  const from = begin === undefined ? 0 : begin.index + begin[0].length
  const end = before === undefined ? undefined : pattern(before, 'm').exec(text.slice(from))
  return end === null ? undefined : [from, end === undefined ? text.length : from + end.index]
}

/** The text with every match replaced. */
export const replaced = (text: string, given: Params): string => {
  const { regexp, replacement, after, before } = given
  const raw = [regexp, replacement, after, before].some(namesReturn)
  const mark = text.startsWith('\u{FEFF}') ? 1 : 0
  const view = raw ? plainView(text.slice(mark)) : normalizedView(text.slice(mark))
  const range = rangeOf(view.text, given)
  if (range === undefined) return text
  const [from, to] = range
  const newline = raw ? '\n' : endOf(text)
  const parts: string[] = []
  let done = 0
  for (const match of view.text.slice(from, to).matchAll(pattern(regexp, 'gm'))) {
    const start = mark + view.offsetOf(from + match.index)
    const next = expanded(match, replacement)
    // a match that is replaced by the same text keeps its bytes
    if (next === match[0]) continue
    parts.push(text.slice(done, start), next.replaceAll('\n', newline))
    done = mark + view.offsetOf(from + match.index + match[0].length)
  }
  return parts.join('') + text.slice(done)
}

/** Replaces every match of a pattern in a file. Refuses if a second run would change the result again. */
export const replace = defineTask({
  name: 'replace',
  description: 'Replaces every match of a pattern in a file.',
  example: { path: '/etc/app.conf', regexp: '^port = .*$', replacement: 'port = 8080' },
  params,
  title: ({ path, regexp }) => `${regexp} replaced in ${path}`,
  ...editing<Params>({
    edit: replaced,
    unsettled:
      'write a regexp that does not match the replacement, such as ^listen 80(?! ssl) for listen 80 ssl, or one that matches all of the replacement, such as ^port = .*$ for port = 8080',
  }),
})
