/** The playbook smoke, on a real cluster of three masters. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

/** A StorageClass without a provisioner, and a disk of it on one node. */
const disk = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'by-hand' },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'disk' },
      spec: {
        capacity: { storage: '16Mi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'by-hand',
        local: { path: '/srv/disk' },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              {
                matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['m2'] }],
              },
            ],
          },
        },
      },
    },
  ],
}

for (const release of e2eOperations) {
  const test = suite(`three masters of Kubernetes ${release} work`, { seconds: 2400 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('smoke-e2e', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const left = (): Promise<string> => on('m1', `${kubectl} get namespace coxswain-smoke --ignore-not-found`)

  /** An image with busybox, which the nodes have. */
  const imageOf = (): Promise<string> =>
    on(
      'm1',
      `${kubectl} -n kube-flannel get ds kube-flannel-ds -o 'jsonpath={.spec.template.spec.containers[0].image}'`,
    )

  test('smoke: all nodes work, and nothing is left; without a StorageClass, it says that volumes were not tried', async () => {
    const run = await cluster.succeed('smoke', '-e', `smoke_image=${await imageOf()}`)
    assert.equal(tasksWith(run, 'changed'), [])
    assert.match(run.stdout, 'volumes were not tried: the cluster does not have a StorageClass')
    assert.is(await left(), '')
  })

  test('smoke: a volume keeps what a pod wrote for another one, and can be claimed again', async () => {
    const smoked = ['-e', `smoke_image=${await imageOf()}`, '-e', 'smoke_storage_class=by-hand']
    await on('m2', 'mkdir -p /srv/disk')
    await on('m1', `echo '${JSON.stringify(disk)}' | ${kubectl} create -f -`)
    // twice: the first run gives the volume back
    for (const _ of [1, 2]) {
      const run = await cluster.succeed('smoke', ...smoked)
      assert.match(run.stdout, 'a volume of the StorageClass by-hand was written by one pod and read by')
      assert.is(await on('m2', 'ls /srv/disk'), '')
      assert.is(await left(), '')
    }
    assert.is(await on('m1', `${kubectl} get pv disk -o 'jsonpath={.status.phase}'`), 'Available')
    const refused = await cluster.play('smoke', ...smoked.slice(0, 2), '-e', 'smoke_storage_class=gold')
    assert.match(failuresOf(refused), 'the cluster does not have the StorageClass gold')
  })

  test('smoke: an image that is not there is named, and nothing is left', async () => {
    const refused = await cluster.play('smoke', '-e', 'smoke_image=registry.invalid/none:1')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'ImagePull')
    assert.is(await left(), '')
  })
}
