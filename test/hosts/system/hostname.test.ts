import * as assert from 'uvu/assert'
import { hostname } from '../../../tasks/system/hostname.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hostname on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: the name is set live and for the next boot`, async () => {
    await host.proves(hostname({ name: 'web1.example' }))
    // a file without a final newline, as podman creates it, stays so
    assert.is((await host.sh('uname -n; cat /etc/hostname')).trimEnd(), 'web1.example\nweb1.example')
    await host.sh('echo other >/etc/hostname')
    await host.proves(hostname({ name: 'web1.example' }))
  })
}
