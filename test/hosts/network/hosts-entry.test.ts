import * as assert from 'uvu/assert'
import { hostsEntry } from '../../../tasks/network/hosts-entry.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hosts-entry on real hosts')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: a name has one address, in a file that is a mount point`, async () => {
    await host.sh('echo "10.9.9.9 api other" >>/etc/hosts')
    await host.proves(hostsEntry({ address: '127.0.0.9', names: ['api', 'api.example'] }))
    assert.is(await host.sh('grep -E "api|other" /etc/hosts'), '10.9.9.9 other\n127.0.0.9 api api.example\n')
    await host.finds(hostsEntry({ address: '127.0.0.9', names: ['api'] }))
  })
}
