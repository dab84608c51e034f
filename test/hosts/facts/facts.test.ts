/** Facts on real hosts: they agree with what the programs of the host say. */
import { isIP } from 'node:net'
import * as assert from 'uvu/assert'
import * as facts from '../../../tasks/facts/index.ts'
import { osRelease } from '../../../tasks/system/os-release.ts'
import type { Task } from '../../../engine/dsl/types.ts'
import type { RealHost } from '../../support/real-host.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('facts on real hosts')

/** The value of a fact. */
async function valueOn<Value>(host: RealHost, task: Task<Value>): Promise<Value>
async function valueOn(host: RealHost, task: Task): Promise<unknown> {
  return (await host.finds(task)).value
}

const families = { debian: 'debian', busybox: 'alpine', redhat: 'redhat', openrc: 'other' }

/** Commands that write the description of a package. */
const spec = String.raw`printf 'Name: own\nVersion: 1.0\nRelease: 2\nEpoch: 3\nSummary: x\nLicense: x\nBuildArch: noarch\n%%description\nx\n%%files\n' >/srv/x.spec`

const hosts = realHosts('debian', 'busybox', 'redhat', 'openrc')

for (const host of hosts) {
  const said = async (command: string): Promise<string> => (await host.sh(command)).trim()

  test(`${host.name}: kernel, processors, memory, family`, async () => {
    const kernel = await valueOn(host, facts.kernel())
    assert.equal([kernel.name, kernel.release, kernel.architecture], (await said('uname -srm')).split(' '))
    assert.ok((await valueOn(host, facts.cpus())).count >= 1)
    const memory = await valueOn(host, facts.memory())
    assert.ok(memory.totalMiB > 100 && memory.availableMiB <= memory.totalMiB)
    if (host.name !== 'openrc') assert.is((await valueOn(host, osRelease())).osFamily, families[host.name])
    assert.is((await valueOn(host, facts.virtualization())).container, 'podman')
    const load = await valueOn(host, facts.load())
    assert.ok(load.uptime > 0 && load.bootedAt > 1.7e9)
    await host.finds(facts.disks())
    await host.finds(facts.hardware())
    await host.finds(facts.securityModules())
  })

  test(`${host.name}: mounts, with blanks in their paths`, async () => {
    await host.sh(`mkdir -p '/srv/a b\\c' && mount -t tmpfs -o size=8m none '/srv/a b\\c'`)
    try {
      const found = await valueOn(host, facts.mounts())
      const own = found.find(({ path }) => path === '/srv/a b\\c')
      assert.equal([own?.type, own?.size?.totalMiB, own?.size?.usedMiB], ['tmpfs', 8, 0])
      assert.ok(found.some(({ path, size }) => path === '/' && size !== undefined && size.totalMiB > 0))
      assert.not.ok(found.some(({ path }) => path === '/proc'))
      const all = await valueOn(host, facts.mounts({ all: true }))
      assert.ok(all.some(({ path, size }) => path === '/proc' && size === undefined))
    } finally {
      await host.sh(`umount '/srv/a b\\c'; rmdir '/srv/a b\\c'`)
    }
  })

  test(`${host.name}: users, groups, the acting user, the environment of a login`, async () => {
    const root = (await valueOn(host, facts.users())).find(({ name }) => name === 'root')
    assert.equal([root?.uid, root?.gid, root?.home], [0, 0, '/root'])
    assert.ok((await valueOn(host, facts.groups())).some(({ name, gid }) => name === 'root' && gid === 0))
    const user = await valueOn(host, facts.actingUser())
    assert.equal([user.name, user.uid, user.home, user.shell], ['root', 0, '/root', root?.shell])
    await host.sh(
      `mkdir -p /etc; cp /etc/profile /srv/profile 2>/dev/null; printf 'echo noise\\nexport A="b\nc"\n' >>/etc/profile`,
    )
    const environment = await valueOn(host, facts.environment())
    await host.sh('if [ -e /srv/profile ]; then mv /srv/profile /etc/profile; else rm /etc/profile; fi')
    assert.equal([environment['A'], environment['HOME'], environment['_']], ['b\nc', '/root', undefined])
  })

  test(`${host.name}: packages and services`, async () => {
    if (host.name === 'debian') {
      const all = await valueOn(host, facts.installedPackages())
      assert.ok(all.length > 50)
      const [bash, ...others] = await valueOn(host, facts.installedPackages({ name: ['bash', 'none-such'] }))
      assert.equal(others, [])
      assert.equal(
        bash,
        all.find(({ name }) => name === 'bash'),
      )
      assert.is(bash?.version, await said("dpkg-query -W -f '${Version}' bash"))
    }
    if (host.name === 'redhat') {
      await host.sh(
        `${spec}; rpmbuild -bb --define '_rpmdir /srv' /srv/x.spec >/dev/null 2>&1; rpm -i /srv/noarch/*.rpm`,
      )
      const own = { name: 'own', version: '3:1.0-2', architecture: 'noarch' }
      assert.equal(await valueOn(host, facts.installedPackages({ name: ['own'] })), [own])
    }
    if (host.name === 'busybox') {
      const database = String.raw`P:musl\nV:1.2-r0\nA:x86_64\n\nP:own\nV:2-r1\nA:noarch\n`
      await host.sh(`mkdir -p /lib/apk/db; printf '${database}' >/lib/apk/db/installed`)
      const all = await valueOn(host, facts.installedPackages())
      await host.sh('rm -r /lib/apk')
      assert.equal(all.map(Object.values), [
        ['musl', '1.2-r0', 'x86_64'],
        ['own', '2-r1', 'noarch'],
      ])
    }
    const services = await valueOn(host, facts.services())
    if (host.name === 'debian') {
      const journal = services.find(({ name }) => name === 'systemd-journald')
      assert.equal([journal?.running, journal?.startup], [true, 'static'])
      assert.ok(services.some(({ enabled }) => enabled))
    }
    if (host.name === 'openrc') assert.ok(services.length > 0)
    if (host.name === 'busybox') assert.equal(services, [])
    await host.finds(facts.rebootRequired())
  })

  test(`${host.name}: addresses, the default route, ports`, async () => {
    await host.finds(facts.listeningPorts())
    await host.finds(facts.dnsServers())
    if (host.name === 'redhat' || host.name === 'openrc') {
      assert.match(await host.refuses(facts.addresses()), 'the host does not have the program ip')
      return
    }
    await host.sh(`ip link add d0 type bridge && ip link set d0 address 02:00:00:00:00:07 && ip addr add 192.0.2.7/24 dev d0 &&
      ip link set lo up && ip link set d0 up && ip route add default via 192.0.2.1 dev d0`)
    try {
      assert.equal(await valueOn(host, facts.defaultAddress()), {
        address: '192.0.2.7',
        family: 4,
        prefix: 24,
        device: 'd0',
        gateway: '192.0.2.1',
        mac: '02:00:00:00:00:07',
        mtu: 1500,
      })
      const [own, ...others] = await valueOn(host, facts.addresses({ family: 4 }))
      assert.equal([own?.address, own?.scope, others.length], ['192.0.2.7', 'global', 0])
      const all = await valueOn(host, facts.addresses({ local: true }))
      assert.ok(all.some(({ address, scope }) => address === '127.0.0.1' && scope === 'host'))
      assert.ok(all.every(({ address, family }) => isIP(address) === family))
      const lo = (await valueOn(host, facts.interfaces())).find(({ name }) => name === 'lo')
      assert.equal([lo?.kind, lo?.up, lo?.mtu], ['loopback', true, 65_536])
    } finally {
      await host.sh('ip link del d0')
    }
    assert.match(
      await host.refuses(facts.defaultAddress({ family: 4 })),
      'the host has no default route for IPv4',
    )
  })

  test(`${host.name}: names, time, keys of SSH`, async () => {
    const names = await valueOn(host, facts.hostNames())
    assert.equal([names.name, names.short], [host.name, host.name])
    const time = await valueOn(host, facts.dateTime())
    assert.ok(Math.abs(time.epoch - Number(await said('date +%s'))) < 3600)
    assert.match(time.offset, /^[+-]\d{4}$/)
    await host.sh(`mkdir -p /etc/ssh; echo 'ssh-ed25519 AAAA root@x' >/etc/ssh/ssh_host_zz_key.pub`)
    const keys = await valueOn(host, facts.sshHostKeys())
    await host.sh('rm /etc/ssh/ssh_host_zz_key.pub')
    assert.ok(keys.some(({ type, key }) => type === 'ssh-ed25519' && key === 'AAAA'))
  })
}

for (const host of hosts.filter(({ name }) => name === 'busybox')) {
  test('packages of Arch and SUSE, and whether they need a reboot, with stand-ins for their programs', async () => {
    await host.sh(`cp /etc/os-release /srv/; mkdir -p /usr/local/bin; cd /usr/local/bin; printf '#!/bin/sh\\nprintf "own 1.0-1\\\\nother 2:3-1\\\\n"\\n' >pacman
      printf '#!/bin/sh\\nprintf "own\\\\t(none):1-2\\\\tnoarch\\\\ngpg-pubkey\\\\t7:1-2\\\\t(none)\\\\n"\\n' >rpm
      printf '#!/bin/sh\\n[ "$2" = needs-rebooting ] && exit 102\\n' >zypper; chmod 755 pacman rpm zypper`)
    try {
      await host.sh('echo ID=arch >/etc/os-release')
      const arch = await valueOn(host, facts.installedPackages())
      assert.equal(arch.map(Object.values), [
        ['own', '1.0-1', undefined],
        ['other', '2:3-1', undefined],
      ])
      await host.sh(`printf 'ID="opensuse-leap"\\nID_LIKE="suse opensuse"\\n' >/etc/os-release`)
      const suse = await valueOn(host, facts.installedPackages())
      assert.equal(suse.map(Object.values), [
        ['own', '1-2', 'noarch'],
        ['gpg-pubkey', '7:1-2', undefined],
      ])
      assert.equal(await valueOn(host, facts.rebootRequired()), { required: true, reasons: ['zypper'] })
      await host.sh(
        `printf 'linux-image\\nlinux-image\\n' >/run/reboot-required.pkgs; touch /run/reboot-required`,
      )
      assert.equal(await valueOn(host, facts.rebootRequired()), {
        required: true,
        reasons: ['package linux-image'],
      })
    } finally {
      await host.sh('mv /srv/os-release /etc/; rm -r /usr/local/bin /run/reboot-required*')
    }
  })
}
