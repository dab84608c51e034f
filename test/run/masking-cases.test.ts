/** Secrets that a mask once missed, in the way in which they were written. */
import * as assert from 'uvu/assert'
import { quote } from '../../engine/remote/quote.ts'
import { mask } from '../../engine/secret.ts'
import { suite } from '../support/spec.ts'
import { knowing, shownOf } from './knowing.ts'

const test = suite('masks: single cases')

test("eight digits of Python's ascii() and of PyYAML are one letter, in capitals or not", () => {
  const secret = 'Correct-Horse-9-🔑-Battery-Staple'
  for (const digits of ['0001F511', '0001f511']) {
    const written = `key: "Correct-Horse-9-\\U${digits}-Battery-Staple"\n`
    assert.is(knowing(secret).text(written), `key: "${mask}"\n`)
    for (let at = 1; at < written.length; at += 1)
      assert.equal(shownOf(knowing(secret), [written.slice(0, at), written.slice(at)]), [`key: "${mask}"`])
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

const codes = '4821-9937-x\n7710-2284-q\n0031-5562-z\n'

test('a line of a secret is hidden where it stands alone or with some of the others', () => {
  const lines = codes.trim().split('\n')
  for (const count of [1, 2]) {
    const head = lines.slice(0, count)
    const output = head.map((line) => `${line}\n`).join('')
    assert.is(knowing(codes).text(output), head.map(() => `${mask}\n`).join(''))
    for (let at = 1; at < output.length; at += 1)
      assert.equal(
        shownOf(knowing(codes), [output.slice(0, at), output.slice(at)]),
        head.map(() => mask),
      )
  }
  assert.is(knowing('two\nline "99"\nabc').text(String.raw`{"a":"line \"99\""}`), `{"a":"${mask}"}`)
})

test('six letters and digits of a line are enough, unless they are one word or a name', () => {
  const hidden = [
    'a1b2c3',
    'ab cdef',
    '12-34-56',
    '$a$b$c$1$2$3',
    'pin: 4821',
    'password: hunter',
    'token: abc',
    'abc-def-ghi',
    'пар оль',
  ]
  for (const line of hidden) assert.is(knowing(`first\n  ${line}\nlast`).text(`<${line}>`), `<${mask}>`, line)
  const plain = [
    '---',
    '{',
    'a1b2c',
    'password:',
    '- clusters:',
    '"letters",',
    'client-key:',
    'data: {}',
    'text: |-',
    'kind: Config',
    'apiVersion: v1',
    'port: 22',
    'user: bob',
  ]
  for (const line of [...plain, 'enabled: true', 'пароль:', '-- secret --'])
    assert.is(knowing(`first\n  ${line}\nlast`).text(`<${line}>`), `<${line}>`, line)
})

test('base64 of a secret is hidden from three characters on as a line, four alone, five anywhere; hexadecimal from three', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const letters = 'q7w'
  assert.is(knowing(letters).text(`<${base64(letters)}>`), `<${base64(letters)}>`)
  for (const [count, secret] of [3, 4, 5, 6, 7].map((size) => [size, 'q7wX9zK'.slice(0, size)] as const)) {
    const redactor = knowing(secret)
    assert.is(redactor.text(`<${base64(`${secret}\n`)}>`), `<${mask}>`)
    assert.is(redactor.text(`<${Buffer.from(secret).toString('hex')}>`), `<${mask}>`)
    if (count >= 4) assert.is(redactor.text(`<${base64(secret)}>`), `<${mask}>`)
    for (const before of ['', 'a', 'ab'])
      if (count >= 5) assert.ok(redactor.text(base64(`${before}${secret} and more`)).includes(mask), before)
  }
})

test('a line with apostrophes is hidden as shells and YAML quote it', () => {
  const lines = ["it's-4821-don't", "o'9937-x' y"]
  const secret = `${lines[0]}\n${lines[1]}\nlast 7710-2284\n`
  const other = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`
  const yaml = (text: string): string => `'${text.replaceAll("'", "''")}'`
  const letters = (text: string): string => text.replaceAll(/[^\w-]/g, String.raw`\$&`)
  for (const line of lines)
    for (const written of [
      quote(line),
      other(line),
      yaml(line),
      letters(line),
      quote(`echo ${quote(line)}`),
      other(`echo ${quote(line)}`),
      quote(`sh -c ${quote(`echo ${quote(line)}`)}`),
    ])
      assert.not.match(knowing(secret).text(`sh: 1: ${written}: not found`), /4821|9937/, written)
})
