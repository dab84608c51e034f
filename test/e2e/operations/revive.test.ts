/** The playbook revive, on a real cluster of three masters whose certificates have all expired. The tests depend on each other in their order. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const masters = ['m1', 'm2', 'm3']
const expire = readFileSync(resolve(import.meta.dirname, 'expire-certificates.sh'), 'utf8')
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

for (const release of e2eOperations) {
  const test = suite(`three masters of Kubernetes ${release} whose certificates have expired`, {
    seconds: 2400,
  })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('revive-e2e', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)

  /** The state after the hosts were turned off and on again: the kubelets do not start, and so nothing does. */
  const lockOut = async (): Promise<void> => {
    await on('m1', `${kubectl} create configmap before-$(date +%s)`)
    for (const host of masters) await on(host, expire)
    for (const host of masters)
      await on(host, 'systemctl restart kubelet; pkill -x etcd; pkill -f ^kube-apiserver; true')
    assert.is((await cluster.lab.exec('m1', `${kubectl} get nodes`)).code, 1)
  }

  test('revive: refused where an authority is kept elsewhere, before anything is changed', async () => {
    await lockOut()
    for (const host of masters) await on(host, 'mv /etc/kubernetes/pki/ca.key /root/')
    const refused = await cluster.play('revive')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), '/etc/kubernetes/pki/ca.key is not on m1')
    assert.equal(tasksWith(refused, 'changed'), [])
    for (const host of masters) await on(host, 'mv /root/ca.key /etc/kubernetes/pki/')
  })

  test('revive: kubelets, etcd and API servers are back, and a second run changes nothing', async () => {
    const check = await cluster.succeed('revive', '--check')
    const run = await cluster.succeed('revive')
    const changed = tasksWith(run, 'changed')
    for (const task of tasksWith(check, 'would change')) assert.ok(changed.includes(task), task)
    assert.is(changed.filter((task) => task.includes('kubelet-certificate')).length, 3)
    await cluster.assertHealthy()
    assert.equal(tasksWith(await cluster.succeed('revive'), 'changed'), [])
    assert.match(await on('m1', `${kubectl} get configmaps -o name`), 'configmap/before-')
    await cluster.assertDnsAnswers()
  })

  test('revive: a kubelet whose certificate is of another authority gets one of its own', async () => {
    await on(
      'm2',
      'cd /var/lib/kubelet/pki && openssl req -x509 -newkey rsa:2048 -nodes -subj /O=system:nodes/CN=system:node:m2 -keyout k -out c -days 9 && cat c k >"$(readlink kubelet-client-current.pem)" && rm c k && systemctl restart kubelet',
    )
    assert.equal((await cluster.succeed('revive').then((run) => tasksWith(run, 'changed'))).length, 1)
    await cluster.assertHealthy()
  })
}
