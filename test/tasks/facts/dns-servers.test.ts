import * as assert from 'uvu/assert'
import { dnsServers, parseDnsServers } from '../../../tasks/facts/dns-servers.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('dns-servers')

test('name servers', async () => {
  const conf =
    '# nameserver 1.1.1.1\nnameserver 10.0.0.53\nnameserver fd00::53 x\ndomain a.example\nsearch b.example c.example\noptions timeout:2\noptions rotate ndots:1\nnameserver\n'
  assert.equal(parseDnsServers(conf), {
    servers: ['10.0.0.53', 'fd00::53'],
    search: ['b.example', 'c.example'],
    options: ['timeout:2', 'rotate', 'ndots:1'],
  })
  assert.equal(await valueFrom(dnsServers(), ''), { servers: [], search: [], options: [] })
})
