import { createHmac } from 'node:crypto'
import * as assert from 'uvu/assert'
import {
  isRemovable,
  judgeKey,
  knownAs,
  knownTypes,
  parseKnownHosts,
  patternsMatch,
} from '../../engine/connection/ssh/known-hosts.ts'
import { suite } from '../support/spec.ts'

const test = suite('known_hosts')

const salt = Buffer.from('0123456789abcdefghij')
const hashed = (name: string): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`

/** A key in its wire format: its type, then its data. */
const key = (content: string, type = 'ssh-ed25519'): string => {
  const strings = [type, content].map((text) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(text.length)
    return Buffer.concat([length, Buffer.from(text)])
  })
  return Buffer.concat(strings).toString('base64')
}
const line = (names: string, content: string, type = 'ssh-ed25519'): string =>
  `${names} ${type} ${key(content, type)}`

const entries = parseKnownHosts(
  'known_hosts',
  [
    '# a comment',
    '',
    line('plain.example,10.0.0.1', '1'),
    line('[other.example]:2222', '2', 'ssh-rsa'),
    line(hashed('secret.example'), '3'),
    line('*.wild.example,!not.wild.example', '4'),
    line('@revoked plain.example', 'bad'),
    line('@cert-authority *.certified.example', 'ca'),
    'broken line',
    line('plain.example', '5', 'ecdsa-sha2-nistp256'),
    `stranger.example ssh-ed25519 not-a-key`,
    `stranger.example ssh-rsa ${key('of another type')}`,
    line('@unheard-of stranger.example', '1'),
    `\t ${line('carriage.example', '6')}\r`,
    `${line('comment.example', '7')} somebody's\r`,
    line(hashed('[secret.example]:2222'), '8'),
    line('any.example', '9'),
    line('@revoked any.example', '9'),
  ].join('\n'),
)
const judge = (host: string, content: string, { type = 'ssh-ed25519', port = 22 } = {}): string =>
  judgeKey(entries, knownAs(host, port), { type, key: key(content, type) }).kind

test('comments and lines without a readable key are skipped, and line numbers are right', () => {
  assert.equal(
    entries.map((entry) => entry.line),
    [3, 4, 5, 6, 7, 8, 10, 14, 15, 16, 17, 18],
  )
})

test('a name has its port if that is not 22, an alias never', () => {
  assert.equal(knownAs('Host.Example', 22), { name: 'host.example' })
  assert.equal(knownAs('Host.Example', 2222), {
    name: '[host.example]:2222',
    withoutPort: 'host.example',
  })
  assert.equal(knownAs('10.0.0.1', 2222, 'alias'), { name: 'alias' })
})

const table: [string, string, string][] = [
  ['plain.example', '1', 'known'],
  ['PLAIN.example', '1', 'known'],
  ['10.0.0.1', '1', 'known'],
  ['plain.example', 'x', 'changed'],
  ['plain.example', 'bad', 'revoked'],
  ['any.example', '9', 'revoked'],
  ['stranger.example', '1', 'unknown'],
  ['other.example', '2', 'unknown'],
  ['secret.example', '3', 'known'],
  ['Secret.example', '3', 'known'],
  ['a.wild.example', '4', 'known'],
  ['a.wild.example', 'x', 'changed'],
  ['not.wild.example', '4', 'unknown'],
  ['carriage.example', '6', 'known'],
  ['comment.example', '7', 'known'],
  ['comment.example', 'x', 'changed'],
  ['a.certified.example', '1', 'unknown'],
]
for (const [name, content, wanted] of table)
  test(`${name} with ${content} is ${wanted}`, () => assert.is(judge(name, content), wanted))

test('a key of another type than the recorded one is a changed key', () => {
  assert.is(judge('10.0.0.1', '1', { type: 'ssh-rsa' }), 'changed')
  assert.is(judge('secret.example', '1', { type: 'ecdsa-sha2-nistp256' }), 'changed')
})

test('a change names the recorded key of the same type first', () => {
  const shown = { type: 'ecdsa-sha2-nistp256', key: key('x', 'ecdsa-sha2-nistp256') }
  const judgement = judgeKey(entries, knownAs('plain.example', 22), shown)
  assert.equal(judgement.kind === 'changed' ? judgement.entries.map((entry) => entry.line) : [], [10, 3])
})

test('another port than 22', () => {
  const rsa = { type: 'ssh-rsa', port: 2222 }
  assert.is(judge('other.example', '2', rsa), 'known')
  assert.is(judge('other.example', 'x', rsa), 'changed')
  assert.is(judge('secret.example', '8', { port: 2222 }), 'known')
})

test('a key that is recorded without a port confirms or revokes another port, and never contradicts it', () => {
  assert.is(judge('plain.example', '1', { port: 2222 }), 'known')
  assert.is(judge('a.wild.example', '4', { port: 2222 }), 'known')
  assert.is(judge('plain.example', 'x', { port: 2222 }), 'unknown')
  assert.is(judge('plain.example', 'bad', { port: 2222 }), 'revoked')
  // a key recorded with the port takes precedence
  assert.is(judge('secret.example', '3', { port: 2222 }), 'changed')
})

test('a host with a certificate authority is distinguished from an unknown one', () => {
  const shown = { type: 'ssh-ed25519', key: key('x') }
  assert.equal(judgeKey(entries, knownAs('a.certified.example', 22), shown), {
    kind: 'unknown',
    certified: true,
  })
  assert.equal(judgeKey(entries, knownAs('nobody.example', 22), shown), {
    kind: 'unknown',
    certified: false,
  })
})

test('the recorded types, without those of revoked keys', () => {
  const types = (host: string, port = 22) => [...knownTypes(entries, knownAs(host, port))]
  assert.equal(types('plain.example'), ['ssh-ed25519', 'ecdsa-sha2-nistp256'])
  assert.equal(types('plain.example', 2222), [])
  assert.equal(types('any.example'), [])
})

test('patterns', () => {
  assert.is(patternsMatch('h?st', 'host'), true)
  assert.is(patternsMatch('h?st', 'hoost'), false)
  assert.is(patternsMatch('a.b', 'axb'), false)
  assert.is(patternsMatch('*', '[host]:2222'), true)
})

test('ssh-keygen -R does not remove lines with patterns', () => {
  assert.equal(
    entries.filter((entry) => !isRemovable(entry)).map((entry) => entry.line),
    [6, 8],
  )
})
