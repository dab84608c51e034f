import * as assert from 'uvu/assert'
import type { Connection } from '../../../engine/connection/types.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { sshAccess } from '../../../tasks/network/ssh-access.ts'
import { sshKey } from '../../../tasks/network/ssh-key.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ssh-key and ssh-access on real hosts')

const hosts = realHosts('debian', 'busybox')

for (const host of hosts) {
  test(`${host.name}: the user is found, with getent or without`, async () => {
    assert.is((await host.execute(sshKey({ user: 'root' }), true)).outcome, 'would change')
    assert.match(await host.refuses(sshKey({ user: 'ghost' })), /the user ghost does not exist/)
    if (host.name === 'busybox') return
    await host.proves(sshKey({ user: 'ops' }))
    assert.is(await host.sh('stat -c "%U %a" ~ops/.ssh ~ops/.ssh/id_ed25519'), 'ops 700\nops 600\n')
    await host.proves(sshKey({ user: 'ops', type: 'rsa', bits: 2048 }))
    assert.match(await host.refuses(sshKey({ user: 'ops', type: 'rsa', bits: 3072 })), 'rsa of 2048 bits')
    await host.proves(sshKey({ user: 'ops', type: 'rsa', bits: 3072, regenerate: true, comment: '-me' }))
    assert.match(
      await host.sh('ssh-keygen -l -f ~ops/.ssh/id_rsa.pub; stat -c %U ~ops/.ssh/id_rsa.pub'),
      /^3072 .* -me \(RSA\)\nops\n$/,
    )
    await host.sh('rm ~ops/.ssh/id_rsa.pub; install -d /srv/keys')
    await host.proves(sshKey({ user: 'ops', type: 'rsa', bits: 3072 }))
    const path = '/srv/keys/ssh_host_ecdsa_key'
    await host.proves(sshKey({ path, type: 'ecdsa', bits: 384 }))
    assert.match(await host.sh(`ssh-keygen -l -f ${path}.pub; stat -c %a ${path}`), /^384 .*\n600\n$/)
    await host.sh(`rm ${path}.pub`)
    await host.proves(sshKey({ path, type: 'ecdsa', bits: 384 }))
    await host.finds(sshKey({ path, type: 'ecdsa', bits: 256 }))
  })
}

test('a link that the user creates cannot redirect writes to another file', async () => {
  const [debian, busybox] = hosts
  assert.ok(debian !== undefined && busybox !== undefined)
  await debian.sh(
    'useradd -m -s /bin/sh mallory; install -d -m 755 /srv/theirs; ln -sn /srv/theirs ~mallory/.ssh',
  )
  assert.match(await debian.refuses(sshKey({ user: 'mallory' })), /mallory|ermission|permitted/)
  assert.is(await debian.sh('ls -A /srv/theirs; stat -c "%U %a" /srv/theirs'), 'root 755\n')
  // a file that they cannot write, under the name of one of theirs
  await debian.sh(
    'cd ~mallory; rm .ssh; install -d -o mallory -m 700 .ssh; echo safe >/srv/theirs/file; ln -s /srv/theirs/file .ssh/known_hosts; echo "ssh-ed25519 AAAA x" >.ssh/id_ed25519.pub',
  )
  await busybox.sh(
    'adduser -D mallory; mkdir -p /etc/ssh; echo "ssh-ed25519 HOST x" >/etc/ssh/ssh_host_ed25519_key.pub',
  )
  const connections = new Map<string, Connection>()
  for (const host of [busybox, debian]) connections.set(host.name, await host.connect())
  try {
    const { outcome } = await standaloneRun(connections)(
      sshAccess({ from: 'debian', user: 'mallory' }),
      false,
    )
    assert.is(outcome, 'failed')
  } finally {
    for (const connection of connections.values()) await connection.close()
  }
  assert.is(await debian.sh('cat /srv/theirs/file; stat -c "%U %a" /srv/theirs/file'), 'safe\nroot 644\n')
})

test('a user of one host can log in to the other, whose host keys are known there', async () => {
  const [debian, busybox] = hosts
  assert.ok(debian !== undefined && busybox !== undefined)
  // it does not have ssh-keygen
  await busybox.sh(
    'mkdir -p -m 700 /root/.ssh; echo "ssh-ed25519 AAAA root@there" >/root/.ssh/id_ed25519.pub',
  )
  await debian.sh('mkdir -p -m 700 /root/.ssh; echo "ssh-ed25519 BBBB other" >/root/.ssh/authorized_keys')
  // its last line does not end with a newline
  await busybox.sh('printf "elsewhere ssh-ed25519 CCCC" >/root/.ssh/known_hosts')
  const connections = new Map<string, Connection>()
  for (const host of [debian, busybox]) connections.set(host.name, await host.connect())
  try {
    const run = standaloneRun(connections)
    const outcomes = []
    for (const checkMode of [true, false, false])
      outcomes.push((await run(sshAccess({ from: 'busybox' }), checkMode)).outcome)
    assert.equal(outcomes, ['would change', 'changed', 'ok'])
    assert.is(
      await debian.sh('cat /root/.ssh/authorized_keys; stat -c "%U %a" /root/.ssh/authorized_keys'),
      'ssh-ed25519 BBBB other\nssh-ed25519 AAAA root@there\nroot 600\n',
    )
    const keys = await debian.sh('cut -d" " -f1,2 /etc/ssh/ssh_host_*_key.pub | sed "s/^/192.0.2.1 /" | sort')
    assert.is(await busybox.sh('sort /root/.ssh/known_hosts'), `${keys}elsewhere ssh-ed25519 CCCC\n`)
  } finally {
    for (const connection of connections.values()) await connection.close()
  }
})
