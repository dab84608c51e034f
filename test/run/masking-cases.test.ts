/** Regressions: encodings of secrets that were once not masked. */
import * as assert from 'uvu/assert'
import { oneLine, printable } from '../../engine/report/text.ts'
import { quote } from '../../engine/remote/quote.ts'
import { mask } from '../../engine/secret.ts'
import { suite } from '../support/spec.ts'
import { knowing, shownOf } from './knowing.ts'
import { tools } from './secret-words.ts'

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
        // fewer than six letters and digits are only searched for unchanged
        if (written === secret.toLowerCase() && secret.length < 8) continue
        assert.is(knowing(secret).text(`${before}${written}|`), `${before}${mask}|`)
      }
})

test('letters of a secret that are like the prefix of a number are found where a line begins with them', () => {
  for (const secret of ['kaaaaa0Xaaaa7aaaaz', 'kaaaaa0xaaaa7aaaaz'])
    for (const size of [5, 6, 7, 8]) {
      const folded = secret.replaceAll(new RegExp(`.{${size}}`, 'g'), '$&\n')
      assert.match(knowing(secret).text(`${folded} more`), /^\*{8}\n? more$/)
    }
})

test('the prefix of hexadecimal numbers is found in both cases', () => {
  for (const secret of ['kaaaaaa7-0Xaaaaz', 'kaaaaaa7-0xaaaaz'])
    for (const written of [secret, secret.toLowerCase(), secret.toUpperCase(), secret.replace('-', '')])
      assert.is(knowing(secret).text(`${written} more`), `${mask} more`)
  const bytes = Array.from(Buffer.from('hunter-2x'), (byte) => `0x${byte.toString(16)}`).join(' ')
  for (const written of [bytes, bytes.toUpperCase()])
    assert.match(knowing('hunter-2x').text(`bytes: ${written}.`), /^bytes: (?:0[xX])?\*{8}\.$/)
})

const codes = '4821-9937-x\n7710-2284-q\n0031-5562-z\n'

test('a line of a secret is masked alone or with some of the others', () => {
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

test('a line with six letters and digits is masked, unless it is one word or a name', () => {
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

test('base64 of a secret is masked from three characters as a line, four alone, five anywhere; hexadecimal from three', () => {
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

test('a line with apostrophes is masked when shells and YAML quote it', () => {
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

test('letters that look like an escape, and are too few to search for, are found with blanks between them', () => {
  for (const secret of ['-%bca-aa', '-&#65aa;', String.raw`a\u00bcb-`, 'a%41%42c'])
    for (const separator of [' ', '   ', '.'])
      assert.is(knowing(secret).text(`<\n${Array.from(secret).join(separator)}\n>`), `<\n${mask}\n>`, secret)
})

test('a mask is shown after an incomplete code of terminals, whose end it could be', () => {
  const secret = 'hunter2-and-more'
  const unfinished = [
    '\u001bPtitle\u001b\\',
    '\u001bPtitle\u001b',
    '\u001b',
    '\u001b[3',
    '\u001b]0;title',
    '\u009b1',
    '\u0090title',
  ]
  for (const code of unfinished) {
    const text = `hunter2${code}${secret}2-and-more`
    const redactor = knowing(secret)
    for (const seen of [
      redactor.text(text),
      ...shownOf(redactor, [text]),
      ...shownOf(redactor, Array.from(text)),
    ])
      for (const last of [printable(seen), oneLine(seen)]) {
        assert.not.match(last, secret)
        assert.match(last, mask)
      }
  }
})

test('a secret with letters that look escaped is found where a line break separates some of them', () => {
  const secrets = [
    '%41bc%42defgh7',
    'a&#65;bcd&#66;efgh7',
    String.raw`a\u0041bcdef\u0042gh7`,
    'abcdefgh7=41=42=43',
  ]
  for (const secret of secrets)
    for (const size of [2, 3, 4, 5, 6, 7, 8])
      for (const written of [secret, secret.toUpperCase()]) {
        const folded = written.replaceAll(new RegExp(`.{${size}}`, 'g'), '$&\n')
        const redactor = knowing(secret)
        const seenOf = [[redactor.text(folded)], shownOf(redactor, [folded])]
        // a line with fewer than four letters and digits is shown at once
        if (/^(?:\W*\w){4}/.test(folded.split('\n')[0] ?? ''))
          seenOf.push(shownOf(redactor, Array.from(folded)))
        for (const seen of seenOf)
          // a single letter beside a mark of the escape can stay
          assert.match(seen.join('').replaceAll(/[^0-9A-Za-z*]/g, ''), /^[a4]?\*{8}$/i, `${secret} ${size}`)
      }
})

test('a secret of nine letters and digits is found without its first or last character', () => {
  for (const secret of ['kaa+"&aaaa7z', 'Passw-0rd9', 'k12345678'])
    for (const written of [secret.slice(1), secret.slice(0, -1)])
      assert.is(knowing(secret).text(`<${written}>`), `<${mask}>`)
  for (const secret of ['prod2024', 'server-01'])
    for (const written of [secret.slice(1), secret.slice(0, -1)])
      assert.is(knowing(secret).text(`<${written}>`), `<${written}>`)
})

test('a code of terminals is masked with all it contains', () => {
  const secret = 'hunter2-and-more'
  const inCode = `${secret.slice(0, 4)}\0${secret.slice(4)}`
  for (const [before, after] of [
    ['\u001b]0;', '\u0007'],
    ['\u001bP', '\u001b\\'],
    ['\u0090', '\n'],
    ['\u001b]0;', ''],
  ]) {
    const text = `a ${before}${secret} ${inCode}${after} b`
    const redactor = knowing(secret)
    for (const seen of [
      redactor.text(text),
      ...shownOf(redactor, [text]),
      shownOf(redactor, Array.from(text)).join(' '),
    ]) {
      assert.not.match(seen, '\u001b')
      assert.not.match(printable(seen), /hunt|more/)
    }
    assert.match(redactor.text(text), /^a \*{8}/)
  }
  const coloured = `\u001b[31m${secret}\u001b[0m`
  assert.is(knowing(secret).text(coloured), `\u001b[31m${mask}\u001b[0m`)
})

test('letters that look escaped are found backwards, in dumps, and in text that is escaped itself', () => {
  for (const secret of ['aaaa9%aa', 'k%41bc7&#66;d', String.raw`a\9@.^aaaa`, String.raw`k\na8a-b7`]) {
    const redactor = knowing(secret)
    const backwards = Array.from(secret).toReversed().join('')
    assert.match(redactor.text(`<${backwards}>`), /^<\W*\*{8}\W*>$/)
    for (const dump of [tools['xxd'], tools['hexdump -C'], tools['od -c']])
      assert.match(redactor.text(dump?.(secret) ?? ''), mask)
  }
  for (const secret of ['%aaaa-aaa', String.raw`%98a\aaaaaa`]) {
    let text = Array.from(secret, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')
    for (let times = 0; times < 5; times += 1) {
      assert.is(knowing(secret).text(`<${text}>`), `<${mask}>`)
      text = JSON.stringify(text).slice(1, -1)
    }
  }
})
