import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { hostsEntry, withEntry } from '../../../tasks/network/hosts-entry.ts'
import { loadBalancer } from '../../../tasks/network/load-balancer.ts'
import { sshAccess, sshKey } from '../../../tasks/network/ssh-access.ts'
import { waitFor } from '../../../tasks/network/wait-for.ts'
import { suite } from '../../support/spec.ts'

const test = suite('network tasks')

const balancer = loadBalancer({
  backends: [
    { name: 'm1', address: '10.0.0.1' },
    { name: 'm2', address: '10.0.0.2', port: 7443 },
  ],
  port: 8443,
})

test('load-balancer: every master is a backend that is asked for its health', async () => {
  const run = await rehearse(balancer, {
    replies: { 'haproxy -c -f /etc/haproxy/haproxy.cfg.next': 'Configuration file is valid' },
    patterns: [
      [
        /^trap '' HUP INT TERM; mv -f -- (\S+) (\S+) && systemctl try-reload-or-restart haproxy$/,
        (_, files) => {
          files.set('/etc/haproxy/haproxy.cfg', files.get('/etc/haproxy/haproxy.cfg.next') ?? { content: '' })
          files.delete('/etc/haproxy/haproxy.cfg.next')
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  const text = String(run.files.get('/etc/haproxy/haproxy.cfg')?.content)
  assert.match(text, 'bind *:8443')
  assert.match(
    text,
    '    server m1 10.0.0.1:6443 check verify none\n    server m2 10.0.0.2:7443 check verify none\n',
  )
  assert.match(text, 'http-check send meth GET uri /healthz')
})

test('load-balancer: what haproxy refuses does not replace what it runs with', async () => {
  const run = await rehearse(balancer, {
    files: { '/etc/haproxy/haproxy.cfg': 'good' },
    replies: { 'haproxy -c -f /etc/haproxy/haproxy.cfg.next': { code: 1, stderr: 'unknown keyword' } },
  })
  assert.match(String(run.error), 'haproxy refuses the configuration')
  assert.equal([...run.files], [['/etc/haproxy/haproxy.cfg', { content: 'good' }]])
})

test('hosts-entry: a name means one address', () => {
  const entry = { address: '10.0.0.10', names: ['api', 'api.example'] }
  assert.is(withEntry('127.0.0.1 localhost\n', entry), '127.0.0.1 localhost\n10.0.0.10 api api.example\n')
  assert.is(
    withEntry('1.1.1.1 api other # old\n2.2.2.2 api.example\n', entry),
    '1.1.1.1 other\n10.0.0.10 api api.example\n',
  )
})

test('hosts-entry: written once, and addresses are addresses', async () => {
  const run = await rehearse(hostsEntry({ address: '10.0.0.10', names: 'api' }), {
    files: { '/etc/hosts': '127.0.0.1 localhost\n' },
  })
  assert.is(run.outcome, 'changed')
  assert.is(
    (
      await rehearse(hostsEntry({ address: '10.0.0.10', names: 'api' }), {
        files: { '/etc/hosts': '10.0.0.10 api\n' },
      })
    ).outcome,
    'ok',
  )
  assert.throws(() => hostsEntry({ address: 'nowhere', names: 'api' }), /an IP address is needed/)
})

const account: readonly [RegExp, string] = [/^getent passwd root/, 'root:x:0:0::/root:/bin/sh\nroot\n']

test('ssh-key: a pair is made on the host, for the user alone', async () => {
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

test('ssh-access: the key is let in, and real host keys are made known', async () => {
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

test('ssh-access: without a key there, it says what makes one', async () => {
  const run = await rehearse(sshAccess({ from: 'm1' }), {
    patterns: [account],
    others: { m1: { patterns: [account] } },
  })
  assert.match(String(run.error), 'root has no key on m1')
})

test('wait-for: port, path, url and command', async () => {
  const open = await rehearse(waitFor({ port: 6443, host: 'lb' }), { patterns: [[/nc -z -w 3 lb 6443/, '']] })
  assert.is(open.outcome, 'ok')
  assert.is((await rehearse(waitFor({ path: '/run/x' }), { files: { '/run/x': '' } })).outcome, 'ok')
  assert.is(
    (
      await rehearse(waitFor({ url: 'https://lb/healthz' }), {
        patterns: [[/curl -skf .* https:\/\/lb\/healthz/, '']],
      })
    ).outcome,
    'ok',
  )
  const never = await rehearse(waitFor({ command: 'false', timeout: 0.01, every: 0.001 }), {
    replies: { 'sh -c false': { code: 1 } },
  })
  assert.match(String(never.error), 'false is not there yet')
  assert.is(never.foretold, 'unknown')
})

test('wait-for: just one thing', () => {
  assert.throws(() => waitFor({}), /just one of port, path, url and command/)
  assert.throws(() => waitFor({ port: 1, path: '/x' }), /just one of/)
})
