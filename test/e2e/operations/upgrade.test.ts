/** The playbook upgrade, on a real cluster of three masters, to a patch release of the same minor. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { folderOf } from '../../support/folder.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { upgradeBundle } from '../../support/upgrade-bundle.ts'

const masters = ['m1', 'm2', 'm3']
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

/** Writes numbered ConfigMaps through the endpoint until a file exists, and the numbers of those that were acknowledged. */
const writer = `n=0
while [ ! -e /root/stop ]; do
  n=$((n + 1))
  ${kubectl} --request-timeout=5s create configmap "written-$n" >/dev/null 2>&1 && echo "written-$n"
  sleep 0.2
done >/root/written 2>/dev/null </dev/null &`

for (const release of e2eOperations) {
  const test = suite(`three masters of Kubernetes ${release} are upgraded`, { seconds: 3600 })

  const folder = folderOf(test)
  let cluster: Cluster
  let words: readonly string[]
  let version: string
  test.before(async () => {
    cluster = await freshCluster('upgrade-e2e', release)
    await cluster.succeed('ha-masters')
    ;({ version, words } = await upgradeBundle(folder, release))
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)

  test('what is in the way is refused, all of it at once, before anything is changed', async () => {
    const refused = await cluster.play(
      'upgrade',
      ...words,
      '-e',
      'upgrade_to=v1.20.2',
      '-e',
      'ignore_preflight_errors=[]',
    )
    assert.is(refused.status, 3)
    assert.match(failuresOf(refused) + refused.stdout, 'and v1.20.2 is older')
    assert.equal(tasksWith(refused, 'changed'), [])
  })

  test('the masters are upgraded one at a time, and no write that was acknowledged is lost', async () => {
    const check = await cluster.succeed('upgrade', '--check', ...words)
    await on('m1', writer)
    const run = await cluster.succeed('upgrade', ...words)
    await on('m1', 'touch /root/stop')
    const changed = tasksWith(run, 'changed')
    for (const task of tasksWith(check, 'would change'))
      assert.ok(changed.includes(task) || task.includes('user-kubeconfig'), task)
    const there = (await on('m1', `${kubectl} get configmaps -o name`)).split('\n')
    const written = (await on('m1', 'cat /root/written')).split('\n')
    assert.ok(written.length > 10)
    assert.equal(
      written.filter((name) => !there.includes(`configmap/${name}`)),
      [],
    )
    for (const host of masters) {
      const images = await on(host, 'grep -h image: /etc/kubernetes/manifests/kube-*.yaml')
      assert.is(images.split(version).length - 1, 3, images)
    }
    const path = "jsonpath='{.items[*].status.nodeInfo.kubeletVersion}'"
    assert.is(await on('m1', `${kubectl} get nodes -o ${path}`), `${version} ${version} ${version}`)
    await cluster.assertHealthy()
    await cluster.assertDnsAnswers()
  })

  test('a second run changes nothing', async () => {
    const second = await cluster.succeed('upgrade', ...words)
    assert.equal(tasksWith(second, 'changed'), [])
  })
}
