import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { selinuxPort } from '../../../tasks/system/selinux-port.ts'
import { suite } from '../../support/spec.ts'

const test = suite('selinux-port')

/** The layout in which semanage prints ports. */
const policy = `http_cache_port_t              tcp      8080, 8118, 8123, 10001-10010
http_cache_port_t              udp      3130
http_port_t                    tcp      80, 81, 443, 488, 8008, 8009, 8443, 9000
ssh_port_t                     tcp      22
unreserved_port_t              tcp      61001-65535, 1024-32767
`
const own = (type: string, port: string): string => `${type.padEnd(30)} tcp      ${port}\n`

const host = (before: string, after: string): World => {
  let added = before
  return {
    patterns: [
      [/^semanage port --list --noheading$/, () => policy + added],
      [/^semanage port --list --noheading --locallist$/, () => added],
      [
        /^semanage port --(add|modify|delete) /,
        () => {
          added = after
          return ''
        },
      ],
    ],
  }
}

test('a port in a range of the policy is added, one of another type is modified', async () => {
  const add = await rehearse(
    selinuxPort({ ports: 8081, type: 'http_port_t' }),
    host('', own('http_port_t', '8081')),
  )
  assert.equal(
    add.commands.apply,
    ['semanage port --add --type http_port_t --proto tcp 8081'],
    String(add.error),
  )
  const modify = await rehearse(
    selinuxPort({ ports: '8080', type: 'http_port_t' }),
    host('', own('http_port_t', '8080')),
  )
  assert.equal(modify.commands.apply, ['semanage port --modify --type http_port_t --proto tcp 8080'])
  assert.equal(modify.changes, [{ what: 'type of tcp 8080', from: 'http_cache_port_t', to: 'http_port_t' }])
})

test('what was added counts, although the policy lists the port too', async () => {
  const task = selinuxPort({ ports: 8080, type: 'http_port_t' })
  assert.is((await rehearse(task, host(own('http_port_t', '8080'), ''))).outcome, 'ok')
  const back = selinuxPort({ ports: 8080, type: 'http_cache_port_t' })
  const run = await rehearse(back, host(own('http_port_t', '8080'), own('http_cache_port_t', '8080')))
  assert.is(run.outcome, 'changed', String(run.error))
  for (const ports of ['8443', '9000'])
    assert.is((await rehearse(selinuxPort({ ports, type: 'http_port_t' }), host('', ''))).outcome, 'ok')
  const range = selinuxPort({ ports: '10001-10010', type: 'http_cache_port_t' })
  assert.is((await rehearse(range, host('', ''))).outcome, 'ok')
})

test('what was added is removed; the policy stays', async () => {
  const gone = selinuxPort({ ports: 8081, type: 'http_port_t', state: 'absent' })
  const run = await rehearse(gone, host(own('http_port_t', '8081'), ''))
  assert.equal(run.commands.apply, ['semanage port --delete --proto tcp 8081'])
  assert.is((await rehearse(gone, host('', ''))).outcome, 'ok')
})

test('another type that was added is not removed', async () => {
  const gone = selinuxPort({ ports: 8081, type: 'http_port_t', state: 'absent' })
  const run = await rehearse(gone, host(own('x_port_t', '8081'), ''))
  assert.equal([run.outcome, run.commands.apply], ['failed', []])
  assert.match(String(run.error), 'tcp 8081 has the type x_port_t on this host, not http_port_t')
})

test('without semanage it is unknown; bad parameters are refused', async () => {
  const without = { patterns: [[/^semanage/, { code: 127 }]] } satisfies World
  const run = await rehearse(selinuxPort({ ports: 1, type: 'x_t' }), without)
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), 'semanage is not installed')
  for (const ports of ['0', '70000', '9-8', 'http', '1,2'])
    assert.throws(() => selinuxPort({ ports, type: 'x_t' }), /must be a port/)
  assert.throws(() => selinuxPort({ ports: 1, type: '-d' }), /must be a type/)
})
