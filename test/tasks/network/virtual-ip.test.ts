import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { virtualIp } from '../../../tasks/network/virtual-ip.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('virtual-ip')

const path = '/etc/keepalived/keepalived.conf'
const hosts = [
  { name: 'lb1', address: '10.0.0.5' },
  { name: 'lb2', address: '10.0.0.6' },
  { name: 'lb3', address: '10.0.0.7' },
]
const given = { address: '10.0.0.100', self: 'lb2', hosts }

const world = (addresses: string, proof: { code: number; stderr?: string } = { code: 0 }): World => ({
  replies: { [sent('tasks/network/addresses/own-addresses.sh')]: addresses },
  patterns: [
    [/^command -v restorecon$/, { code: 1 }],
    [/^setsid -w keepalived -t -f \S+\.next$/, proof],
    [
      sentPattern('tasks/network/load-balancers/reload.sh', '(\\S+) (\\S+) keepalived'),
      (_, files) => {
        files.set(path, files.get(`${path}.next`) ?? { content: '' })
        files.delete(`${path}.next`)
        return ''
      },
    ],
  ],
})

const textFor = async (
  params: Parameters<typeof virtualIp>[0],
  addresses = '127.0.0.1 lo\n10.0.0.6 eth1\n',
): Promise<string> => {
  const run = await rehearse(virtualIp(params), world(addresses))
  assert.is(run.outcome, 'changed', String(run.error))
  return String(run.files.get(path)?.content)
}

test('each host has a priority of its own, and sends to the others alone', async () => {
  const text = await textFor(given)
  assert.match(text, '    interface eth1\n    virtual_router_id 51\n    priority 199\n')
  assert.match(
    text,
    '    unicast_src_ip 10.0.0.6\n    check_unicast_src\n    unicast_peer {\n        10.0.0.5\n        10.0.0.7\n    }\n',
  )
  assert.match(text, '    virtual_ipaddress {\n        10.0.0.100/32\n    }\n')
  assert.match(text, 'script "/usr/libexec/keepalived/coxswain-service-runs haproxy"')
})

const script = '/usr/libexec/keepalived/coxswain-service-runs'

test('the program that keepalived runs belongs to root, and is there before keepalived checks the configuration', async () => {
  const there: string[][] = []
  const usual = world('10.0.0.6 eth1\n')
  const run = await rehearse(virtualIp(given), {
    ...usual,
    patterns: [
      [
        /^setsid -w keepalived/,
        (_, files) => {
          there.push([...files.keys()])
          return ''
        },
      ],
      ...(usual.patterns ?? []),
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  const found = run.files.get(script)
  assert.is(
    found?.content,
    '#!/bin/sh\n# written by coxswain (virtual-ip); changes are overwritten\nexec /bin/systemctl is-active --quiet "$1"\n',
  )
  assert.is(found?.mode, '0755')
  assert.ok(there.every((files) => files.includes(script)) && there.length > 0)
  // what others can write to, keepalived does not run
  const loose = new Map(run.files)
  loose.set(script, { content: String(found?.content), mode: '0777' })
  const again = await rehearse(virtualIp(given), { ...usual, files: Object.fromEntries(loose) })
  assert.equal(
    again.changes.map(({ what }) => what),
    [`owner and mode of ${script}`],
  )
})

test('the folder gets the type that the policy of SELinux has for it', async () => {
  const usual = world('10.0.0.6 eth1\n')
  const run = await rehearse(virtualIp(given), {
    ...usual,
    patterns: [[/^command -v restorecon$/, ''], [/^restorecon /, ''], ...(usual.patterns ?? [])],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(run.commands.apply.includes('restorecon -R /usr/libexec/keepalived'))
})

test('it stays where it is when a host comes back', async () => {
  assert.match(await textFor(given), '    state BACKUP\n    nopreempt\n')
})

test('addresses of IPv6 are found and written in their usual form', async () => {
  const text = await textFor(
    {
      address: 'FD00:0::100',
      self: 'lb1',
      hosts: [
        { name: 'lb1', address: 'fd00:0:0::5' },
        { name: 'lb2', address: 'FD00::6' },
      ],
      routerId: 7,
      service: 'proxy',
    },
    'fd00::5 ens3\n',
  )
  assert.match(text, '    interface ens3\n    virtual_router_id 7\n    priority 200\n')
  assert.match(text, 'unicast_src_ip fd00::5')
  assert.match(text, '        fd00::6\n')
  assert.match(text, '        fd00::100/128\n')
  assert.match(text, 'coxswain-service-runs proxy"')
})

test('a single host has no peers', async () => {
  const text = await textFor({ ...given, hosts: [{ name: 'lb2', address: '10.0.0.6' }] })
  assert.not.match(text, 'unicast')
})

test('the interface can be given; unknown, it is an error before anything is written', async () => {
  assert.match(await textFor({ ...given, interface: 'bond0' }, ''), '    interface bond0\n')
  const run = await rehearse(virtualIp(given), world('10.0.0.66 eth0\n'))
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), /no interface of \S+ is known to have 10.0.0.6/)
  assert.is(run.files.has(path), false)
})

test('what keepalived refuses is not put in place', async () => {
  const run = await rehearse(
    virtualIp(given),
    world('10.0.0.6 eth1\n', { code: 3, stderr: '(Line 17) Unknown keyword' }),
  )
  assert.match(String(run.error), 'keepalived refuses the configuration')
  assert.not.ok(run.files.has(path) || run.files.has(`${path}.next`))
})

const wrongs: readonly [what: string, wrong: Partial<Parameters<typeof virtualIp>[0]>, message: string][] = [
  ['a host that is none of the hosts', { self: 'lb9' }, 'lb9 is not one of hosts'],
  ['the address of a host', { address: '10.0.0.5' }, 'is the own address of lb1'],
  ['another family', { address: 'fd00::1' }, 'is not of the same family as 10.0.0.5 of lb1'],
  ['a name', { hosts: [{ name: 'lb2', address: 'lb2.example.com' }] }, 'must be an IP address'],
  ['a length', { address: '10.0.0.100/24' }, 'must be an IP address without a zone or a length'],
  ['two hosts with one address', { hosts: [...hosts, { name: 'lb4', address: '10.0.0.5' }] }, 'of its own'],
  ['an ID beyond those of VRRP', { routerId: 256 }, '255'],
]
for (const [what, wrong, message] of wrongs)
  test(`${what} is refused`, () => {
    assert.throws(
      () => virtualIp({ ...given, ...wrong }),
      (error: Error) => error.message.includes(message),
    )
  })
