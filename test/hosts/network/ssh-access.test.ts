import * as assert from 'uvu/assert'
import type { Connection } from '../../../engine/connection/types.ts'
import { alone } from '../../../engine/run/task/alone.ts'
import { sshAccess, sshKey } from '../../../tasks/network/ssh-access.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-key and ssh-access on real hosts', { seconds: 120 })

const hosts = realHosts('debian', 'busybox')

for (const host of hosts) {
  test(`${host.name}: the user is found, with getent or without`, async () => {
    assert.is((await host.execute(sshKey({ user: 'root' }), true)).outcome, 'would change')
    assert.match(await host.refuses(sshKey({ user: 'ghost' })), /there is no user ghost/)
    if (host.name === 'busybox') return
    await host.proves(sshKey({ user: 'ops' }))
    assert.is(await host.sh('stat -c "%U %a" ~ops/.ssh ~ops/.ssh/id_ed25519'), 'ops 700\nops 600\n')
  })
}

test('a user of one host may log in to the other, whose host keys are known there', async () => {
  const [debian, busybox] = hosts
  assert.ok(debian !== undefined && busybox !== undefined)
  // it has no ssh-keygen
  await busybox.sh(
    'mkdir -p -m 700 /root/.ssh; echo "ssh-ed25519 AAAA root@there" >/root/.ssh/id_ed25519.pub',
  )
  await debian.sh('mkdir -p -m 700 /root/.ssh; echo "ssh-ed25519 BBBB other" >/root/.ssh/authorized_keys')
  const connections = new Map<string, Connection>()
  for (const host of [debian, busybox]) connections.set(host.name, await host.connect())
  try {
    const run = alone(connections)
    const outcomes = []
    for (const checkMode of [true, false, false])
      outcomes.push((await run(sshAccess({ from: 'busybox' }), checkMode)).outcome)
    assert.equal(outcomes, ['would change', 'changed', 'ok'])
    assert.is(
      await debian.sh('cat /root/.ssh/authorized_keys; stat -c "%U %a" /root/.ssh/authorized_keys'),
      'ssh-ed25519 BBBB other\nssh-ed25519 AAAA root@there\nroot 600\n',
    )
    const keys = await debian.sh('cut -d" " -f1,2 /etc/ssh/ssh_host_*_key.pub | sed "s/^/192.0.2.1 /" | sort')
    assert.is(await busybox.sh('sort /root/.ssh/known_hosts'), keys)
  } finally {
    for (const connection of connections.values()) await connection.close()
  }
})
