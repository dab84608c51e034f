import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { passwordField, shadowDay, withFields } from '../../../tasks/system/accounts/account-files.ts'
import { user } from '../../../tasks/system/user.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('user')

const passwd = 'root:x:0:0:root:/root:/bin/sh\n'
const line = 'anna:x:1000:1000::/home/anna:/bin/sh\n'
const groups = 'root:x:0:\nanna:x:1000:\nwheel:x:10:anna\nteam:x:20:\n'

const world = (given: Partial<World>): World => ({
  files: { '/etc/passwd': passwd + line, '/etc/group': groups },
  ...given,
})

test('a user is created, and its groups are set', async () => {
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

test('an up-to-date user is ok', async () => {
  const run = await rehearse(
    user({ name: 'anna', group: 'anna', groups: ['wheel'], exact: true, shell: '/bin/sh' }),
    world({}),
  )
  assert.is(run.outcome, 'ok')
  assert.equal(run.commands.apply, [])
})

test('busybox: differences are edited, the other lines stay', async () => {
  const run = await rehearse(
    user({ name: 'anna', shell: '/bin/ash' }),
    world({
      replies: { 'command -v useradd': { code: 127 } },
      patterns: [
        [
          sentPattern('tasks/system/user-tools/edit-account-file.sh', '/etc/passwd .*'),
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

test('a hash is passed on standard input and never shown', async () => {
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

test('the new password field', () => {
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

test('invalid values are refused', () => {
  assert.throws(() => user({ name: 'an na' }), /must be a user name/)
  assert.throws(() => user({ name: '-r' }), /must be a user name/)
  assert.throws(() => user({ name: 'anna', password: 'plain' }), /must be a hash/)
  assert.throws(() => user({ name: 'anna', comment: 'a:b' }), /not contain a colon/)
  assert.throws(() => user({ name: 'anna', expires: 'soon' }), /expires/)
})

test('an ID that is taken, and missing groups, are reported before anything is done', async () => {
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
    assert.equal([run.predicted, run.commands.apply], ['failed', []])
  }
})

test('a group of a directory service counts, and so does that of a new user itself', async () => {
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
  assert.equal([run.predicted, run.outcome], ['would change', 'changed'], String(run.error))
})

/** A host with shadow's tools and a line of /etc/shadow, which chage and chpasswd change to another one. */
const shadowWorld = (before: string, after: string): World => {
  const change: Reply = (_, files) => {
    files.set('/etc/shadow', { content: after })
    return ''
  }
  return {
    files: { '/etc/passwd': passwd + line, '/etc/group': groups, '/etc/shadow': before },
    replies: { 'command -v useradd': '/usr/sbin/useradd\n' },
    patterns: [[/^(chage|chpasswd) /, change]],
  }
}

test('a password that a user has changed stays with on-create; one without a password gets it', async () => {
  const task = user({ name: 'anna', password: '$6$salt$hash', updatePassword: 'on-create' })
  for (const field of ['$6$other$theirs', '!$6$other$theirs'])
    assert.is((await rehearse(task, shadowWorld(`anna:${field}:1::::::\n`, ''))).outcome, 'ok', field)
  for (const field of ['!', '*', '']) {
    const run = await rehearse(task, shadowWorld(`anna:${field}:1::::::\n`, 'anna:$6$salt$hash:1::::::\n'))
    assert.equal(run.commands.apply, ['chpasswd -e'], `${field} ${String(run.error)}`)
  }
})

test('the age of passwords: only what differs is changed, and never takes a limit away', async () => {
  const task = user({ name: 'anna', passwordMinDays: 7, passwordMaxDays: '60', passwordWarnDays: 'never' })
  const run = await rehearse(task, shadowWorld('anna:!:1:7:99999:14:::\n', 'anna:!:1:7:60::::\n'))
  assert.equal(run.commands.apply, ['chage -M 60 -W -1 anna'], String(run.error))
  assert.equal(run.changes, [
    { what: 'most days of a password of anna', from: '99999', to: '60' },
    { what: 'days of warning of anna', from: '14', to: 'none' },
  ])
  const none = user({ name: 'anna', passwordMinDays: 'never', passwordMaxDays: 'never' })
  for (const fields of ['0:99999:7', '::7'])
    assert.is((await rehearse(none, shadowWorld(`anna:!:1:${fields}:::\n`, ''))).outcome, 'ok', fields)
  assert.throws(() => user({ name: 'anna', passwordMaxDays: -2 }), /passwordMaxDays/)
  // 0 days would make every login change the password
  for (const nothing of ['', ' ', null, []])
    assert.throws(() => user.from({ name: 'anna', passwordMaxDays: nothing }), JSON.stringify(nothing))
})

test('busybox: the age of a password is edited in /etc/shadow', async () => {
  const run = await rehearse(user({ name: 'anna', passwordMaxDays: 60, expires: 'never' }), {
    files: { '/etc/passwd': passwd + line, '/etc/group': groups, '/etc/shadow': 'anna:!:1:0:99999:7:::\n' },
    replies: { 'command -v useradd': { code: 127 } },
    patterns: [
      [
        sentPattern('tasks/system/user-tools/edit-account-file.sh', '/etc/shadow .*'),
        ({ stdin }, files) => {
          files.set('/etc/shadow', { content: stdin })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/shadow')?.content, 'anna:!:1:0:60:7:::\n')
})
