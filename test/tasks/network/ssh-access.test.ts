import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sshAccess } from '../../../tasks/network/ssh-access.ts'
import { anyAs, sent, sentAs } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-access')

const accounts = 'tasks/system/accounts'
/** The folder belongs to its user. */
const owner = { [sent(`${accounts}/ssh-owner.sh`, 'root')]: '' }
const read = (name: string): string => sentAs('root', `${accounts}/ssh-read.sh`, name)
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The state of a file in ~/.ssh: owner and mode of the folder, mode and text of the file. */
const shown = (text: string | undefined): string =>
  text === undefined ? 'root 700\n\n' : `root 700\n600\n${text}`

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
