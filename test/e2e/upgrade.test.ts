/**
 * A cluster of the main playbook that is upgraded by hand, as kubeadm's documentation says: the next run of the playbook with
 * the new version finds nothing to do in the cluster.
 */
import * as assert from 'uvu/assert'
import { basename } from 'node:path'
import { bundle } from '../../lab/bundles.ts'
import { say } from '../../lab/say.ts'
import { freshCluster } from '../support/cluster.ts'
import type { Cluster } from '../support/cluster.ts'
import { e2eUpgrades } from '../support/e2e-releases.ts'
import { tasksWith } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'

/** A newer kubelet creates all static pods of its host again: the API server is away for some seconds. */
const eventually = (command: string): string =>
  `for i in $(seq 120); do ${command} >/dev/null 2>&1 && exit 0; sleep 1; done; ${command}`

const must = async ({ lab }: Cluster, host: string, command: string): Promise<void> => {
  const { code, stdout, stderr } = await lab.exec(host, command)
  assert.is(code, 0, `${host}: ${command}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`)
}

/** Upgrades one master: images, `kubeadm upgrade`, then the kubelet. */
const upgradeMaster = async (
  cluster: Cluster,
  host: string,
  folder: string,
  version: string,
): Promise<void> => {
  const there = `/opt/coxswain/bundles/${basename(folder)}`
  await must(
    cluster,
    host,
    `for i in ${there}/images/*.tar; do ctr -n k8s.io images import $i >/dev/null || exit; done`,
  )
  await must(cluster, host, `install -m 755 ${there}/bin/kubeadm /usr/bin/kubeadm`)
  // on cgroup v1, kubeadm refuses a kubelet of 1.35 or later whatever its configuration says
  const ignored = '--ignore-preflight-errors=SystemVerification'
  const words = host === 'm1' ? `apply ${version} --yes` : 'node'
  await must(cluster, host, `kubeadm upgrade ${words} ${ignored}`)
  say(`kubeadm upgrade on ${host}: done`)
  await must(
    cluster,
    host,
    `install -m 755 ${there}/bin/kubelet ${there}/bin/kubectl /usr/bin/; systemctl restart kubelet`,
  )
  const path = 'jsonpath={.status.nodeInfo.kubeletVersion}'
  await must(cluster, 'm1', eventually(`test "$(${kubectl} get node ${host} -o '${path}')" = ${version}`))
  await must(cluster, 'm1', eventually(`${kubectl} wait --for=condition=Ready node/${host} --timeout=10s`))
}

for (const { from, to, stamp, masters } of e2eUpgrades) {
  const test = suite(`an upgrade by hand from ${from} to ${stamp ?? to}`, { seconds: 2400 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('upgrade', from, { masters })
  })
  test.after(() => cluster.remove())

  test('the playbook builds the cluster', async () => {
    await cluster.succeed('ha-masters')
    await cluster.assertHealthy()
  })

  test('after the upgrade, the playbook follows with its own files, and changes nothing in the cluster', async () => {
    const { folder, version } = await bundle({ kubernetes: to, stamp })
    for (let number = 1; number <= masters; number += 1)
      await upgradeMaster(cluster, `m${number}`, folder, version)
    const chosen = ['-e', `kubernetes_version=${version}`]
    const first = await cluster.succeed('ha-masters', ...chosen)
    // the version, and the certificates of admin.conf, which kubeadm upgrade renews
    assert.equal(
      tasksWith(first, 'changed').filter((task) => !/: (write-config|user-kubeconfig):/.test(task)),
      [],
    )
    const second = await cluster.succeed('ha-masters', ...chosen)
    assert.equal(tasksWith(second, 'changed'), [])
    await cluster.assertHealthy()
  })
}
