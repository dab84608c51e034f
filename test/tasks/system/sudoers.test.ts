import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sudoers, sudoersText } from '../../../tasks/system/sudoers.ts'
import { suite } from '../../support/spec.ts'

const test = suite('sudoers')

const path = '/etc/sudoers.d/deploy'
const there = { 'command -v visudo': '/usr/sbin/visudo\n' }

test('the rule is validated, then written for root only', async () => {
  let validated = ''
  const run = await rehearse(
    sudoers({
      name: 'deploy',
      users: '%ops',
      commands: ['/bin/a b,c', '/bin/d'],
      runAs: 'app',
      password: false,
    }),
    {
      replies: {
        ...there,
        'visudo -cf -': ({ stdin }) => {
          validated = stdin
          return 'stdin: parsed OK\n'
        },
      },
    },
  )
  const text = '%ops ALL=(app) NOPASSWD: /bin/a b\\,c, /bin/d\n'
  assert.is(validated, text)
  assert.equal(run.files.get(path), {
    type: 'file',
    content: text,
    mode: '0440',
    owner: 'root',
    group: 'root',
  })
})

test('a rule that sudo would refuse is never written', async () => {
  const run = await rehearse(sudoers({ name: 'deploy', users: 'anna' }), {
    replies: { ...there, 'visudo -cf -': { code: 1, stderr: 'stdin:1: syntax error' } },
  })
  assert.match(String(run.error), /sudo would refuse this rule/)
  assert.is(run.predicted, 'failed')
  assert.is(run.files.has(path), false)
})

test('an up-to-date rule is ok; another mode is drift', async () => {
  const content = 'anna ALL=(ALL) ALL\n'
  const task = sudoers({ name: 'deploy', users: 'anna' })
  const files = (mode: string) => ({ [path]: { content, mode } })
  assert.is((await rehearse(task, { files: files('0440'), replies: there })).outcome, 'ok')
  const run = await rehearse(task, { files: files('0644'), replies: { ...there, 'visudo -cf -': '' } })
  assert.equal(run.changes, [{ what: `mode of ${path}`, from: '0644', to: '0440' }])
})

test('without sudo it is unknown; removing a rule does not need sudo', async () => {
  const none = { 'command -v visudo': { code: 127 } }
  const run = await rehearse(sudoers({ name: 'deploy', users: 'anna' }), { replies: none })
  assert.is(run.predicted, 'unknown')
  const gone = await rehearse(sudoers({ name: 'deploy', state: 'absent' }), {
    files: { [path]: 'x' },
    replies: none,
  })
  assert.is(gone.files.has(path), false)
})

test('characters with a meaning for sudo are escaped', () => {
  const textOf = (given: object): string => {
    const { params } = sudoers.from({ name: 'a', users: 'bob', ...given })
    return sudoersText(params as Parameters<typeof sudoersText>[0])
  }
  assert.is(
    textOf({ commands: ['/usr/bin/tee #log', '/usr/bin/pkill -f x#y', '/usr/bin/id a=b'] }),
    'bob ALL=(ALL) /usr/bin/tee \\#log, /usr/bin/pkill -f x\\#y, /usr/bin/id a\\=b\n',
  )
  assert.is(textOf({ users: ['CORP\\ann', '#1000', '%#50'] }), 'CORP\\\\ann, #1000, %#50 ALL=(ALL) ALL\n')
  for (const user of ['#include', '#x', '@include', 'Defaults', 'Defaults@host', 'User_Alias'])
    assert.throws(() => sudoers({ name: 'a', users: user }), /a user, %group/)
  for (const command of ['/bin/cat ^.*$', '/bin/cat ^/etc'])
    assert.throws(() => sudoers({ name: 'a', users: 'bob', commands: command }), /regular expression/)
})

test('invalid values are refused', () => {
  for (const name of ['a.b', 'a~', '../a', ''])
    assert.throws(() => sudoers({ name, users: 'anna' }), /sudo ignores names/)
  for (const command of ['systemctl', '/bin/sh *', '!/bin/sh', '/bin/a\nanna ALL=ALL', '/bin/a\\'])
    assert.throws(() => sudoers({ name: 'a', users: 'anna', commands: [command] }), /absolute path/)
  assert.throws(() => sudoers({ name: 'a', users: ['a b'] }), /a user, %group/)
  assert.throws(() => sudoers({ name: 'a' }), /at least one user/)
})
