import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sshAccess, sshKey } from '../../../tasks/network/ssh-access.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-access')

const account: readonly [RegExp, string] = [/^getent passwd root/, 'root:x:0:0::/root:/bin/sh\nroot\n']

test('a pair is made on the host, for the user alone', async () => {
  const run = await rehearse(sshKey({}), {
    patterns: [
      account,
      [
        /^ssh-keygen -q -t ed25519/,
        (_, files) => {
          files.set('/root/.ssh/id_ed25519', { content: 'private' })
          files.set('/root/.ssh/id_ed25519.pub', { content: 'ssh-ed25519 AAAA root@host' })
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/root/.ssh/id_ed25519')?.mode, '0600')
  assert.is(run.files.get('/root/.ssh')?.mode, '0700')
})

test('the key is let in, and real host keys are made known', async () => {
  let known = ''
  const run = await rehearse(sshAccess({ from: 'm1' }), {
    files: {
      '/etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 HOSTKEY root@host\n',
      '/root/.ssh/authorized_keys': 'ssh-rsa OTHER me',
    },
    patterns: [account],
    others: {
      m1: {
        files: { '/root/.ssh/id_ed25519.pub': 'ssh-ed25519 AAAA root@m1\n' },
        patterns: [
          account,
          [
            /^cat >>\/root\/.ssh\/known_hosts/,
            ({ stdin }, files) => {
              known += stdin
              files.set('/root/.ssh/known_hosts', { content: known })
              return ''
            },
          ],
        ],
      },
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(
    run.files.get('/root/.ssh/authorized_keys')?.content,
    'ssh-rsa OTHER me\nssh-ed25519 AAAA root@m1\n',
  )
  assert.is(known, '192.0.2.1 ssh-ed25519 HOSTKEY\n')
})

test('without a key there, it says what makes one', async () => {
  const run = await rehearse(sshAccess({ from: 'm1' }), {
    patterns: [account],
    others: { m1: { patterns: [account] } },
  })
  assert.match(String(run.error), 'root has no key on m1')
})
