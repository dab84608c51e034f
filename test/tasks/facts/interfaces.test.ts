import * as assert from 'uvu/assert'
import { interfaces } from '../../../tasks/facts/interfaces.ts'
import { rejects } from '../../support/rejects.ts'
import { valueFrom } from '../../support/value-of.ts'
import { networkText } from './network-text.ts'
import { suite } from '../../support/spec.ts'

const test = suite('interfaces')

test('interfaces, with their addresses', async () => {
  const found = await valueFrom(interfaces(), networkText)
  assert.equal(
    Object(found).map(
      ({
        name,
        kind,
        up,
        mtu,
        addresses: its,
      }: {
        name: string
        kind: string
        up: boolean
        mtu: number
        addresses: readonly unknown[]
      }) => [name, kind, up, mtu, its.length],
    ),
    [
      ['lo', 'loopback', true, 65_536, 1],
      ['eth0', 'physical', true, 1500, 5],
      ['eth0.5', 'virtual', false, 1500, 1],
    ],
  )
})

test('a host without ip is named as such', async () => {
  await rejects(() => valueFrom(interfaces(), { code: 101 }), 'task-failed', 'does not have the program ip')
})
