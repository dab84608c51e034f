/** Packages in files, and answers to their questions. */
import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { debconf } from '../../../tasks/system/debconf.ts'
import { packageFile } from '../../../tasks/system/package-file.ts'
import { publishDebs, publishRpms } from '../../support/package-repositories.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('packages in files and debconf on real hosts')

const families = {
  debian: {
    publishing: publishDebs,
    file: (version: string) => `/srv/files/cxf_${version}.deb`,
    version: "dpkg-query -W -f '${Version}\\n' cxf",
  },
  redhat: {
    publishing: publishRpms,
    file: (version: string) => `/srv/files/noarch/cxf-${version}-1.noarch.rpm`,
    version: "rpm -q --qf '%{VERSION}\\n' cxf",
  },
  suse: {
    publishing: publishRpms,
    file: (version: string) => `/srv/files/noarch/cxf-${version}-1.noarch.rpm`,
    version: "rpm -q --qf '%{VERSION}\\n' cxf",
  },
}

for (const host of realHosts('debian', 'redhat', 'suse')) {
  const { publishing, file, version } = families[host.name]
  test(`${host.name}: the version in the file is installed, newer or older`, async () => {
    await publishing(host)('/srv/files', { name: 'cxf', version: '1.0' }, { name: 'cxf', version: '2.0' })
    // no repository is needed, and none can be reached
    await host.sh(
      'rm -f /etc/apt/sources.list.d/* /etc/apt/sources.list /etc/yum.repos.d/* /etc/zypp/repos.d/*',
    )
    for (const one of ['1.0', '2.0', '1.0']) {
      await host.proves(packageFile({ path: file(one), unsigned: true }))
      assert.is(await host.sh(version), `${one}\n`)
    }
    await host.sh('echo no package >/srv/files/broken')
    await host.refuses(packageFile({ path: '/srv/files/broken' }))
    if (host.name !== 'debian') return

    await host.proves(
      debconf({ package: 'cxf', question: 'cxf/mode', type: 'select', value: 'one two, three' }),
    )
    assert.is(await host.sh('echo get cxf/mode | debconf-communicate cxf'), '0 one two, three\n')
    await host.finds(
      debconf({ package: 'cxf', question: 'cxf/mode', type: 'select', value: 'one two, three' }),
    )
    const password = (text: string) =>
      debconf({ package: 'cxf', question: 'cxf/password', type: 'password', value: new Secret(text) })
    await host.proves(password('hush 1'))
    await host.proves(password('hush 2'))
    assert.is(await host.sh('echo get cxf/password | debconf-communicate cxf'), '0 hush 2\n')
  })
}
