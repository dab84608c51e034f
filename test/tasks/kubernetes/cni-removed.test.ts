/** The end of the removal of a pod network. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { cniRemove } from '../../../tasks/kubernetes/cni-remove.ts'
import { cniRemoved } from '../../../tasks/kubernetes/cni-removed.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { networkWorld } from './network-world.ts'
import { dns, ofHost, pod, withFlannel } from './removal-world.ts'

const test = suite('cni-removed')
const folder = folderOf(test)

test('the end: pods with an address of the network are deleted, those without a controller stay, then the record goes', async () => {
  const cluster = await withFlannel(folder)
  cluster.users = [dns, ofHost, pod('bare', { controller: false })]
  const accepted = cniRemove({ confirm: true, acceptPods: true })
  assert.is((await rehearse(accepted, networkWorld(cluster))).outcome, 'changed')
  cluster.log.length = 0
  const other = await rehearse(cniRemoved({ nodes: ['m1', 'm2'] }), networkWorld(cluster))
  assert.match(String(other.error), 'the inventory lacks nodes on which the former pod network is left: m3')
  const run = await rehearse(cniRemoved({ nodes: ['m1', 'm2', 'm3'] }), networkWorld(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(cluster.log, ['delete pod kube-system/coredns-1', 'record removed'])
})
