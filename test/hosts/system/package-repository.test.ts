/** Signed repositories on the host itself, from which packages are installed immediately. */
import * as assert from 'uvu/assert'
import { packageRepository } from '../../../tasks/system/package-repository.ts'
import { packages } from '../../../tasks/system/package.ts'
import { makeKey, publishDebs, publishRpms, signDebs, signRpms } from '../../support/package-repositories.ts'
import { realHosts } from '../../support/real-host.ts'
import { serveWeb } from '../examples/web.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package-repository on real hosts')

const one = { name: 'cxw', version: '1.0' }
const two = { name: 'cxw', version: '2.0' }

for (const host of realHosts('debian')) {
  const sources = '/etc/apt/sources.list.d/ours.sources'
  const ours = { name: 'ours', url: 'file:/srv/ours', suites: './' }

  test(`${host.name}: signed, and a package is found right afterwards; then unknown again`, async () => {
    await host.sh('rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list')
    const key = await makeKey(host, '/root/key')
    await publishDebs(host)('/srv/ours', one)
    await signDebs(host, '/srv/ours', '/root/key')
    await host.proves(packageRepository({ ...ours, key }))
    await host.proves(packages({ name: 'cxw', refresh: false }))
    // the final newline of a key is easily lost
    await host.finds(packageRepository({ ...ours, key: key.trim() }))
    await host.proves(packages({ name: 'cxw', state: 'absent', purge: true }))

    await host.proves(packageRepository({ ...ours, key, suites: 'stable', components: 'main' }))
    assert.match(await host.sh('apt-cache policy cxw'), 'file:/srv/ours stable/main amd64 Packages')
    await host.proves(packages({ name: 'cxw', refresh: false }))
    await host.proves(packageRepository({ name: 'ours', state: 'absent' }))
    assert.is(await host.sh(`ls ${sources} /etc/apt/keyrings/ours.asc 2>/dev/null || true`), '')
  })

  test(`${host.name}: with the wrong key, without one, or with a wrong URL, it is removed again`, async () => {
    const other = await makeKey(host, '/root/other')
    const key = await host.sh('GNUPGHOME=/root/key gpg --armor --export')
    for (const bad of [{ ...ours, key: other }, ours, { ...ours, key, url: 'file:/srv/nowhere' }]) {
      assert.match(
        await host.refuses(packageRepository(bad)),
        'the repository ours cannot be read, and was removed again',
      )
      assert.is(await host.sh(`ls ${sources} /etc/apt/keyrings/ours.asc 2>/dev/null || true`), '')
    }
    await host.proves(packageRepository({ ...ours, key }))
    const before = await host.sh(`cat ${sources} /etc/apt/keyrings/ours.asc`)
    await host.refuses(packageRepository({ ...ours, key: other }))
    assert.is(await host.sh(`cat ${sources} /etc/apt/keyrings/ours.asc`), before)
  })

  test(`${host.name}: a key from a URL, pinned by its fingerprint`, async () => {
    await host.sh(`set -e\n${serveWeb}\nGNUPGHOME=/root/key gpg --export >/srv/www/example.com/key.gpg`)
    const keyFingerprint = await host.sh(
      "GNUPGHOME=/root/key gpg --with-colons --fingerprint | sed -n '/^fpr/{s/[^0-9A-F]//g;p;q;}'",
    )
    const pinned = { ...ours, keyUrl: 'https://example.com/key.gpg', keyFingerprint: keyFingerprint.trim() }
    await host.proves(packageRepository({ name: 'ours', state: 'absent' }))
    await host.proves(packageRepository(pinned))
    await host.sh('rm /srv/www/example.com/key.gpg')
    await host.finds(packageRepository(pinned))
    await host.proves(packages({ name: 'cxw', state: 'absent', purge: true, refresh: false }))
    await host.proves(packages({ name: 'cxw', refresh: false }))
    assert.match(
      await host.refuses(packageRepository({ ...pinned, keyFingerprint: 'A'.repeat(40) })),
      'did not send an OpenPGP public key',
    )
  })

  test(`${host.name}: an unsigned one on request, beside another that cannot be read`, async () => {
    await publishDebs(host)('/srv/loose', { name: 'loose', version: '1.0' })
    await host.sh(
      "printf 'Types: deb\\nURIs: file:/nowhere\\nSuites: ./\\n' >/etc/apt/sources.list.d/broken.sources",
    )
    await host.proves(
      packageRepository({ name: 'loose', url: 'file:/srv/loose', suites: './', unsigned: true }),
    )
    await host.proves(packages({ name: 'loose', refresh: false }))
    await host.sh('rm /etc/apt/sources.list.d/broken.sources')
  })

  test(`${host.name}: reading the lists of one repository does not make those of all up to date`, async () => {
    await host.sh(
      'apt-get update -q; mkdir -p /var/lib/apt/periodic; touch -d "2 hours ago" /var/lib/apt/periodic/update-success-stamp',
    )
    await host.proves(
      packageRepository({
        ...ours,
        suites: 'stable',
        key: await host.sh('GNUPGHOME=/root/key gpg --armor --export'),
      }),
    )
    assert.is((await host.execute(packages({ name: 'cxw', state: 'latest' }), true)).outcome, 'unknown')
  })
}

for (const host of realHosts('redhat')) {
  const ours = { name: 'ours', url: 'file:///srv/ours' }

  test(`${host.name}: signed, and a package is found right afterwards; then unknown again`, async () => {
    const key = await makeKey(host, '/root/key')
    await publishRpms(host)('/srv/ours', one)
    await signRpms(host, '/srv/ours', '/root/key')
    await host.proves(packageRepository({ ...ours, key }))
    await host.proves(packages({ name: 'cxw', refresh: false }))
    assert.match(await host.sh('rpm -q gpg-pubkey'), /^gpg-pubkey-/)

    // unsigned packages are not installed from there
    await publishRpms(host)('/srv/ours', two)
    assert.match(await host.refuses(packages({ name: 'cxw=2.0-1' })), 'exit status 1 from: dnf install')
    await host.proves(packageRepository({ ...ours, unsigned: true }))
    await host.proves(packages({ name: 'cxw=2.0-1' }))
    await host.proves(packageRepository({ name: 'ours', state: 'absent' }))
    assert.is(
      await host.sh('ls /etc/yum.repos.d /etc/pki/rpm-gpg'),
      '/etc/pki/rpm-gpg:\n\n/etc/yum.repos.d:\n',
    )
  })

  test(`${host.name}: an unreadable repository is removed again`, async () => {
    const said = await host.refuses(packageRepository({ ...ours, url: 'file:///srv/nowhere' }))
    assert.match(said, 'the repository ours cannot be read, and was removed again')
    assert.is(await host.sh('ls /etc/yum.repos.d'), '')
  })
}
