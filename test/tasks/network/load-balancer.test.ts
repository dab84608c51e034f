import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as assert from 'uvu/assert'
import { CoxswainError, defineRole, z } from '../../../engine/index.ts'
import { rehearse, rehearseRole } from '../../../engine/testing.ts'
import type { Reply, World } from '../../../engine/testing.ts'
import { loadBalancer } from '../../../tasks/network/load-balancer.ts'
import { folderOf } from '../../support/folder.ts'
import { programPath } from '../../support/needs.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('load-balancer')
const folder = folderOf(test)

const balancer = loadBalancer({
  backends: [
    { name: 'm1', address: '10.0.0.1' },
    { name: 'm2', address: '10.0.0.2', port: 7443 },
  ],
  port: 8443,
})

test('every control-plane node is a backend with a health check', async () => {
  const run = await rehearse(balancer, {
    replies: { 'haproxy -c -f /etc/haproxy/haproxy.cfg.next': 'Configuration file is valid' },
    patterns: [
      [
        sentPattern('tasks/network/load-balancers/reload.sh', '(\\S+) (\\S+) haproxy'),
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
  assert.match(text, 'http-check send meth GET uri /readyz')
})

const applied: NonNullable<World['patterns']> = [
  [/^haproxy -c -f /, ''],
  [
    sentPattern('tasks/network/load-balancers/reload.sh', '(\\S+) (\\S+) haproxy'),
    (_, there) => {
      there.set('/etc/haproxy/haproxy.cfg', there.get('/etc/haproxy/haproxy.cfg.next') ?? { content: '' })
      there.delete('/etc/haproxy/haproxy.cfg.next')
      return ''
    },
  ],
]

test('--check predicts a change once, if two plays of a run have the same backends', async () => {
  const given = { backends: [{ name: 'm1', address: '10.0.0.1' }] }
  const other = { ...given, dest: '/etc/haproxy/other.cfg' }
  const twice = defineRole({
    name: 'twice',
    description: 'Writes the same configuration twice, and another one.',
    params: z.object({}),
    tasks: () => [loadBalancer(given), loadBalancer(given), loadBalancer(other)],
  })({})
  const moved: Reply = ({ script }, there) => {
    const dest = script.includes('other.cfg') ? other.dest : '/etc/haproxy/haproxy.cfg'
    there.set(dest, there.get(`${dest}.next`) ?? { content: '' })
    there.delete(`${dest}.next`)
    return ''
  }
  const { lb } = await rehearseRole(twice, {
    lb: {
      patterns: [
        [/^haproxy -c -f /, ''],
        [sentPattern('tasks/network/load-balancers/reload.sh', '(\\S+) (\\S+) haproxy'), moved],
      ],
    },
  })
  assert.equal(
    lb.tasks.map(({ predicted, outcome }) => [predicted, outcome]),
    [
      ['would change', 'changed'],
      ['ok', 'ok'],
      ['would change', 'changed'],
    ],
  )
})

const textFor = async (
  files: Record<string, string>,
  given: Parameters<typeof loadBalancer>[0],
): Promise<string> => {
  const run = await rehearse(loadBalancer(given), {
    files,
    patterns: applied,
  })
  assert.is(run.outcome, 'changed', String(run.error))
  return String(run.files.get('/etc/haproxy/haproxy.cfg')?.content)
}

test('it listens on both families where the host has both', async () => {
  const backends = [{ name: 'm1', address: 'FD00:0::11' }]
  const both = await textFor({ '/proc/net/if_inet6': 'x' }, { backends })
  assert.match(both, '    bind *:6443\n    bind [::]:6443 v6only\n')
  assert.match(both, '    server m1 [fd00::11]:6443 check')
  assert.not.match(await textFor({}, { backends }), '[::]')
  const one = await textFor({ '/proc/net/if_inet6': 'x' }, { backends, bind: 'fd00::10', port: 8443 })
  assert.match(one, '    bind [fd00::10]:8443\n    default_backend')
})

test('a backend comes back after two checks that succeed; certificates are verified with an authority', async () => {
  const backends = [{ name: 'm1', address: '10.0.0.1' }]
  assert.match(await textFor({}, { backends }), /fall 3 rise 2 /)
  const text = await textFor({}, { backends, probe: '/healthz', caFile: '/etc/haproxy/ca.crt' })
  assert.match(text, 'server m1 10.0.0.1:6443 check verify required ca-file /etc/haproxy/ca.crt')
  assert.match(text, 'uri /healthz\n')
})

const readyServers = sentPattern('tasks/network/load-balancers/ready-servers.sh')

for (const [title, answer, refused] of [
  ['the last one that is ready is not removed', 'https://10.0.0.9:6443/readyz\n', true],
  [
    'it is removed where another one is ready',
    'https://10.0.0.9:6443/readyz\nhttps://10.0.0.1:6443/readyz\n',
    false,
  ],
  ['it is removed where it is not ready itself', '', false],
  ['what cannot be asked is not refused', { code: 1 }, false],
] as const) {
  test(title, async () => {
    const before = await textFor({}, { backends: [{ name: 'm9', address: '10.0.0.9' }] })
    const run = await rehearse(balancer, {
      files: { '/etc/haproxy/haproxy.cfg': before },
      patterns: [[readyServers, answer], ...applied],
    })
    if (refused)
      assert.match(String(run.error), 'would lose its last API server that is ready, 10.0.0.9:6443')
    else assert.is(run.outcome, 'changed', String(run.error))
  })
}

test('servers that could not be asked within the time are not refused', async () => {
  const before = await textFor({}, { backends: [{ name: 'm9', address: '10.0.0.9' }] })
  const late = (): never => {
    throw new CoxswainError('command-timeout', 'stopped after 60 s')
  }
  const run = await rehearse(balancer, {
    files: { '/etc/haproxy/haproxy.cfg': before },
    patterns: [[readyServers, late], ...applied],
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

// A stand-in for curl that answers only when all servers have been asked: one after the other would never end.
test('the servers are asked at the same time', () => {
  const asked = folder.at('asked')
  const curl = folder.write(
    'together/curl',
    `#!/bin/sh
mkdir "${asked}/$$"
n=0
until [ "$(ls "${asked}" | wc -l)" = 12 ]; do
  n=$((n + 1)); [ $n -lt 600 ] || exit 1
  sleep 0.1
done
echo 200
`,
  )
  mkdirSync(asked)
  chmodSync(curl, 0o755)
  const urls = Array.from({ length: 12 }, (_, n) => `https://127.0.0.1:6443/readyz?${n}`)
  const { stdout } = spawnSync('sh', ['-c', sent('tasks/network/load-balancers/ready-servers.sh', ...urls)], {
    encoding: 'utf8',
    env: { PATH: `${dirname(curl)}:${process.env['PATH'] ?? ''}` },
    timeout: 60_000,
  })
  assert.equal(stdout.split('\n').filter(Boolean).toSorted(), urls.toSorted())
})

test('neither a proxy nor a configuration of curl takes part', () => {
  const curl = folder.write('bin/curl', '#!/bin/sh\necho "$@" >>"$SEEN"\necho 200\n')
  const seen = folder.write('seen', '')
  const text = sent('tasks/network/load-balancers/ready-servers.sh', 'https://[fd00::1]:6443/readyz')
  const env = { PATH: `${dirname(curl)}:${process.env['PATH'] ?? ''}`, SEEN: seen }
  const { stdout } = spawnSync('sh', ['-c', `chmod +x ${curl}; ${text}`], { encoding: 'utf8', env })
  assert.is(stdout, 'https://[fd00::1]:6443/readyz\n')
  const given = readFileSync(seen, 'utf8')
  assert.match(given, /^-q /)
  assert.match(given, / --noproxy \* /)
  assert.match(given, /-\w*g/)
})

const one = { name: 'm1', address: '10.0.0.1' }
const refusals: readonly (readonly [given: Parameters<typeof loadBalancer>[0], message: RegExp])[] = [
  [{ backends: [{ ...one, name: 'm1\nlisten other' }] }, /backends.*name/],
  [{ backends: [{ ...one, name: 'm 1' }] }, /backends.*name/],
  [{ backends: [one, { ...one, address: '10.0.0.2' }] }, /m1 is the name of several backends/],
  [{ backends: [{ ...one, address: 'fe80::1%eth0' }] }, /backends.*address/],
  [{ backends: [{ ...one, address: '::ffff:10.0.0.1' }] }, /backends.*address/],
  [{ backends: [{ ...one, address: '10.0.0.1 check' }] }, /backends.*address/],
  [{ backends: [one], bind: '10.0.0.1 accept-proxy' }, /bind/],
  [{ backends: [one], probe: '/readyz#part' }, /probe/],
  [{ backends: [one], probe: '/"$HOME"' }, /probe/],
  [{ backends: [one], caFile: '/etc/my ca/ca.crt' }, /caFile/],
]
for (const [given, message] of refusals) {
  test(`refused: ${JSON.stringify(given)}`, () => {
    assert.throws(() => loadBalancer(given), message)
  })
}

test('names with dots, and paths with a query, are accepted', async () => {
  const named = { name: 'm1.example.org', address: 'm1.example.org' }
  const text = await textFor({}, { backends: [named], probe: '/readyz?exclude=etcd', bind: 'localhost' })
  assert.match(text, 'server m1.example.org m1.example.org:6443 check')
})

test('the program asks each server', () => {
  const text = sent(
    'tasks/network/load-balancers/ready-servers.sh',
    'https://127.0.0.1:1/readyz',
    'file:///etc/passwd',
  )
  assert.is(spawnSync('sh', ['-c', text], { encoding: 'utf8' }).stdout, '')
})

test('haproxy accepts the file, for each kind of address', { needs: ['haproxy'] }, async () => {
  for (const address of ['10.0.0.1', 'fd00::11', 'localhost'])
    for (const bind of ['*', '127.0.0.1', '::1']) {
      const text = await textFor({ '/proc/net/if_inet6': 'x' }, { backends: [{ name: 'm1', address }], bind })
      const file = folder.write('haproxy.cfg', text)
      const { status, stderr } = spawnSync(programPath('haproxy') ?? '', ['-c', '-f', file], {
        encoding: 'utf8',
      })
      assert.is(status, 0, `${stderr}\n${text}`)
      assert.not.match(stderr, 'WARNING')
    }
})

test('a configuration that haproxy refuses does not replace the running one', async () => {
  const run = await rehearse(balancer, {
    files: { '/etc/haproxy/haproxy.cfg': 'good' },
    replies: { 'haproxy -c -f /etc/haproxy/haproxy.cfg.next': { code: 1, stderr: 'unknown keyword' } },
  })
  assert.match(String(run.error), 'haproxy refuses the configuration')
  assert.equal([...run.files], [['/etc/haproxy/haproxy.cfg', { content: 'good' }]])
})
