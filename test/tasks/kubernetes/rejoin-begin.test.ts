/** What is looked at and recorded before a master leaves. */
import * as assert from 'uvu/assert'
import { rejoinBegin } from '../../../tasks/kubernetes/rejoin-begin.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { filesOf, record, rejoinWorld } from './rejoin-world.ts'

const test = suite('rejoin-begin')

const self = { name: 'cp1', address: '10.0.0.21' }
const begin = rejoinBegin({ self, masters: 'm2' })

test('what the node is, and what its Node has, is recorded for root only', async () => {
  const world = rejoinWorld({ node: { labels: { rack: '7' }, cordoned: true } })
  assert.is((await world.run(begin)).outcome, 'changed')
  const file = world.host.files.get(record)
  assert.is(file?.mode, '0600')
  assert.equal(JSON.parse(String(file?.content)), {
    from: { name: 'm1', address: '10.0.0.1', peer: '10.0.0.1' },
    to: self,
    stage: 'leaving',
    kept: { labels: { rack: '7' }, annotations: {}, taints: [], cordoned: true },
  })
})

test('before it has left, another name or address can be chosen, and what was recorded of its Node stays', async () => {
  const world = rejoinWorld({ node: { labels: { rack: '7' } } })
  await world.run(begin)
  const other = { name: 'cp2', address: '10.0.0.22' }
  assert.is((await world.run(rejoinBegin({ self: other, masters: 'm2' }))).outcome, 'changed')
  const text = String(world.host.files.get(record)?.content)
  assert.equal(JSON.parse(text).to, other)
  assert.match(text, '"rack":"7"')
})

test('a master that has its name and address is left alone', async () => {
  const world = rejoinWorld({ from: self })
  assert.is((await world.run(begin)).outcome, 'ok')
  assert.is(world.commands(), 0)
})

/** What a task says, when it is refused before anything is done. */
const refused = async (world: ReturnType<typeof rejoinWorld>, task = begin): Promise<string> => {
  for (const checkMode of [true, false]) {
    const run = await world.run(task, checkMode)
    assert.is(run.outcome, 'failed')
    assert.equal(world.log, [])
    assert.is(world.commands(), 0)
    if (!checkMode) return `${String(run.error)} ${hintOf(run.error)}`
  }
  return ''
}

test('refused before anything is done: another member does not respond', async () => {
  const text = await refused(rejoinWorld({ silent: ['10.0.0.3'] }))
  assert.match(
    text,
    'without m1, etcd would lose its quorum: 3 members, 2 needed, 2 healthy; after removing m1',
  )
})

test('refused before anything is done: the API server of another master is not ready', async () => {
  assert.match(
    await refused(rejoinWorld({ ready: false })),
    'cp1 does not leave its cluster while the API server of m2 is not ready',
  )
})

test('refused before anything is done: the only master', async () => {
  assert.match(
    await refused(rejoinWorld(), rejoinBegin({ self, masters: 'cp1' })),
    'is the only control-plane node',
  )
})

test('refused before anything is done: an etcd that is not that of kubeadm, and a host that is not a master', async () => {
  const external = rejoinWorld()
  external.host.files.delete('/etc/kubernetes/manifests/etcd.yaml')
  assert.match(await refused(external), 'without an etcd of kubeadm')
  const none = rejoinWorld()
  for (const path of Object.keys(filesOf(self))) none.host.files.delete(path)
  assert.match(await refused(none), 'cp1 is not a control-plane node')
})

for (const [what, params] of [
  ['a name with upper-case letters', { self: { name: 'CP1', address: '10.0.0.21' } }],
  ['no address', { self: { name: 'cp1' } }],
] as const)
  test(`bad parameters are refused: ${what}`, () => {
    // @ts-expect-error a parameter is wrong or missing
    assert.throws(() => rejoinBegin(params))
  })
