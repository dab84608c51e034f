import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { authorizedKey, withKey } from '../../../tasks/system/authorized-key.ts'
import { readKey } from '../../../tasks/system/ssh-keys/public-key.ts'
import { anyAs } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('authorized-key')

const blob = (tail: string) => `AAAAC3NzaC1lZDI1NTE5AAAAIA${tail.padEnd(42, 'A')}`
const key = `ssh-ed25519 ${blob('a')} anna@home`
const other = `ssh-ed25519 ${blob('b')} ben@home`

const given = (more: Readonly<Record<string, unknown>> = {}) => ({
  user: 'anna',
  key,
  options: undefined,
  exclusive: false,
  state: 'present' as const,
  ...more,
})

test('a key is added to the others, and removed from them', () => {
  assert.is(withKey(undefined, given()), `${key}\n`)
  assert.is(withKey(`# mine\n${other}`, given()), `# mine\n${other}\n${key}\n`)
  assert.is(withKey(`${other}\n${key}\n`, given({ state: 'absent' })), `${other}\n`)
})

test('options stay unless others are given, and a key occurs once', () => {
  const text = `restrict,command="a b" ${key}\n`
  assert.is(withKey(text, given()), text)
  assert.is(withKey(text, given({ options: 'no-pty' })), `no-pty ${key}\n`)
  assert.is(withKey(`${key}\n${other}\n${key} again\n`, given()), `${key}\n${other}\n`)
})

test('an exclusive key removes all others, except comments', () => {
  assert.is(withKey(`# mine\n${other}\nnew-kind AAAA\n`, given({ exclusive: true })), `# mine\n${key}\n`)
})

test('several keys, and no others', () => {
  const third = `ssh-ed25519 ${blob('c')} carl@home`
  const both = given({ key: `# the team\n${key}\n\n${other}\n${key}\n` })
  assert.is(withKey(`${third}\n`, both), `${third}\n${key}\n${other}\n`)
  const only = { ...both, exclusive: true }
  assert.is(withKey(`no-pty ${other}\n${third}\n# mine\n`, only), `no-pty ${other}\n# mine\n${key}\n`)
  assert.is(withKey(`${other}\n${third}\n${key}\n`, { ...both, state: 'absent' as const }), `${third}\n`)
  assert.is(authorizedKey({ user: 'anna', key: both.key }).title, '2 keys of anna')
})

test('lines are parsed as by sshd', () => {
  assert.is(readKey(`command="ssh-rsa AAAA" ${key}`)?.options, 'command="ssh-rsa AAAA"')
  assert.is(readKey(`command="a \\" b",no-pty ${key}`)?.options, 'command="a \\" b",no-pty')
  assert.is(readKey(`# ${key}`), undefined)
  assert.is(readKey(`ssh-rsa ${blob('a')}`), undefined, 'the blob is of another type')
})

test('an up-to-date file is ok; without the user it is unknown', async () => {
  const well = await rehearse(authorizedKey({ user: 'anna', key }), {
    patterns: [[anyAs('anna'), `anna 700\n600\n${key}\n`]],
  })
  assert.is(well.outcome, 'ok')
  const noUser = await rehearse(authorizedKey({ user: 'anna', key }), {
    patterns: [[anyAs('anna'), { code: 9 }]],
  })
  assert.is(noUser.predicted, 'unknown')
  assert.match(String(noUser.error), /the user anna does not exist/)
})

test('an invalid key or user is refused', () => {
  assert.throws(() => authorizedKey({ key: 'ssh-ed25519 AAAA' }), /a complete public key on one line/)
  assert.throws(() => authorizedKey({ key: `${key}\nssh-ed25519 AAAA` }), /a complete public key on one line/)
  assert.throws(() => authorizedKey({ key: '# none\n' }), /a complete public key on one line/)
  assert.throws(() => authorizedKey({ user: 'a;b', key }), /must be a user name/)
  assert.throws(() => authorizedKey({ key, options: 'no-pty b' }), /blanks in double quotes/)
  assert.throws(() => authorizedKey({ key, exclusive: true, state: 'absent' }), /exclusive/)
})

test('options that sshd does not accept are refused, wherever they are', () => {
  const broken = 'no-pty,comand="/bin/true"'
  const said = /not have the key option comand \(did you mean command\?\)/
  assert.throws(() => authorizedKey({ key, options: broken }), said)
  assert.throws(() => authorizedKey({ key: `${broken} ${key}` }), said)
  assert.throws(
    () => withKey(`${broken} ${key}\n`, given()),
    /sshd refuses the key of anna as it is in the file: .*comand/,
  )
  assert.is(withKey(`${broken} ${key}\n`, given({ options: 'no-pty' })), `no-pty ${key}\n`)
  assert.is(withKey(`${broken} ${key}\n`, given({ state: 'absent' })), '')
  assert.is(withKey(`no-pty ${key}\n`, given({ options: '' })), `${key}\n`)
})

test('a line with the same meaning keeps its blanks, and CRLF stays', () => {
  const text = `restrict  ssh-ed25519\t${blob('a')}   anna@home \r\n# c\r\n`
  assert.is(withKey(text, given()), text)
  assert.is(withKey(`# c\r\n${other}\r\n`, given()), `# c\r\n${other}\r\n${key}\r\n`)
})

test('user names of directory services', () => {
  for (const user of ['first.last@corp.example', '1user', 'web-1', 'pc$'])
    assert.is(authorizedKey({ user, key }).name, 'authorized-key', user)
  for (const user of ['1000', '-x', 'a b', '~x', '', '.x'])
    assert.throws(() => authorizedKey({ user, key }), /must be a user name/, user)
})
