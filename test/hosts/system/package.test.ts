/** Packages of a repository on the host itself, because its network has no way out. */
import * as assert from 'uvu/assert'
import { packageHold } from '../../../tasks/system/package-hold.ts'
import { packages } from '../../../tasks/system/package.ts'
import { publishDebs, publishRpms } from '../../support/package-repositories.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('packages on real hosts')

const families = {
  debian: {
    publishing: publishDebs,
    // `file:` would give apt the published list itself, not a copy that can be too old
    use: "rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list; echo 'deb [trusted=yes] copy:/srv/repo ./' >/etc/apt/sources.list",
    version: "dpkg-query -W -f '${Version}\\n' cxw",
    age: 'touch -d "2 hours ago" /var/lib/apt/periodic/update-success-stamp',
    forget: 'rm -rf /var/lib/apt/lists/*',
    upgradeAll: 'apt-get -y -qq upgrade',
    one: '1.0',
    two: '2.0',
    refusal: 'exit status 100',
    // `dpkg --print-architecture`, or the architecture of all packages
    architecture: ':amd64',
  },
  redhat: {
    publishing: publishRpms,
    use: "printf '[cxw]\\nname=cxw\\nbaseurl=file:///srv/repo\\ngpgcheck=0\\n' >/etc/yum.repos.d/cxw.repo",
    version: "rpm -q --qf '%{VERSION}\\n' cxw",
    age: 'touch -d "2 hours ago" /var/cache/dnf/last_makecache',
    forget: 'rm -rf /var/cache/dnf/*',
    upgradeAll: 'dnf -y -q upgrade',
    one: '1.0-1',
    two: '2.0-1',
    refusal: 'exit status 1 from: dnf install -y cxw-none',
    architecture: '.noarch',
  },
  suse: {
    publishing: publishRpms,
    use: "printf '[cxw]\\nname=cxw\\nbaseurl=file:///srv/repo\\nautorefresh=0\\ngpgcheck=0\\n' >/etc/zypp/repos.d/cxw.repo",
    version: "rpm -q --qf '%{VERSION}\\n' cxw",
    age: 'touch -d "2 hours ago" /var/cache/zypp/refreshed',
    forget: 'rm -rf /var/cache/zypp/*',
    upgradeAll: 'zypper --non-interactive --quiet update',
    one: '1.0-1',
    two: '2.0-1',
    refusal: 'exit status 104 from: zypper',
    architecture: '.noarch',
  },
}

const hosts = realHosts('debian', 'redhat', 'suse')

for (const host of hosts) {
  const family = families[host.name]
  const publish = family.publishing(host)
  const { one, two } = family
  const version = async (): Promise<string> => (await host.sh(family.version)).trim()

  test(`${host.name}: the newest version, which is known only with up-to-date lists`, async () => {
    await publish('/srv/repo', { name: 'cxw', version: '1.0' })
    await host.sh(`${family.use}; ${family.forget}`)
    const latest = packages({ name: 'cxw', state: 'latest', cacheAge: 3600 })
    await host.proves(latest)
    assert.is(await version(), '1.0')
    await publish('/srv/repo', { name: 'cxw', version: '2.0' })
    await host.finds(latest)

    await host.sh(family.age)
    const predicted = await host.execute(latest, true)
    assert.is(predicted.outcome, 'unknown')
    assert.match(predicted.why ?? '', /^the package lists are 72\d\d s old, and cacheAge is 3600 s$/)
    await host.finds(packages({ name: 'cxw', state: 'latest', cacheAge: 86_400 }))
    const upgraded = await host.proves(latest)
    assert.equal(upgraded.changes, [{ what: 'package cxw', from: one, to: two }])
    assert.is(await version(), '2.0')

    // refreshing lists without new versions is not a change
    await host.sh(family.age)
    assert.is((await host.execute(latest, true)).outcome, 'unknown')
    assert.is((await host.execute(latest)).outcome, 'ok')
    await host.finds(latest)
    await host.sh(family.forget)
    assert.match((await host.execute(latest, true)).why ?? '', 'no package lists')
  })

  test(`${host.name}: a newer version in the lists`, async () => {
    await host.proves(packages({ name: `cxw=${one}` }))
    await host.proves(packages({ name: ['cxw'], state: 'latest' }))
    assert.is(await version(), '2.0')
  })

  test(`${host.name}: a given version, upgraded and downgraded, and removed`, async () => {
    await host.proves(packages({ name: 'cxw', state: 'absent', purge: true }))
    await host.proves(packages({ name: `cxw=${one}` }))
    await host.proves(packages({ name: `cxw=${two}` }))
    await host.proves(packages({ name: `cxw=${one}` }))
    await host.finds(packages({ name: 'cxw' }))
    await host.finds(packages({ name: 'cxw=1.*' }))
    await host.proves(packages({ name: 'cxw=2.*' }))
    await host.proves(packages({ name: `cxw=${one}` }))
    await host.proves(packages({ name: 'cxw', state: 'absent', purge: true }))
    assert.match(await host.sh(`${family.version} 2>&1 || true`), /no packages found|is not installed/)
  })

  test(`${host.name}: recommended packages are installed, or not`, async () => {
    await publish(
      '/srv/repo',
      { name: 'along', version: '1.0' },
      { name: 'main', version: '1.0', recommends: 'along' },
    )
    const there = (): Promise<string> => host.sh('ls /etc/along.conf 2>/dev/null || true')
    await host.proves(packages({ name: 'main', recommends: false }))
    assert.is(await there(), '')
    await host.proves(packages({ name: 'main', state: 'absent', purge: true }))
    await host.proves(packages({ name: 'main', recommends: true }))
    assert.is(await there(), '/etc/along.conf\n')
  })

  test(`${host.name}: held, refused while held, and released`, async () => {
    await host.proves(packages({ name: `cxw=${one}` }))
    await host.proves(packageHold({ name: 'cxw' }))
    await host.sh(family.upgradeAll)
    assert.is(await version(), '1.0')
    for (const task of [
      packages({ name: `cxw=${two}` }),
      packages({ name: 'cxw', state: 'latest' }),
      packages({ name: 'cxw', state: 'absent' }),
    ]) {
      assert.is((await host.execute(task, true)).outcome, 'unknown')
      assert.match(await host.refuses(task), /held at its version: cxw; .*package-hold name=cxw state=free/)
    }
    assert.is(await version(), '1.0')
    await host.finds(packages({ name: `cxw=${one}` }))
    await host.proves(packageHold({ name: 'cxw', state: 'free' }))
    await host.proves(packages({ name: `cxw=${two}` }))
  })

  test(`${host.name}: a name that another package provides`, async () => {
    const [name, provides] = ['cxw-real', 'cxw-virtual']
    await publish('/srv/repo', { name, version: '1.0', provides })
    const task = (more = {}) => packages({ name: provides, ...more })
    await host.proves(task())
    await host.finds(task({ state: 'latest', cacheAge: 86_400 }))
    await publish('/srv/repo', { name, version: '2.0', provides })
    await host.sh(family.forget)
    const upgraded = await host.proves(task({ state: 'latest' }))
    assert.equal(upgraded.changes, [{ what: `package ${provides}`, from: one, to: two }])
    assert.match(await host.refuses(task({ state: 'absent' })), 'is not a package: cxw-real provides it')
    // a real package with this name takes precedence, once it exists
    await publish('/srv/repo', { name: provides, version: '3.0' })
    await host.sh(family.forget)
    await host.execute(packages({ name: 'main', state: 'latest' }))
    await host.proves(task())
    await host.proves(packages({ name: [name, provides], state: 'absent' }))
  })

  test(`${host.name}: a name with an architecture`, async () => {
    const name = `cxw${family.architecture}`
    await host.proves(packages({ name, state: 'absent' }))
    await host.proves(packages({ name }))
    await host.finds(packages({ name: 'cxw' }))
    await host.finds(packages({ name, state: 'latest', cacheAge: 86_400 }))
    await host.proves(packageHold({ name }))
    await host.finds(packageHold({ name: 'cxw' }))
    await host.proves(packageHold({ name, state: 'free' }))
    await host.proves(packages({ name: `cxw=${one}` }))
    await host.proves(packages({ name, state: 'latest', cacheAge: 86_400 }))
    assert.is(await version(), '2.0')
  })

  test(`${host.name}: an unknown package is reported with the tool's message`, async () => {
    assert.match(await host.refuses(packages({ name: 'cxw-none' })), family.refusal)
  })
}

for (const host of hosts.filter(({ name }) => name === 'debian')) {
  test(`${host.name}: removed, and then also its configuration files`, async () => {
    await host.proves(packages({ name: 'cxw=1.0' }))
    await host.proves(packages({ name: 'cxw', state: 'absent' }))
    assert.is(await host.sh('cat /etc/cxw.conf'), 'v=1.0\n')
    await host.proves(packages({ name: 'cxw', state: 'absent', purge: true }))
    assert.is(await host.sh('ls /etc/cxw.conf 2>/dev/null || true'), '')
  })
}
