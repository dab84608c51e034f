import * as assert from 'uvu/assert'
import { sysctl } from '../../../tasks/system/sysctl.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('sysctl on real hosts')

// a parameter of the network: each container has its own
const key = 'net.ipv4.ip_default_ttl'

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: now and at boot`, async () => {
    await host.proves(sysctl({ key, value: 63 }))
    assert.is(
      await host.sh(`cat /proc/sys/net/ipv4/ip_default_ttl; grep -c ttl /etc/sysctl.d/90-coxswain.conf`),
      '63\n1\n',
    )
    await host.proves(sysctl({ key, value: 62 }))
    assert.is(await host.sh(`grep -c ttl /etc/sysctl.d/90-coxswain.conf`), '1\n')
    await host.finds(sysctl({ key, value: 62 }))
  })

  test(`${host.name}: any blanks are allowed between the fields of a value`, async () => {
    const range = { key: 'net.ipv4.ip_local_port_range' }
    await host.proves(sysctl({ ...range, value: '32768\t60000' }))
    await host.finds(sysctl({ ...range, value: ' 32768  60000' }))
  })

  test(`${host.name}: a parameter that the kernel does not have`, async () => {
    const unknown = { key: 'net.ipv4.never_there', value: 1 }
    assert.match(await host.refuses(sysctl(unknown)), 'sysctl -n')
    await host.proves(sysctl({ ...unknown, ignoreUnknown: true }))
    assert.is(await host.sh('grep never /etc/sysctl.d/90-coxswain.conf'), 'net.ipv4.never_there = 1\n')
    await host.proves(sysctl({ key, value: 61, ignoreUnknown: true }))
    assert.is(await host.sh('cat /proc/sys/net/ipv4/ip_default_ttl'), '61\n')
  })
}
