/** Much text and many secrets: everything that may be a secret is masked, in limited time. */
import * as assert from 'uvu/assert'
import { MaskedLines } from '../../engine/run/masking/masked-lines.ts'
import { mask } from '../../engine/secret.ts'
import { suite } from '../support/spec.ts'
import { knowing, shownOf } from './knowing.ts'

const test = suite('masking of much text')

test('with too many candidates to check, their lines are hidden', () => {
  const lines = Array.from({ length: 60_000 }, (_, index) => String.raw`${index} x A\u0062 1 y`)
  const text = `${lines.join('\n')}\nthe end\n`
  const redactor = knowing('ab1')
  const seen = shownOf(redactor, text.match(/[^]{1,32768}/g) ?? [])
  assert.is(seen.length, lines.length + 1)
  // the first lines are checked and shown, the last ones hidden
  assert.ok(seen.includes(lines[0] ?? ''))
  assert.is(seen.at(-2), mask)
  assert.is(seen.at(-1), 'the end')
  const atOnce = redactor.text(text).split('\n')
  assert.is(atOnce.at(-3), mask)
  assert.is(atOnce.at(-2), 'the end')
})

test('a secret of punctuation is masked after any amount of text with escapes', () => {
  const secret = '$%&!?'
  const redactor = knowing(secret)
  const escaped = Array.from(secret, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')
  const lines = Array.from({ length: 60_000 }, (_, index) => String.raw`${index} "a \n line \u0041"`)
  const seen = shownOf(redactor, [`${lines.join('\n')}\n`, `<${escaped}> <${secret}>\n`, 'plain\n'])
  assert.is(seen[0], lines[0])
  assert.not.ok(seen.join('\n').includes(escaped))
  assert.not.ok(seen.join('\n').includes(secret))
  assert.equal(seen.slice(-2), [mask, 'plain'])
})

test('the beginning of a secret followed by endless invisible text is shown eventually', () => {
  const lines: string[] = []
  const masked = new MaskedLines(knowing('hunter2-and-more'), (line) => lines.push(line))
  masked.push('hunter')
  for (let count = 0; count < 400; count += 1) masked.push('\0'.repeat(1000))
  assert.ok(lines.join('').length > 300_000)
})

test('a secret longer than the maximum line, and one after a very long word', () => {
  const long = Array.from({ length: 20_000 }, (_, index) => (index ** 2).toString(36)).join('-')
  assert.equal(shownOf(knowing(long), [long.slice(0, 30_000), `${long.slice(30_000)}\n`]), ['********'])
  const lines = shownOf(knowing('sesame-open'), [`${'w'.repeat(65_530)}sesame-`, 'open\n'])
  assert.not.match(lines.join(''), 'sesame-')
})

test('a thousand secrets in a hundred thousand lines are all masked', () => {
  const secrets = Array.from({ length: 1000 }, (_, index) => `token-${index}-${index ** 3}`)
  const redactor = knowing(...secrets)
  let shown = 0
  for (let index = 0; index < 100_000; index += 1) {
    const line = `2026-01-01 a line like many, number ${index}, with token-${index % 1000}-${(index % 1000) ** 3} in it`
    if (!redactor.text(line).includes('token')) shown += 1
  }
  assert.is(shown, 100_000)
})
