import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sshAccess, sshKey } from '../../../tasks/network/ssh-access.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-access')

const folder: readonly [RegExp, string] = [/^eval d='?~root\/\.ssh'?; /, '']
const nobody: readonly [RegExp, { code: number }] = [/^id -u ghost/, { code: 9 }]

/** What is read of a file in ~/.ssh: the folder's owner and mode, the file's mode, its text. */
const shown = (text: string | undefined): string =>
  text === undefined ? 'root 700\n\n' : `root 700\n600\n${text}`

test('a pair is made on the host, as its user', async () => {
  let made = false
  const run = await rehearse(sshKey({}), {
    patterns: [
      folder,
      [/^id -u root.*ssh-keygen -q -t ed25519 -N .*root@host/, () => ((made = true), '')],
      [/^id -u root.*stat -L -c %a/, () => (made ? '600\nthere\n' : '\n')],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(run.commands.apply.join('\n'), /su -s \/bin\/sh root -c .*chmod 0600.*chmod 0644/)
})

test('half of a pair is made whole with the key that there is', async () => {
  let made = false
  const run = await rehearse(sshKey({}), {
    patterns: [
      folder,
      [/^id -u root.*ssh-keygen -y/, () => ((made = true), '')],
      [/^id -u root.*stat -L -c %a/, () => (made ? '600\nthere\n' : '644\n')],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.match(run.commands.apply.join('\n'), 'ssh-keygen -q')
})

test('the key is let in, and real host keys are made known', async () => {
  let known = ''
  let authorized = 'ssh-rsa OTHER me'
  const run = await rehearse(sshAccess({ from: 'm1' }), {
    files: { '/etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 HOSTKEY root@host\n' },
    patterns: [
      folder,
      [/^id -u root.*mv -f .*authorized_keys/, ({ stdin }) => ((authorized = stdin), '')],
      [/^id -u root.*authorized_keys/, () => shown(authorized)],
    ],
    others: {
      m1: {
        patterns: [
          folder,
          [/^id -u root.*id_ed25519\.pub/, () => shown('ssh-ed25519 AAAA root@m1\n')],
          [/^id -u root.*cat >>.*/, ({ stdin }) => ((known += stdin), '')],
          [/^id -u root.*known_hosts/, () => shown(known)],
        ],
      },
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(authorized, 'ssh-rsa OTHER me\nssh-ed25519 AAAA root@m1\n')
  assert.is(known, '192.0.2.1 ssh-ed25519 HOSTKEY\n')
})

test('without a key there, it says what makes one', async () => {
  const run = await rehearse(sshAccess({ from: 'm1' }), {
    patterns: [[/^id -u root/, shown(undefined)]],
    others: { m1: { patterns: [[/^id -u root/, shown(undefined)]] } },
  })
  assert.match(String(run.error), 'root has no key on m1')
})

test('a user that is not there yet is unknown beforehand, and an error then', async () => {
  const run = await rehearse(sshKey({ user: 'ghost' }), { patterns: [nobody] })
  assert.is(run.foretold, 'unknown')
  assert.match(String(run.error), 'the user ghost does not exist on')
})
