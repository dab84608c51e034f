import * as assert from 'uvu/assert'
import { Lines } from '../../engine/run/masking/lines.ts'
import { suite } from '../support/spec.ts'

const test = suite('lines of live output')

const linesOf = (chunks: readonly string[]): string[] => {
  const lines: string[] = []
  const cutter = new Lines((line) => lines.push(line))
  for (const chunk of chunks) cutter.push(chunk)
  cutter.end()
  return lines
}

const cases: [string, string[], string[]][] = [
  ['complete lines', ['a\nb\n'], ['a', 'b']],
  ['a line in pieces', ['a', 'b', 'c\nd'], ['abc', 'd']],
  ['lines that end as on Windows, cut in the middle', ['a\r', '\nb\r\n'], ['a', 'b']],
  ['empty lines', ['\n\na\n'], ['', '', 'a']],
  ['nothing', ['', ''], []],
  ['a carriage return within a line', ['10%\r20%\n'], ['10%\r20%']],
]
for (const [what, chunks, lines] of cases) test(what, () => assert.equal(linesOf(chunks), lines))

test('an endless line is split into pieces of 64 KiB without loss', () => {
  const text = 'x'.repeat(200_000)
  const lines = linesOf([text.slice(0, 70_000), text.slice(70_000), '\nnext\n'])
  assert.equal(
    lines.map((line) => line.length),
    [65_536, 65_536, 65_536, 3392, 4],
  )
  assert.is(lines.slice(0, -1).join(''), text)
})

test('it is split at the end of a word, so that a secret is not split, and not within a character', () => {
  const lines = linesOf([`${'word '.repeat(13_106)}secretsecret and more\n`])
  assert.equal(lines.length, 2)
  assert.is(lines[1], 'secretsecret and more')
  const smile = '\u{1F600}'
  for (const line of linesOf([`x${smile.repeat(40_000)}`])) assert.is(Buffer.from(line).toString(), line)
})

test('a long line in many chunks loses nothing', () => {
  const chunk = 'x'.repeat(8192)
  const lines = linesOf(Array.from({ length: 400 }, () => chunk))
  assert.is(lines.join('').length, 400 * 8192)
})
