/** The playbook recover-quorum, on a real cluster of three masters of which two are lost. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'
const accept = ['-e', 'recover_quorum_accept_loss=true']

for (const release of e2eOperations) {
  const test = suite(`three masters of Kubernetes ${release}, of which two are lost`, { seconds: 2400 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('recover-e2e', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)

  test('recover-quorum: refused while there is a quorum', async () => {
    const refused = await cluster.play('recover-quorum', ...accept)
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'etcd has a quorum: 3 members, 2 needed, 3 healthy')
    await cluster.assertHealthy()
  })

  test('recover-quorum: the last member keeps its data, and is the only one', async () => {
    await on('m1', `${kubectl} create configmap last-write`)
    for (const host of ['m2', 'm3'])
      await on(host, 'systemctl disable -q --now kubelet; pkill -9 -x etcd; rm -rf /var/lib/etcd/member')
    const refused = await cluster.play('recover-quorum')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), /Writes that only m\d and m\d have are lost/)

    const check = await cluster.succeed('recover-quorum', '--check', ...accept)
    assert.is(tasksWith(check, 'would change').length, 1)
    const run = await cluster.succeed('recover-quorum', ...accept)
    assert.is(tasksWith(run, 'changed').length, 3)
    assert.equal(await cluster.nodes(), ['m1=True'])
    assert.equal(await cluster.members(), ['m1 started'])
    assert.is(await on('m1', `${kubectl} get configmap last-write -o name`), 'configmap/last-write')
    await on(
      'm1',
      'ls -d /var/lib/etcd/before-recover-*/member && test ! -e /etc/coxswain/recover-quorum && ! grep force-new-cluster /etc/kubernetes/manifests/etcd.yaml',
    )
    assert.equal(tasksWith(await cluster.succeed('recover-quorum'), 'changed'), [])
  })

  test('ha-masters: the lost masters come back after a reset', async () => {
    await cluster.succeed('reset', '--limit', 'm2,m3', '-e', 'reset_force=true')
    await cluster.succeed('ha-masters')
    await cluster.assertHealthy()
    await cluster.assertDnsAnswers()
  })
}
