import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rehearseRole } from 'coxswain/testing'
import { params, users } from './index.ts'
import { lockoutOf } from './lockout.ts'

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcnwK0bVeZmLTTpyAAw3K1Zr9kbY/vvS1pgpkdqfdqY'
const other = key.replace('BcnwK', 'AcnwK')

test('the login of the playbook stays', () => {
  const why = (more: object, keys = [`${key} ada@example`], hasRights = false) =>
    lockoutOf(params.parse(more), { user: 'ada', keys, hasRights })
  assert.equal(why({ removed: ['carl'] }), undefined)
  assert.match(String(why({ removed: ['ada'] })), /would be removed/)
  assert.match(String(why({ removed: ['root'] })), /^root would be removed/)
  const ada = { name: 'ada' }
  assert.equal(why({ users: [{ ...ada, keys: [other] }] }), undefined)
  assert.equal(why({ users: [{ ...ada, keys: [`restrict ${key}`], exclusiveKeys: true }] }), undefined)
  assert.match(
    String(why({ users: [{ ...ada, keys: [other], exclusiveKeys: true }] })),
    /all of its present keys/,
  )
  assert.match(String(why({ users: [{ ...ada, removedKeys: [key] }] })), /all of its present keys/)
  assert.match(String(why({ users: [{ ...ada, shell: '/usr/sbin/nologin' }] })), /nologin/)
  assert.equal(why({ removed: ['ada'], allowLockout: true }), undefined)
  assert.match(String(why({ users: [ada] }, [], true)), /would lose its rights with sudo/)
  assert.equal(why({ users: [{ ...ada, sudo: {} }] }, [], true), undefined)
})

test('a removal of the acting user is refused before anything is changed', async () => {
  const { host } = await rehearseRole(users({ removed: ['deploy'] }), {
    host: {
      files: {
        '/etc/os-release': 'ID=debian\n',
        '/etc/passwd': 'deploy:x:1000:1000::/home/deploy:/bin/sh\n',
      },
      patterns: [
        [/id -un/, 'deploy\n'],
        [/ls \/etc\/sudoers/, ''],
      ],
    },
  })
  assert.match(String(host.error), /deploy, as whom the playbook logs in, would be removed/)
  assert.deepEqual(host.commands.apply, [])
})

test('rights that others have given a user, such as the image of a machine, stay', async () => {
  const { host } = await rehearseRole(users({ users: [{ name: 'vagrant' }], removed: ['carl'] }), {
    host: {
      files: {
        '/etc/os-release': 'ID=debian\n',
        '/etc/passwd': 'vagrant:x:1000:1000::/home/vagrant:/bin/bash\n',
        '/etc/sudoers.d/vagrant': 'vagrant ALL=(ALL) NOPASSWD: ALL\n',
        '/etc/sudoers.d/user-carl': 'carl ALL=(ALL) ALL\n',
      },
      patterns: [
        [/id -un/, 'vagrant\n'],
        [/ls \/etc\/sudoers/, 'user-carl\nvagrant\n'],
        [/./, ''],
      ],
    },
  })
  assert.ok(host.files.has('/etc/sudoers.d/vagrant'))
  assert.ok(!host.files.has('/etc/sudoers.d/user-carl'))
})

test('parameters that do not go together are refused', () => {
  assert.throws(() => users({ users: [{ name: 'a' }], removed: ['a'] }), /removed/)
  assert.throws(() => users({ users: [{ name: 'a' }, { name: 'a' }] }), /same name/)
  assert.throws(() => users({ users: [{ name: 'a', keys: ['no key'] }] }), /keys/)
  assert.throws(() => users({ users: [{ name: '-a' }] }), /name/)
})
