/** The playbook smoke, on a real cluster of three masters. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

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

  test('smoke: all nodes work, and nothing is left', async () => {
    const ds = `${kubectl} -n kube-flannel get ds kube-flannel-ds`
    const image = await on('m1', `${ds} -o 'jsonpath={.spec.template.spec.containers[0].image}'`)
    assert.equal(tasksWith(await cluster.succeed('smoke', '-e', `smoke_image=${image}`), 'changed'), [])
    assert.is(await left(), '')
  })

  test('smoke: an image that is not there is named, and nothing is left', async () => {
    const refused = await cluster.play('smoke', '-e', 'smoke_image=registry.invalid/none:1')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'ImagePull')
    assert.is(await left(), '')
  })
}
