import * as assert from 'uvu/assert'
import type { Connection } from '../../../engine/connection/types.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { authorizedKey } from '../../../tasks/system/authorized-key.ts'
import { knownHost } from '../../../tasks/system/known-host.ts'
import { sudoers } from '../../../tasks/system/sudoers.ts'
import { user } from '../../../tasks/system/user.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('access, on real hosts')

const blob = (tail: string) => `AAAAC3NzaC1lZDI1NTE5AAAAIA${tail.padEnd(42, 'A')}`
const key = `ssh-ed25519 ${blob('a')} anna@home`
const other = `ssh-ed25519 ${blob('b')} ben@home`
const hosts = realHosts('debian', 'busybox')

for (const host of hosts) {
  test(`${host.name}: a key is added, with options, exclusively, and removed`, async () => {
    assert.is((await host.execute(authorizedKey({ user: 'anna', key }), true)).outcome, 'unknown')
    await host.proves(user({ name: 'anna', shell: '/bin/false' }))
    await host.proves(authorizedKey({ user: 'anna', key: other }))
    await host.proves(authorizedKey({ user: 'anna', key, options: 'command="a b",no-pty' }))
    assert.is(
      await host.sh('cd ~anna/.ssh; stat -c "%U %a" . authorized_keys; cat authorized_keys'),
      `anna 700\nanna 600\n${other}\ncommand="a b",no-pty ${key}\n`,
    )
    await host.proves(authorizedKey({ user: 'anna', key, exclusive: true }))
    await host.proves(authorizedKey({ user: 'anna', key, state: 'absent' }))
    assert.is(await host.sh('cat ~anna/.ssh/authorized_keys'), '')
  })

  test(`${host.name}: users add keys for themselves without root`, async () => {
    const connection = await host.connect({ user: 'anna' })
    try {
      const asThemselves: Connection = {
        description: connection.description,
        execute: (request) => connection.execute({ ...request, identity: undefined }),
        close: () => connection.close(),
      }
      const run = standaloneRun(new Map([['host', asThemselves]]))
      const first = await run(authorizedKey({ user: 'anna', key }), false)
      assert.is(first.outcome, 'changed', String(first.error))
      assert.is((await run(authorizedKey({ user: 'anna', key }), false)).outcome, 'ok')
      assert.is(await host.sh('cat ~anna/.ssh/authorized_keys'), `${key}\n`)
      await host.proves(authorizedKey({ user: 'anna', key, state: 'absent' }))
    } finally {
      await connection.close()
    }
  })

  test(`${host.name}: owner and mode of the folder are corrected`, async () => {
    await host.sh('cd ~anna; chown root:root .ssh; chmod 755 .ssh; chmod 644 .ssh/authorized_keys')
    await host.proves(authorizedKey({ user: 'anna', key }))
    assert.is(await host.sh('cd ~anna/.ssh; stat -c "%U %a" . authorized_keys'), 'anna 700\nanna 600\n')
  })

  test(`${host.name}: a link to the keys of a user stays a link`, async () => {
    await host.sh(
      'cd ~anna/.ssh; rm -f authorized_keys; mkdir -p ../keys; : >../keys/real; chown -R anna: ../keys; ln -s ../keys/real authorized_keys; chown -h anna: authorized_keys',
    )
    await host.proves(authorizedKey({ user: 'anna', key }))
    assert.is(
      await host.sh(
        'cd ~anna; readlink .ssh/authorized_keys; cat keys/real; stat -c "%U %a" keys/real; ls -A keys',
      ),
      `../keys/real\n${key}\nanna 600\nreal\n`,
    )
    await host.proves(authorizedKey({ user: 'anna', key, state: 'absent' }))
    await host.sh('cd ~anna/.ssh; rm authorized_keys; : >authorized_keys; chown anna: authorized_keys')
  })

  test(`${host.name}: a link does not affect another user's file`, async () => {
    await host.sh(
      'cd ~anna; rm -r .ssh; mkdir -m 755 /root/.ssh; echo roots >/root/.ssh/authorized_keys; ln -s /root/.ssh .ssh',
    )
    const task = authorizedKey({ user: 'anna', key })
    assert.is((await host.execute(task)).outcome, 'failed')
    assert.is(await host.sh('stat -c %U /root/.ssh; cat /root/.ssh/authorized_keys'), 'root\nroots\n')
    await host.sh('rm ~anna/.ssh; rm -r /root/.ssh')
  })

  test(`${host.name}: a folder of other users that is named .ssh is not given to the user`, async () => {
    // the owner of the home can rename everything in it
    await host.sh('cd ~anna; mkdir -m 755 .ssh; echo roots >.ssh/k')
    assert.match(
      await host.refuses(authorizedKey({ user: 'anna', key })),
      /\.ssh and files in it do not belong to anna[^]*chown -R anna:/,
    )
    assert.is(await host.sh('cd ~anna/.ssh; stat -c %U . k; ls -A'), 'root\nroot\nk\n')
    await host.sh('rm -r ~anna/.ssh')
  })

  test(`${host.name}: a host is known, to all and to one user`, async () => {
    await host.proves(knownHost({ host: 'git.example', key, hash: true }))
    await host.proves(knownHost({ host: 'git.example', key: other }))
    await host.proves(knownHost({ host: 'git.example', state: 'absent' }))
    await host.proves(knownHost({ host: '10.0.0.1', port: 2222, key, user: 'anna' }))
    assert.is(
      await host.sh('cat ~anna/.ssh/known_hosts; stat -c "%U %a" ~anna/.ssh/known_hosts'),
      `[10.0.0.1]:2222 ssh-ed25519 ${blob('a')}\nanna 600\n`,
    )
  })
}

for (const host of hosts) {
  test(`${host.name}: lines that ssh adds while a key is replaced are not lost`, async () => {
    await host.proves(knownHost({ host: 'late.example', key, user: 'anna' }))
    // a file of root, for which the user cannot create a second name
    await host.sh('cd ~anna/.ssh; chown root: known_hosts; chmod 644 known_hosts')
    await host.proves(knownHost({ host: 'late.example', key: other, user: 'anna' }))
    assert.is(
      await host.sh('cd ~anna/.ssh; stat -c %U known_hosts; ls -A | grep -c coxswain || :'),
      'anna\n0\n',
    )
    await host.proves(knownHost({ host: 'late.example', key, user: 'anna' }))
    // ssh is faster than the rename
    await host.sh(
      'mv /bin/mv /bin/mv.real; if [ -x /bin/busybox ]; then m="/bin/busybox mv"; else m=/bin/mv.real; fi; printf "%s\\n" "#!/bin/sh" "echo new.example ssh-ed25519 NEW >>~anna/.ssh/known_hosts" "exec $m \\"\\$@\\"" >/bin/mv; chmod 755 /bin/mv',
    )
    try {
      await host.proves(knownHost({ host: 'late.example', key: other, user: 'anna' }))
    } finally {
      await host.sh(
        'if [ -x /bin/busybox ]; then /bin/busybox mv /bin/mv.real /bin/mv; else /bin/mv.real /bin/mv.real /bin/mv; fi',
      )
    }
    const text = await host.sh('cat ~anna/.ssh/known_hosts; ls -A ~anna/.ssh')
    assert.match(text, `late.example ssh-ed25519 ${blob('b')}\nnew.example ssh-ed25519 NEW\n`)
    assert.not.match(text, '.coxswain')
  })
}

for (const host of hosts.filter(({ name }) => name === 'debian')) {
  test(`${host.name}: ssh-keygen and we read the same file`, async () => {
    await host.proves(knownHost({ host: 'one.example', key, hash: true }))
    assert.match(await host.sh('ssh-keygen -F one.example -f /etc/ssh/ssh_known_hosts'), /found: line 1/)
    await host.sh(
      'cd /etc/ssh; echo "two.example,10.0.0.2 $(cut -d" " -f2- ssh_known_hosts)" >>ssh_known_hosts',
    )
    await host.sh('ssh-keygen -H -f /etc/ssh/ssh_known_hosts 2>/dev/null')
    await host.finds(knownHost({ host: 'two.example', key }))
    await host.finds(knownHost({ host: '10.0.0.2', key }))
  })

  test(`${host.name}: sudo accepts the rule, and refuses everything else`, async () => {
    const rule = {
      name: 'anna',
      users: ['anna'],
      commands: ['/usr/bin/id -u', '/bin/echo a,b:c'],
      password: false,
    }
    await host.proves(sudoers(rule))
    const anna = (command: string) => host.sh(`su -s /bin/sh anna -c '${command}'`)
    assert.is(await anna('sudo -n id -u; sudo -n /bin/echo a,b:c'), '0\na,b:c\n')
    await anna('! sudo -n id -g 2>/dev/null')
    await host.proves(sudoers({ ...rule, name: 'log', commands: ['/bin/echo #log'] }))
    assert.is(await anna('sudo -n /bin/echo "#log"'), '#log\n')
    await anna('! sudo -n /bin/echo other 2>/dev/null')
    await host.proves(sudoers({ name: 'log', state: 'absent' }))
    // a keyword of sudo, which cannot be a name
    assert.match(await host.refuses(sudoers({ ...rule, users: ['TYPE'] })), /sudo would refuse this rule/)
    await anna('sudo -n id -u')
    await host.proves(sudoers({ name: 'anna', state: 'absent' }))
    await anna('! sudo -n id -u 2>/dev/null')
  })
}

for (const host of hosts.filter(({ name }) => name === 'busybox')) {
  test(`${host.name}: without sudo a rule is unknown`, async () => {
    assert.is((await host.execute(sudoers({ name: 'a', users: ['anna'] }), true)).outcome, 'unknown')
  })
}
