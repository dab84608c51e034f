import { createHmac } from 'node:crypto'
import * as assert from 'uvu/assert'
import {
  judgeKey,
  knownName,
  knownTypes,
  parseKnownHosts,
  patternsMatch,
} from '../../engine/connection/ssh/known-hosts.ts'
import { suite } from '../support/spec.ts'

const test = suite('known_hosts')

const salt = Buffer.from('0123456789abcdefghij')
const hashed = (name: string): string =>
  `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`

const entries = parseKnownHosts(
  'known_hosts',
  [
    '# a comment',
    '',
    'plain.example,10.0.0.1 ssh-ed25519 AAA1',
    '[other.example]:2222 ssh-rsa AAA2',
    `${hashed('secret.example')} ssh-ed25519 AAA3`,
    '*.wild.example,!not.wild.example ssh-ed25519 AAA4',
    '@revoked plain.example ssh-ed25519 BAD',
    '@cert-authority *.example ssh-ed25519 CA',
    'broken line',
    'plain.example ecdsa-sha2-nistp256 AAA5',
  ].join('\n'),
)
const judge = (name: string, key: string, type = 'ssh-ed25519'): string =>
  judgeKey(entries, [name], { type, key }).kind

test('comments and broken lines are left out, line numbers stay', () => {
  assert.is(entries.length, 7)
  assert.is(entries[0]?.line, 3)
})

test('a name has its port when it is not 22', () => {
  assert.is(knownName('Host.Example', 22), 'host.example')
  assert.is(knownName('Host.Example', 2222), '[host.example]:2222')
})

const table: [string, string, string][] = [
  ['plain.example', 'AAA1', 'known'],
  ['10.0.0.1', 'AAA1', 'known'],
  ['plain.example', 'XXX', 'changed'],
  ['plain.example', 'BAD', 'revoked'],
  ['stranger.example', 'AAA1', 'unknown'],
  ['other.example', 'AAA2', 'unknown'],
  ['secret.example', 'AAA3', 'known'],
  ['Secret.example', 'AAA3', 'unknown'],
  ['a.wild.example', 'AAA4', 'known'],
  ['not.wild.example', 'AAA4', 'unknown'],
]
for (const [name, key, wanted] of table)
  test(`${name} with ${key} is ${wanted}`, () => assert.is(judge(name, key), wanted))

test('a port of its own', () => assert.is(judge('[other.example]:2222', 'AAA2', 'ssh-rsa'), 'known'))

test('a key of another type than those known is unknown, not changed', () => {
  assert.is(judge('10.0.0.1', 'XXX', 'ssh-rsa'), 'unknown')
})

test('the types that are known are asked for', () => {
  assert.equal(knownTypes(entries, ['plain.example']), ['ssh-ed25519', 'ecdsa-sha2-nistp256'])
})

test('patterns', () => {
  assert.is(patternsMatch('h?st', 'host'), true)
  assert.is(patternsMatch('h?st', 'hoost'), false)
  assert.is(patternsMatch('a.b', 'axb'), false)
})
