import { Readable } from 'node:stream'
import * as assert from 'uvu/assert'
import { Redactor } from '../../engine/run/masking/redactor.ts'
import { Secret, mask } from '../../engine/secret.ts'
import { suite } from '../support/spec.ts'

const test = suite('masking of secrets')

const knowing = (...values: unknown[]): Redactor => {
  const redactor = new Redactor()
  for (const value of values) redactor.learn(value)
  return redactor
}

test('secrets are found in nested lists, objects, maps and sets', () => {
  const redactor = knowing([
    { a: new Secret('first-one') },
    new Map<unknown, unknown>([
      ['key', [new Secret('second-one')]],
      [new Secret('third-one'), 1],
    ]),
    new Set([new Secret('fourth-one')]),
  ])
  for (const text of ['first-one', 'second-one', 'third-one', 'fourth-one'])
    assert.is(redactor.text(`<${text}>`), `<${mask}>`)
})

test('bytes and streams are not walked', () => {
  const stream = Readable.from([Buffer.from('x')])
  Object.assign(stream, { secret: new Secret('in-a-stream') })
  async function* chunks(): AsyncGenerator<Buffer> {
    yield Buffer.from('x')
  }
  const redactor = knowing(
    new Uint8Array(4),
    new Uint16Array(4),
    new ArrayBuffer(4),
    new DataView(new ArrayBuffer(4)),
    stream,
    chunks(),
  )
  assert.is(redactor.text('in-a-stream'), 'in-a-stream')
})

test('many secrets with a long beginning in common are learnt and masked, as kubeconfigs of one cluster are', () => {
  const beginning = 'certificate-authority-data '.repeat(300)
  const secrets = Array.from({ length: 10 }, (_, index) => `${beginning}${index} is the end`)
  const redactor = knowing(...secrets.map((text) => new Secret(text)))
  for (const text of secrets) assert.is(redactor.text(`<${text}>`), `<${mask}>`)
})

const encoded: [string, string, (text: string) => string][] = [
  ['in JSON', 'pa"ss\\word\ttab', (text) => JSON.stringify(text).slice(1, -1)],
  ['in JSON of ASCII', 'más secreto', (text) => text.replace('á', '\\u00e1')],
  ['in base64', 'correct horse battery', (text) => Buffer.from(text).toString('base64')],
  ['in base64 for URLs', 'pass>>>word???', (text) => Buffer.from(text).toString('base64url')],
  [
    'in base64 with a newline after it',
    'correct horse',
    (text) => Buffer.from(`${text}\n`).toString('base64'),
  ],
  ['in a URL', 'p@ss w/rd&más', (text) => encodeURIComponent(text)],
  ['in a URL, with a picture', 'pass \u{1F600} word', (text) => encodeURIComponent(text)],
  ['in a form', 'p@ss w/rd&más', (text) => new URLSearchParams({ x: text }).toString().slice(2)],
]
for (const [what, secret, encode] of encoded) {
  test(`a secret is masked ${what}`, () => {
    const text = encode(secret)
    assert.is(knowing(new Secret(secret)).text(`see ${text} there`), `see ${mask} there`)
  })
}

test('a lone surrogate is harmless', () => {
  assert.is(knowing(new Secret('half \uD800')).text('half \uD800'), mask)
})

test('the forms of a short secret mask no ordinary word', () => {
  // base64 of "abc" is YWJj, of "i" it is aQ==
  const redactor = knowing(new Secret('abc'), new Secret('i'), new Secret(''))
  assert.is(redactor.text('YWJj aQ== i abc'), `YWJj aQ== i ${mask}`)
})

test('a secret of several lines is masked as JSON and line by line', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END KEY-----\n'
  const redactor = knowing(new Secret(key))
  assert.is(redactor.text(JSON.stringify({ key })), `{"key":"${mask}"}`)
  assert.is(redactor.text('  MIIEvQIBADANBgkqhkiG9w0'), `  ${mask}`)
  assert.is(redactor.text(Buffer.from(key).toString('base64')), mask)
})

test('base64 with line breaks is masked line by line', () => {
  const secret = 'a long secret of no particular meaning, as tokens are, '.repeat(4)
  const text = Buffer.from(secret).toString('base64')
  const redactor = knowing(new Secret(secret))
  for (const width of [64, 76]) {
    const lines = text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []
    const shown = lines.map((line) => redactor.text(line)).filter((line) => line !== mask)
    assert.ok(shown.join('').length < 16, shown.join('\n'))
  }
})
