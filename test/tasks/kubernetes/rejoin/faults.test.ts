/** Which new names and addresses are refused, and why. */
import * as assert from 'uvu/assert'
import { changeFaults, volumeFaults } from '../../../../tasks/kubernetes/rejoin/faults.ts'
import type { Change } from '../../../../tasks/kubernetes/rejoin/faults.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('new names and addresses')

/** A master that becomes another one: `m1 at 10.0.0.1` to `cp1 at 10.0.0.21`. */
const change = (from: string, to: string): Change => {
  const parts = (text: string): readonly [name: string, address: string] => {
    const [name = '', address = ''] = text.split(' at ')
    return [name, address]
  }
  const [[name, address], [next, other]] = [parts(from), parts(to)]
  return { from: { name, address, peer: address }, to: { name: next, address: other }, stage: undefined }
}
const faultsOf = (all: readonly Change[], endpoint = '10.0.0.10:6443'): string[] => {
  const changes = all.filter(({ from, to }) => from.name !== to.name || from.address !== to.address)
  return changeFaults(all, changes, endpoint).map(({ subject, what }) => `${subject}: ${what}`)
}
const stays = change('m2 at 10.0.0.2', 'm2 at 10.0.0.2')

test('a new name, a new address and both are possible', () => {
  for (const to of ['cp1 at 10.0.0.1', 'm1 at 10.0.0.21', 'cp1 at 10.0.0.21'])
    assert.equal(faultsOf([change('m1 at 10.0.0.1', to), stays]), [])
})

for (const [title, all, message] of [
  [
    'another family',
    [change('m1 at 10.0.0.1', 'm1 at fd00::1')],
    'm1: 10.0.0.1 and fd00::1 are of different families',
  ],
  [
    'no address',
    [change('m1 at 10.0.0.1', 'm1 at m1.example.org')],
    'm1: m1.example.org is not an IP address',
  ],
  [
    'one address for two',
    [change('m1 at 10.0.0.1', 'm1 at 10.0.0.21'), change('m2 at 10.0.0.2', 'm2 at 10.0.0.21')],
    'm1: m2 gets the same address, 10.0.0.21',
  ],
  [
    'the address that another one still has',
    [change('m1 at 10.0.0.1', 'm1 at 10.0.0.2'), change('m2 at 10.0.0.2', 'm2 at 10.0.0.22')],
    'm1: 10.0.0.2 is still the address of m2',
  ],
  [
    'the name that another one still has',
    [change('m1 at 10.0.0.1', 'm2 at 10.0.0.1'), change('m2 at 10.0.0.2', 'm3 at 10.0.0.2')],
    'm2: m2 is still the name of the node that becomes m3',
  ],
] as const)
  test(`refused: ${title}`, () => {
    assert.equal(faultsOf(all), [message])
  })

test('refused: two masters that swap their addresses, both of them named', () => {
  assert.equal(
    faultsOf([change('m1 at 10.0.0.1', 'm1 at 10.0.0.2'), change('m2 at 10.0.0.2', 'm2 at 10.0.0.1')]),
    ['m1: 10.0.0.2 is still the address of m2', 'm2: 10.0.0.1 is still the address of m1'],
  )
})

test('refused: the endpoint is the former address or the former name of a master', () => {
  assert.equal(faultsOf([change('m1 at 10.0.0.1', 'm1 at 10.0.0.21')], '10.0.0.1:6443'), [
    'm1: 10.0.0.1, the endpoint of the cluster, is m1 at 10.0.0.1 itself',
  ])
  assert.equal(faultsOf([change('m1 at 10.0.0.1', 'cp1 at 10.0.0.1')], 'm1:6443'), [
    'cp1: m1, the endpoint of the cluster, is m1 at 10.0.0.1 itself',
  ])
  // what does not change goes on to answer
  assert.equal(faultsOf([change('m1 at 10.0.0.1', 'cp1 at 10.0.0.1')], '10.0.0.1:6443'), [])
})

test('an address that is written in another way is the same', () => {
  assert.equal(
    faultsOf([change('m1 at fd00::1', 'm1 at fd00::21'), change('m2 at fd00::2', 'm2 at fd00:0::21')]).length,
    1,
  )
})

/** A PersistentVolume that only nodes of these names have. */
const volume = (name: string, ...nodes: readonly string[]) => ({
  metadata: { name },
  spec: {
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: nodes }] },
        ],
      },
    },
  },
})

test('local data on a node that gets another name is refused; another address does not matter, nor volumes of others', () => {
  const text = JSON.stringify({
    items: [volume('pv-1', 'm1'), volume('pv-2', 'm2'), { metadata: { name: 'nfs' }, spec: {} }],
  })
  assert.equal(
    volumeFaults([change('m1 at 10.0.0.1', 'cp1 at 10.0.0.1')], text).map(({ what }) => what),
    ['local data of pv-1 (PersistentVolume) is only on a node named m1'],
  )
  assert.equal(volumeFaults([change('m1 at 10.0.0.1', 'm1 at 10.0.0.21')], text), [])
})
