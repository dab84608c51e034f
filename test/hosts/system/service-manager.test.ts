import * as assert from 'uvu/assert'
import { serviceManager } from '../../../tasks/system/service-manager.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('service-manager on real hosts')

const expected = { debian: 'systemd', openrc: 'openrc', busybox: 'none' }

for (const host of realHosts('debian', 'openrc', 'busybox')) {
  test(`${host.name}: ${expected[host.name]}`, async () => {
    const { outcome, value } = await host.execute(serviceManager())
    assert.equal([outcome, value], ['ok', expected[host.name]])
  })
}
