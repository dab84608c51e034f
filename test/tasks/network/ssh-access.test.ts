import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sshAccess, sshKey } from '../../../tasks/network/ssh-access.ts'
import { anyAs, sent, sentAs } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-access')

const accounts = 'tasks/system/accounts'
/** The folder belongs to its user. */
const owner = { [sent(`${accounts}/ssh-owner.sh`, 'root')]: '' }
const stat = (user: string): string => sentAs(user, `${accounts}/ssh-stat.sh`, 'id_ed25519', 'id_ed25519.pub')
const read = (name: string): string => sentAs('root', `${accounts}/ssh-read.sh`, name)
const keyProgram = (made: string): string => sentAs('root', 'tasks/network/ssh-key.sh', made, 'root@host')
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The state of a file in ~/.ssh: owner and mode of the folder, mode and text of the file. */
const shown = (text: string | undefined): string =>
  text === undefined ? 'root 700\n\n' : `root 700\n600\n${text}`

test('a key pair is created on the host, as its user', async () => {
  let made = false
  const run = await rehearse(sshKey({}), {
    replies: {
      ...owner,
      [keyProgram('pair')]: () => ((made = true), ''),
      [stat('root')]: () => (made ? '600\nthere\n' : '\n'),
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [keyProgram('pair')])
})

test('an incomplete key pair is completed from the private key', async () => {
  let made = false
  const run = await rehearse(sshKey({}), {
    replies: {
      ...owner,
      [keyProgram('public')]: () => ((made = true), ''),
      [stat('root')]: () => (made ? '600\nthere\n' : '644\n'),
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, [keyProgram('public')])
})

test('of a complete key pair, only the mode is corrected', async () => {
  let mode = '644'
  const run = await rehearse(sshKey({}), {
    replies: {
      ...owner,
      [keyProgram('nothing')]: () => ((mode = '600'), ''),
      [stat('root')]: () => `${mode}\nthere\n`,
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'mode of ~root/.ssh/id_ed25519', from: '0644', to: '0600' }])
})

test('the key is authorized, and real host keys are added to known_hosts', async () => {
  let known = ''
  let authorized = 'ssh-rsa OTHER me'
  const after = 'ssh-rsa OTHER me\nssh-ed25519 AAAA root@m1\n'
  const sizes = [after.length, authorized.length]
  const edit = sentAs(
    'root',
    `${accounts}/ssh-edit.sh`,
    'authorized_keys',
    '0600',
    ...sizes,
    digest(authorized),
  )
  const run = await rehearse(sshAccess({ from: 'm1' }), {
    files: { '/etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 HOSTKEY root@host\n' },
    replies: {
      ...owner,
      [read('authorized_keys')]: () => shown(authorized),
      [edit]: ({ stdin }) => ((authorized = stdin), ''),
    },
    others: {
      m1: {
        replies: {
          ...owner,
          [read('id_ed25519.pub')]: () => shown('ssh-ed25519 AAAA root@m1\n'),
          [sentAs('root', `${accounts}/ssh-append.sh`, 'known_hosts')]: ({ stdin }) => ((known += stdin), ''),
          [read('known_hosts')]: () => shown(known),
        },
      },
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(authorized, after)
  assert.is(known, '192.0.2.1 ssh-ed25519 HOSTKEY\n')
})

test('without a key, the error says how to create one', async () => {
  const run = await rehearse(sshAccess({ from: 'm1' }), {
    patterns: [[anyAs('root'), shown(undefined)]],
    others: { m1: { patterns: [[anyAs('root'), shown(undefined)]] } },
  })
  assert.match(String(run.error), 'root has no key on m1')
})

test('a user that does not exist yet is unknown in the check, and an error in the run', async () => {
  const run = await rehearse(sshKey({ user: 'ghost' }), { replies: { [stat('ghost')]: { code: 9 } } })
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'the user ghost does not exist on')
})
