/** A cluster with a network that is to be removed, for tests of the tasks that remove it. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { applyCni } from '../../../tasks/kubernetes/apply-cni.ts'
import type { Folder } from '../../support/folder.ts'
import { networkWorld, newNetworkCluster } from './network-world.ts'
import type { NetworkCluster } from './network-world.ts'

/** The manifest of a network. */
export const manifest = `apiVersion: v1
kind: Namespace
metadata: { name: kube-flannel }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: conf, namespace: kube-flannel }
data: { file: 10-flannel.conflist }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: kube-flannel-ds, namespace: kube-flannel }
spec: { template: 1 }
`

/** A pod with an address of the network. */
export const pod = (
  name: string,
  more: { labels?: object; controller?: boolean; hostNetwork?: boolean } = {},
): object => ({
  metadata: {
    name,
    namespace: more.labels === undefined ? 'default' : 'kube-system',
    labels: more.labels ?? {},
    ownerReferences: more.controller === false ? [] : [{ controller: true }],
  },
  spec: { hostNetwork: more.hostNetwork ?? false },
  status: { phase: 'Running', podIP: '10.9.0.2' },
})
export const dns = pod('coredns-1', { labels: { 'k8s-app': 'kube-dns' } })
/** A pod with the network of its host. */
export const ofHost = pod('etcd-m1', { hostNetwork: true })

/** A cluster with flannel, as apply-cni has made it. */
export const withFlannel = async (folder: Folder): Promise<NetworkCluster> => {
  const cluster = newNetworkCluster()
  const task = applyCni({ manifest: folder.write('net.yaml', manifest), podCidr: '10.9.0.0/16' })
  const run = await rehearse(task, networkWorld(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  cluster.log.length = 0
  cluster.count = 0
  cluster.users = [dns, ofHost]
  return cluster
}
