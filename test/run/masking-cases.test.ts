/** Secrets that a mask once missed, in the way in which they were written. */
import * as assert from 'uvu/assert'
import { quote } from '../../engine/remote/quote.ts'
import { mask } from '../../engine/secret.ts'
import { suite } from '../support/spec.ts'
import { knowing, told } from './knowing.ts'

const test = suite('masks: single cases')

test("eight digits of Python's ascii() and of PyYAML are one letter, in capitals or not", () => {
  const secret = 'Correct-Horse-9-🔑-Battery-Staple'
  for (const digits of ['0001F511', '0001f511']) {
    const written = `key: "Correct-Horse-9-\\U${digits}-Battery-Staple"\n`
    assert.is(knowing(secret).text(written), `key: "${mask}"\n`)
    for (let at = 1; at < written.length; at += 1)
      assert.equal(told(knowing(secret), [written.slice(0, at), written.slice(at)]), [`key: "${mask}"`])
  }
})

test('four digits of JSON end where more digits follow, in capitals too', () => {
  assert.is(knowing('é1234-dead').text(String.raw`<\u00e91234-dead>`), `<${mask}>`)
  assert.is(knowing('é1234-dead').text(String.raw`<\U00E91234-DEAD>`), `<${mask}>`)
})

test('quoted for a shell once, twice and three times, with its quotes', () => {
  const secret = "pa's!w0"
  const other = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`
  for (const first of [quote, other])
    for (const second of [quote, other]) {
      const twice = second(`ls ${first(secret)}`)
      for (const text of [first(secret), twice, quote(`sh -c ${quote(`ls ${quote(secret)}`)}`)])
        assert.not.match(knowing(secret).text(`exit status 2 from: sh -c ${text}`), /pa|s!w0/)
    }
})

test('a capital sigma at the end of a word is the same letter within one', () => {
  for (const before of ['', 't'])
    for (const secret of ['Σ ↅ0', '9Σ-Σ9', 'ΟΔΟΣ-7-ΟΔΟΣ'])
      for (const written of [secret, secret.toLowerCase(), Array.from(secret).join('\u001b[0m')]) {
        // fewer than six letters and digits are looked for as they are
        if (written === secret.toLowerCase() && secret.length < 8) continue
        assert.is(knowing(secret).text(`${before}${written}|`), `${before}${mask}|`)
      }
})
