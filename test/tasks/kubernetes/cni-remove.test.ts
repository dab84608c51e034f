/** A pod network is removed: from the cluster, from its nodes, and in the end the record of it. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { applyCni } from '../../../tasks/kubernetes/apply-cni.ts'
import { cniRemove } from '../../../tasks/kubernetes/cni-remove.ts'
import { cniRemoved } from '../../../tasks/kubernetes/cni-removed.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { applied, copyOf, networkWorld, newNetworkCluster } from './network-world.ts'
import { dns, manifest, ofHost, pod, withFlannel } from './removal-world.ts'

const test = suite('removal of a pod network')
const folder = folderOf(test)

const objects = ['DaemonSet kube-flannel-ds', 'ConfigMap conf', 'Namespace kube-flannel']

test('what was applied is removed: DaemonSets first, namespaces last', async () => {
  const cluster = await withFlannel(folder)
  const run = await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(cluster.log, ['record: removing', ...objects.map((one) => `delete ${one}`)])
  assert.equal(
    run.changes.map(({ what }) => what),
    [
      'ConfigMap kube-system/coxswain-pod-network',
      'DaemonSet kube-flannel/kube-flannel-ds',
      'ConfigMap kube-flannel/conf',
      'Namespace kube-flannel',
    ],
  )
})

test('without a record, nothing is removed: the network is that of others', async () => {
  const cluster = newNetworkCluster()
  applied(cluster, manifest)
  assert.is((await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))).outcome, 'ok')
  assert.is((await rehearse(cniRemoved({ nodes: ['m1', 'm2', 'm3'] }), networkWorld(cluster))).outcome, 'ok')
  assert.equal(cluster.log, [])
})

test('a removal that is not confirmed is refused, with what it would remove', async () => {
  const cluster = await withFlannel(folder)
  const run = await rehearse(cniRemove(), networkWorld(cluster))
  assert.match(
    String(run.error),
    'is only removed if that is confirmed: DaemonSet kube-flannel/kube-flannel-ds',
  )
  assert.match(JSON.stringify(run.error), '-e cni_remove=true')
  assert.equal(cluster.log, [])
})

test('pods that need the network are named, and must be accepted', async () => {
  const cluster = await withFlannel(folder)
  cluster.users = [dns, ofHost, ...Array.from({ length: 12 }, (_, index) => pod(`app-${index}`))]
  const run = await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))
  assert.match(
    String(run.error),
    /pods need the pod network .*: default\/app-0, .*default\/app-9 and 2 more$/,
  )
  assert.equal(cluster.log, [])
  const accepted = cniRemove({ confirm: true, acceptPods: true })
  assert.is((await rehearse(accepted, networkWorld(cluster))).outcome, 'changed')
})

test('what was there before Coxswain applied it is not removed, and the way out is named', async () => {
  const cluster = newNetworkCluster()
  applied(cluster, manifest.replace('template: 1', 'template: 0'))
  const path = folder.write('net.yaml', manifest)
  const task = applyCni({ manifest: path, podCidr: '10.9.0.0/16', steady: 0 })
  assert.is((await rehearse(task, networkWorld(cluster))).outcome, 'changed')
  const run = await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))
  assert.match(
    String(run.error),
    'were there before Coxswain applied it, and are not removed: ConfigMap kube-flannel/conf, DaemonSet',
  )
  assert.match(JSON.stringify(run.error), 'cni_take_over=true')
  const taken = applyCni({ manifest: path, podCidr: '10.9.0.0/16', takeOver: true })
  assert.is((await rehearse(taken, networkWorld(cluster))).outcome, 'changed')
  assert.is((await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))).outcome, 'changed')
})

test('a namespace in which others have something stays, and is named', async () => {
  const cluster = await withFlannel(folder)
  cluster.foreign = 'pod/debug\n'
  const run = await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))
  assert.match(String(run.error), 'the namespace kube-flannel has other objects: pod/debug')
  cluster.foreign = ''
  assert.is((await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))).outcome, 'changed')
})

for (const after of [false, true]) {
  test(`interrupted at any command, ${after ? 'after' : 'before'} it has taken effect, the next run completes the removal`, async () => {
    const before = await withFlannel(folder)
    const tasks = [cniRemove({ confirm: true }), cniRemoved({ nodes: ['m1', 'm2', 'm3'] })]
    for (let at = 1; at <= 6; at += 1) {
      const cluster = copyOf(before)
      cluster.fails = { at, after }
      for (const task of tasks) {
        const { outcome } = await rehearse(task, networkWorld(cluster))
        if (outcome === 'failed') break
      }
      assert.ok(cluster.count >= at)
      for (const task of tasks) {
        const { outcome, error } = await rehearse(task, networkWorld(cluster))
        assert.ok(outcome === 'changed' || outcome === 'ok', `${at}: ${String(error)}`)
      }
      assert.equal([cluster.record, cluster.objects.size, cluster.pods.length], ['', 0, 0], `command ${at}`)
    }
  })
}
