import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { knownHost } from '../../../tasks/system/known-host.ts'
import { sent, sentAs } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('known-host')

const key = (tail: string) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA${tail.padEnd(42, 'A')}`
const file = '/etc/ssh/ssh_known_hosts'
// from `ssh-keygen -H`
const hashed = '|1|i7tq3ZsKFZfor+pwIIaNhZJFKLs=|D2/OzUZyIMcaaX+Y/S/tBCQOEPo='

test('a host is added, with its port if that is not 22', async () => {
  const run = await rehearse(knownHost({ host: 'Git.example', port: 2222, key: key('a') }), {
    files: { [file]: `other ${key('b')}\n` },
  })
  assert.is(run.files.get(file)?.content, `other ${key('b')}\n[git.example]:2222 ${key('a')}\n`)
  assert.equal(run.changes, [{ what: 'key of [git.example]:2222', from: undefined, to: key('a') }])
})

test('a new key replaces the old one; the names beside it and other types stay', async () => {
  const run = await rehearse(knownHost({ host: 'git', key: key('a') }), {
    files: { [file]: `git,10.0.0.1 ${key('b')} old\ngit ssh-rsa AAAA\n@revoked git ${key('c')}\n` },
  })
  assert.is(
    run.files.get(file)?.content,
    `10.0.0.1 ${key('b')} old\ngit ssh-rsa AAAA\n@revoked git ${key('c')}\ngit ${key('a')}\n`,
  )
})

test('a key that is revoked for the host is refused: ssh would not accept it', async () => {
  for (const names of ['git', '*', 'a,git']) {
    const text = `git ${key('a')}\n@revoked ${names} ${key('a')}\n`
    const run = await rehearse(knownHost({ host: 'git', key: key('a') }), { files: { [file]: text } })
    assert.match(String(run.error), 'the key of git is revoked in line 2')
    assert.is(run.files.get(file)?.content, text)
  }
})

test('a hashed entry is found, and removed', async () => {
  const files = { [file]: `${hashed} ${key('a')}\n` }
  assert.is((await rehearse(knownHost({ host: '192.168.1.61', key: key('a') }), { files })).outcome, 'ok')
  const run = await rehearse(knownHost({ host: '192.168.1.61', state: 'absent' }), { files })
  assert.is(run.files.get(file)?.content, '')
})

test('a name is hashed on request', async () => {
  const run = await rehearse(knownHost({ host: 'git', key: key('a'), hash: true }), {})
  assert.match(String(run.files.get(file)?.content), /^\|1\|\S{28}\|\S{28} ssh-ed25519 AAAA/)
})

test('invalid parameters are refused', () => {
  assert.throws(() => knownHost({ host: 'a b', key: key('a') }), /a host name or an address/)
  assert.throws(() => knownHost({ host: 'a' }), /key is required/)
  assert.throws(() => knownHost({ host: 'a', key: `restrict ${key('a')}` }), /must be a public key/)
})

test('a new key replaces the old one in place; nothing else on the line changes', async () => {
  const run = await rehearse(knownHost({ host: 'git', key: key('a') }), {
    files: { [file]: `GIT  ${key('b')}  note\r\nother ${key('b')}\r\n` },
  })
  assert.is(run.files.get(file)?.content, `GIT  ${key('a')}  note\r\nother ${key('b')}\r\n`)
})

test("a user's new key is appended, so that lines that ssh adds at the same time are not lost; a changed one is replaced", async () => {
  const accounts = 'tasks/system/accounts'
  const append = sentAs('anna', `${accounts}/ssh-append.sh`, 'known_hosts')
  const changed = `git ${key('b')}\n`
  const size = changed.length
  const sum = createHash('sha256').update(changed).digest('hex')
  const edit = sentAs('anna', `${accounts}/ssh-edit.sh`, 'known_hosts', '0600', size, size, sum)
  for (const [before, command] of [
    [`other ${key('b')}\n`, append],
    [`other ${key('b')}`, append],
    [changed, edit],
  ] as const) {
    const run = await rehearse(knownHost({ host: 'git', key: key('a'), user: 'anna' }), {
      replies: {
        [command]: '',
        [sentAs('anna', `${accounts}/ssh-read.sh`, 'known_hosts')]: `anna 700\n600\n${before}`,
        [sent(`${accounts}/ssh-owner.sh`, 'anna')]: '',
      },
    })
    assert.equal(run.commands.apply, [command])
  }
})
