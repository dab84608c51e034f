/**
 * Files as users write them: any mixture of line breaks, with or without a byte order mark, with or without a last newline.
 */
import fc from 'fast-check'

/** Lines that no task matches; lines of the tested task are added to them. */
const strangers = [
  '',
  '   ',
  '\t',
  '# a comment',
  '  # indented, with blanks at its end   ',
  '; another comment',
  '# gr\u{DCFC}n: a byte of Latin-1',
  '# a carriage\rreturn in the middle',
  '# ein Umlaut: ä, and \u{1F600}, and \u{2028}',
]

const ends = fc.oneof(
  fc.constant(['\n'] as const),
  fc.constant(['\r\n'] as const),
  fc.constant(['\n', '\r\n'] as const),
)

/** A text with lines from a pool. */
export const fileOf = (
  pool: readonly string[],
  others: readonly string[] = strangers,
): fc.Arbitrary<string> =>
  ends.chain((kinds) =>
    fc
      .record({
        mark: fc.constantFrom('', '', '\u{FEFF}'),
        lines: fc.array(fc.tuple(fc.constantFrom(...pool, ...others), fc.constantFrom(...kinds)), {
          maxLength: 12,
        }),
        complete: fc.boolean(),
      })
      .map(({ mark, lines, complete }) => {
        const text = lines.map(([line, end]) => line + end).join('')
        // an empty last line cannot be without a line break
        const open = !complete && lines.at(-1)?.[0] !== ''
        return mark + (open ? text.replace(/\r?\n$/, '') : text)
      }),
  )

/** A document with some of these parts, each at most once, in any order. */
export const documentOf = (parts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .record({
      parts: fc.shuffledSubarray([...parts]),
      newline: fc.constantFrom('\n', '\r\n'),
      mark: fc.constantFrom('', '', '\u{FEFF}'),
      complete: fc.boolean(),
    })
    .map(({ parts: chosen, newline, mark, complete }) => {
      const text = chosen.map((part) => `${part}\n`).join('')
      const content = complete || chosen.at(-1) === '' ? text : text.slice(0, -1)
      return mark + content.replaceAll('\n', newline)
    })

/** The lines of a text with their line breaks; the byte order mark is an element of its own. */
export const rawLines = (text: string): string[] => {
  const mark = text.startsWith('\u{FEFF}') ? ['\u{FEFF}'] : []
  return [...mark, ...(text.slice(mark.length).match(/[^\n]*\n|[^\n]+$/g) ?? [])]
}
