import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { defaultAddress, defaultAddressIn } from '../../../tasks/facts/default-address.ts'
import { parseNetwork } from '../../../tasks/facts/reading/network.ts'
import { rejects } from '../../support/rejects.ts'
import { sent } from '../../support/sent.ts'
import { valueFrom } from '../../support/value-of.ts'
import { networkText } from './network-text.ts'
import { suite } from '../../support/spec.ts'

const test = suite('default-address')

test('the default address: of the route with the least metric, the one that it sends from', async () => {
  assert.equal(await valueFrom(defaultAddress(), networkText), {
    address: '10.0.0.2',
    family: 4,
    prefix: 24,
    device: 'eth0',
    gateway: '10.0.0.1',
    mac: '52:54:00:00:00:01',
    mtu: 1500,
  })
  // not the temporary one
  const six = defaultAddressIn(parseNetwork(networkText), 6)
  assert.equal([six?.address, six?.gateway], ['fd00::2', 'fe80::ff'])
})

test('a host with IPv6 alone; a route without a gateway; no route', async () => {
  const only = `link	wg0	-	1420	unknown	65534\naddresses\n4: wg0    inet6 fd00::7/128 scope global \\ \nroutes 4\nroutes 6\ndefault dev wg0 metric 1\n`
  assert.equal(await valueFrom(defaultAddress(), only), {
    address: 'fd00::7',
    family: 6,
    prefix: 128,
    device: 'wg0',
    gateway: undefined,
    mac: '-',
    mtu: 1420,
  })
  await rejects(
    () => valueFrom(defaultAddress({ family: 4 }), only),
    'task-failed',
    'no default route for IPv4',
  )
  await rejects(() => valueFrom(defaultAddress(), ''), 'task-failed', 'no default route')
})

test('one command, and nothing is changed', async () => {
  const run = await rehearse(defaultAddress(), { patterns: [[/[^]/, networkText]] })
  assert.equal(run.commands, { check: [sent('tasks/facts/reading/network.sh')], apply: [] })
})
