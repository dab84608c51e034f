/** A network that runs is changed one node at a time, and only what Coxswain has applied is removed. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { applyCni } from '../../../tasks/kubernetes/apply-cni.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { applied, copyOf, networkWorld, newNetworkCluster } from './network-world.ts'
import type { NetworkCluster } from './network-world.ts'

const test = suite('changes of a pod network')
const folder = folderOf(test)

/** A manifest of a network: its image, its configuration and more objects. */
const manifestOf = ({ image = 'net:1', config = '1', more = '' } = {}): string => `apiVersion: v1
kind: Namespace
metadata: { name: net }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: conf, namespace: net }
data: { conf: "${config}", file: 10-net.conflist }
---
${more}apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: net }
spec:
  template: { image: "${image}", mode: 0400 }
`

const extra = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: net-extra }
---
`

const task = (text: string, more: object = {}) =>
  applyCni({
    manifest: folder.write('net.yaml', text),
    podCidr: '10.9.0.0/16',
    timeout: 0.05,
    steady: 0,
    ...more,
  })

/** A cluster with the network as a former run has applied it. */
const withNetwork = async (text = manifestOf()): Promise<NetworkCluster> => {
  const cluster = newNetworkCluster()
  const run = await rehearse(task(text), networkWorld(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  cluster.log.length = 0
  cluster.count = 0
  return cluster
}

const turns = ['m1', 'm2', 'm3'].map((node) => `delete the pod on ${node}`)

test('a new network is applied, and recorded before it', async () => {
  const cluster = newNetworkCluster()
  assert.is((await rehearse(task(manifestOf()), networkWorld(cluster))).outcome, 'changed')
  assert.equal(cluster.log, ['record: applying', 'apply', 'record: applied'])
})

test('another image: the DaemonSet keeps its pods until each node has its turn', async () => {
  const cluster = await withNetwork()
  const run = await rehearse(task(manifestOf({ image: 'net:2' })), networkWorld(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['DaemonSet net/agent'],
  )
  assert.equal(cluster.log, ['record: applying', 'apply, pods stay', ...turns, 'apply', 'record: applied'])
})

test('another configuration: the pods are started again as well, because they read it when they start', async () => {
  const cluster = await withNetwork()
  const run = await rehearse(task(manifestOf({ config: '2' })), networkWorld(cluster))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['ConfigMap net/conf'],
  )
  assert.equal(
    cluster.log.filter((line) => line.startsWith('delete')),
    turns,
  )
})

test('a node on which the new pods are not ready ends the rollout, the others keep theirs, and another run begins there', async () => {
  const cluster = await withNetwork()
  cluster.becomesReady = ({ node, revision }) => node === 'm1' || revision === 1
  const failed = await rehearse(task(manifestOf({ image: 'net:2' })), networkWorld(cluster))
  assert.is(failed.outcome, 'failed')
  assert.match(String(failed.error), 'the pod network does not work on m2 with the new manifest: timed out')
  assert.match(JSON.stringify(failed.error), 'm3 keeps its former pods; correct the manifest')
  assert.equal(cluster.log, ['record: applying', 'apply, pods stay', ...turns.slice(0, 2)])
  cluster.becomesReady = () => true
  cluster.log.length = 0
  assert.is((await rehearse(task(manifestOf({ image: 'net:3' })), networkWorld(cluster))).outcome, 'changed')
  assert.equal(cluster.log, ['record: applying', 'apply, pods stay', ...turns, 'apply', 'record: applied'])
  // back to the former one is the same
  assert.is((await rehearse(task(manifestOf()), networkWorld(cluster))).outcome, 'changed')
})

test('what the new manifest lacks is removed at the end; what was there before, and what others can use, stays', async () => {
  const cluster = newNetworkCluster()
  applied(cluster, 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: old, namespace: net }\n')
  const others = `apiVersion: v1
kind: ServiceAccount
metadata: { name: old, namespace: net }
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: rules.net.example }
---
`
  const first = await rehearse(task(manifestOf({ more: extra + others })), networkWorld(cluster))
  assert.is(first.outcome, 'changed', String(first.error))
  cluster.log.length = 0
  const run = await rehearse(task(manifestOf()), networkWorld(cluster))
  assert.equal(run.changes, [{ what: 'ClusterRole net-extra', from: 'present', to: 'removed' }])
  assert.equal(cluster.log, ['record: applying', 'apply', 'delete ClusterRole net-extra', 'record: applied'])
  const left = [...cluster.objects.keys()].filter((key) => /old|rules/.test(key))
  assert.equal(left.length, 2)
})

test('objects that were there before are those of Coxswain only if that is asked for', async () => {
  const cluster = newNetworkCluster()
  applied(cluster, manifestOf({ more: extra }))
  // there is no difference, so nothing is recorded
  assert.is((await rehearse(task(manifestOf({ more: extra })), networkWorld(cluster))).outcome, 'ok')
  assert.is(cluster.record, '')
  const taken = await rehearse(task(manifestOf({ more: extra }), { takeOver: true }), networkWorld(cluster))
  assert.equal(
    taken.changes.map(({ to }) => to),
    ['has the objects of the manifest'],
  )
  assert.equal(cluster.log, ['record: applying', 'apply', 'record: applied'])
  const run = await rehearse(task(manifestOf()), networkWorld(cluster))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['ClusterRole net-extra'],
  )
})

test('without a record, an update of a network of others removes nothing', async () => {
  const cluster = newNetworkCluster()
  applied(cluster, manifestOf({ more: extra }))
  assert.is((await rehearse(task(manifestOf({ image: 'net:2' })), networkWorld(cluster))).outcome, 'changed')
  assert.ok([...cluster.objects.keys()].some((key) => key.includes('net-extra')))
})

test('nodes that are not Ready forbid a change before anything is changed, unless they only lack the network', async () => {
  const cluster = await withNetwork()
  cluster.notReady.set('m3', 'Kubelet stopped posting node status.')
  const run = await rehearse(task(manifestOf({ image: 'net:2' })), networkWorld(cluster))
  assert.match(
    String(run.error),
    'the pod network is not changed while nodes are not Ready: m3 (Kubelet stopped posting node status.)',
  )
  assert.equal(cluster.log, [])
})

test('while the former network is being removed, nothing is applied', async () => {
  const cluster = await withNetwork()
  cluster.record = cluster.record.replace('applied', 'removing')
  const run = await rehearse(task(manifestOf()), networkWorld(cluster))
  assert.match(String(run.error), 'the removal of')
  assert.match(JSON.stringify(run.error), 'cni_manifest=none -e cni_remove=true')
})

test('an API server that does not say what was applied is not taken for one without a record', async () => {
  const cluster = await withNetwork()
  const silent = [[/get configmap coxswain-pod-network/, { code: 1, stderr: 'timeout' }]] as const
  const run = await rehearse(task(manifestOf({ image: 'net:2' })), networkWorld(cluster, silent))
  assert.match(
    String(run.error),
    'does not say whether there is a ConfigMap kube-system/coxswain-pod-network',
  )
  assert.equal(cluster.log, [])
})

test('objects too large for an annotation are merged by the API server', async () => {
  const large = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: large }\ndata: { x: "${'x'.repeat(210_000)}" }\n---\n`
  const cluster = newNetworkCluster()
  const run = await rehearse(task(manifestOf({ more: large })), networkWorld(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(cluster.log[1], 'apply, merged by the API server')
})

for (const after of [false, true]) {
  test(`interrupted at any command, ${after ? 'after' : 'before'} it has taken effect, the next run completes the change`, async () => {
    const from = manifestOf({ more: extra })
    const to = manifestOf({ image: 'net:2', config: '2' })
    const before = await withNetwork(from)
    const complete = copyOf(before)
    assert.is((await rehearse(task(to), networkWorld(complete))).outcome, 'changed')
    const commands = complete.count
    assert.ok(commands > 6)
    for (let at = 1; at <= commands; at += 1) {
      const cluster = copyOf(before)
      cluster.fails = { at, after }
      const failed = await rehearse(task(to), networkWorld(cluster))
      assert.is(failed.outcome, 'failed', `${at}: ${failed.outcome}`)
      const run = await rehearse(task(to), networkWorld(cluster))
      // what failed as the last command, after its effect, leaves nothing to do
      assert.ok(run.outcome === 'changed' || (after && at === commands), `${at}: ${String(run.error)}`)
      assert.equal([...cluster.objects.keys()].toSorted(), [...complete.objects.keys()].toSorted())
      assert.equal(
        cluster.pods.map(({ revision }) => revision),
        [2, 2, 2],
        `command ${at}`,
      )
      assert.is(cluster.record, complete.record, `command ${at}`)
      const unchanged = cluster.pods.filter(({ name }) => /agent-[123]$/.test(name))
      assert.equal(unchanged, [], `all pods were started again, command ${at}`)
    }
  })
}
