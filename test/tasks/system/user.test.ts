import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { passwordField, shadowDay, withFields } from '../../../tasks/system/accounts/account-files.ts'
import { user } from '../../../tasks/system/user.ts'
import { suite } from '../../support/spec.ts'

const test = suite('user')

const passwd = 'root:x:0:0:root:/root:/bin/sh\n'
const line = 'anna:x:1000:1000::/home/anna:/bin/sh\n'
const groups = 'root:x:0:\nanna:x:1000:\nwheel:x:10:anna\nteam:x:20:\n'

const world = (given: Partial<World>): World => ({
  files: { '/etc/passwd': passwd + line, '/etc/group': groups },
  ...given,
})

test('a user is made, and its groups are set', async () => {
  const run = await rehearse(user({ name: 'anna', uid: 1000, groups: 'wheel' }), {
    files: { '/etc/passwd': passwd, '/etc/group': 'wheel:x:10:\n' },
    replies: {
      'command -v useradd': '/usr/sbin/useradd\n',
      'useradd -m -u 1000 anna': (_, files) => {
        files.set('/etc/passwd', { content: passwd + line })
        return ''
      },
      'usermod -G wheel anna': (_, files) => {
        files.set('/etc/group', { content: groups })
        return ''
      },
    },
  })
  assert.equal(run.commands.apply, ['useradd -m -u 1000 anna', 'usermod -G wheel anna'])
  assert.equal(run.changes, [{ what: 'user anna', to: 'uid 1000' }])
})

test('where all is well nothing is done', async () => {
  const run = await rehearse(
    user({ name: 'anna', group: 'anna', groups: ['wheel'], exact: true, shell: '/bin/sh' }),
    world({}),
  )
  assert.is(run.outcome, 'ok')
  assert.equal(run.commands.apply, [])
})

test('busybox: what differs is edited, the other lines stay', async () => {
  const run = await rehearse(
    user({ name: 'anna', shell: '/bin/ash' }),
    world({
      replies: { 'command -v useradd': { code: 127 } },
      patterns: [
        [
          /^p=\/etc\/passwd; n=\$p\+;.* mv -f "\$n" "\$p"/,
          ({ stdin }, files) => {
            files.set('/etc/passwd', { content: stdin })
            return ''
          },
        ],
      ],
    }),
  )
  assert.is(run.files.get('/etc/passwd')?.content, passwd + line.replace('/bin/sh', '/bin/ash'))
  assert.is(run.commands.apply.length, 1)
})

test('a hash travels on standard input and is shown nowhere', async () => {
  let stdin = ''
  const run = await rehearse(user({ name: 'anna', password: '$6$salt$hash' }), {
    files: { '/etc/passwd': passwd + line, '/etc/group': groups, '/etc/shadow': 'anna:!:1::::::\n' },
    replies: {
      'command -v useradd': '/usr/sbin/useradd\n',
      'chpasswd -e': (request, files) => {
        stdin = request.stdin
        files.set('/etc/shadow', { content: 'anna:$6$salt$hash:1::::::\n' })
        return ''
      },
    },
  })
  assert.is(stdin, 'anna:$6$salt$hash\n')
  assert.equal(run.commands.apply, ['chpasswd -e'])
  assert.not.match(JSON.stringify(run.changes), /salt/)
})

test('what the password field becomes', () => {
  const none = { hash: undefined, locked: undefined }
  assert.is(passwordField('!', none), '!')
  assert.is(passwordField('!', { ...none, hash: 'h' }), 'h')
  assert.is(passwordField('!old', { ...none, hash: 'h' }), '!h')
  assert.is(passwordField('old', { ...none, locked: true }), '!old')
  assert.is(passwordField('!!', { ...none, locked: true }), '!!')
  assert.is(passwordField('!', { ...none, locked: false }), '*')
  assert.is(passwordField('', { ...none, locked: false }), '*')
  assert.is(passwordField('!old', { ...none, locked: false }), 'old')
})

test('days and fields', () => {
  assert.is(shadowDay('1970-01-02'), '1')
  assert.is(shadowDay('never'), '')
  assert.is(withFields('ab:1\na:1\n', 'a', { 1: '2' }), 'ab:1\na:2\n')
})

test('what cannot be is refused', () => {
  assert.throws(() => user({ name: 'an na' }), /a user name is needed/)
  assert.throws(() => user({ name: '-r' }), /a user name is needed/)
  assert.throws(() => user({ name: 'anna', password: 'plain' }), /a hash is needed/)
  assert.throws(() => user({ name: 'anna', comment: 'a:b' }), /neither colon/)
  assert.throws(() => user({ name: 'anna', expires: 'soon' }), /expires/)
})

test('an id that is taken, and groups that are not there, are said before anything is done', async () => {
  const files = {
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nben:x:1001:1001::/:/bin/sh\n',
    '/etc/group': 'ben:x:1001:\n',
  }
  const host: World = {
    files,
    patterns: [
      [/^getent group staff/, { code: 2 }],
      [/^command -v useradd/, ''],
    ],
  }
  for (const [given, message] of [
    [{ uid: 1001 }, 'uid 1001 belongs to the user ben'],
    [{ group: 'staff' }, 'the group staff does not exist'],
    [{ groups: 'ben,staff' }, 'the group staff does not exist'],
  ] as const) {
    const run = await rehearse(user({ name: 'anna', ...given }), host)
    assert.match(String(run.error), message)
    assert.equal([run.foretold, run.commands.apply], ['failed', []])
  }
})

test('a group of a directory is one, and so is that of a new user itself', async () => {
  const host: World = {
    files: { '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n', '/etc/group': 'root:x:0:\n' },
    patterns: [
      [/^getent group corp/, 'corp:*:70001:\n'],
      [/^command -v useradd/, ''],
      [
        /^useradd/,
        (_, files) => {
          files.set('/etc/passwd', { content: 'anna:x:1000:1000::/home/anna:/bin/sh\n' })
          files.set('/etc/group', { content: 'anna:x:1000:\ncorp:x:70001:anna\n' })
          return ''
        },
      ],
    ],
  }
  const run = await rehearse(user({ name: 'anna', groups: ['anna', 'corp'] }), host)
  assert.equal([run.foretold, run.outcome], ['would change', 'changed'], String(run.error))
})
