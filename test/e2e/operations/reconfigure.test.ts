/** The playbook reconfigure, on a real cluster of three masters. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { factsOf } from '../../../tasks/kubernetes/kubeadm/versions.ts'

const masters = ['m1', 'm2', 'm3']
const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml'

/** Variables of a run. */
const given = (values: Readonly<Record<string, unknown>>): string[] => ['-e', JSON.stringify(values)]

// from v1.31 on, kubeadm says what it would write
for (const release of e2eOperations.filter((one) => factsOf(`v${one}.0`).dryRunsPhases)) {
  const test = suite(`three masters of Kubernetes ${release} are reconfigured`, { seconds: 3000 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('reconfigure-e2e', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const onAll = (command: string): Promise<string[]> => Promise.all(masters.map((host) => on(host, command)))

  const good = given({
    cert_sans: ['api.example.test'],
    api_server: { extraArgs: { v: '3' } },
    etcd: { quotaBackendBytes: 3_000_000_000 },
    kubelet: {
      maxPods: 77,
      failCgroupV1: false,
      imageGCHighThresholdPercent: 100,
      evictionHard: { 'imagefs.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' },
    },
    kube_proxy: { metricsBindAddress: '0.0.0.0' },
  })

  test('a cluster that is as the inventory says has nothing to change', async () => {
    assert.equal(tasksWith(await cluster.succeed('reconfigure'), 'changed'), [])
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
  })

  test('ha-masters refuses other settings, and names the playbook that applies them', async () => {
    const refused = await cluster.play('ha-masters', ...good)
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'playbooks/reconfigure.ts')
  })

  test('what cannot change is refused by its name, before anything is changed', async () => {
    const refused = await cluster.play('reconfigure', ...given({ service_subnet: '10.112.0.0/12' }))
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'service_subnet is 10.112.0.0/12, but the cluster has')
    assert.equal(tasksWith(refused, 'changed'), [])
  })

  test('an argument that the API server does not know is taken back on the first master, with what it has logged', async () => {
    const before = await onAll(`sha256sum ${manifest}`)
    const refused = await cluster.play(
      'reconfigure',
      ...given({ api_server: { extraArgs: { 'no-such-flag': '1' } } }),
    )
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'its former files were put back')
    assert.match(failuresOf(refused), 'no-such-flag')
    assert.equal(await onAll(`sha256sum ${manifest}`), before)
    await cluster.assertHealthy()
    assert.equal(tasksWith(await cluster.succeed('reconfigure'), 'changed'), [])
  })

  test('names, arguments, quota, kubelets and kube-proxy are changed as --check said, one master at a time', async () => {
    const check = await cluster.succeed('reconfigure', '--check', ...good)
    const run = await cluster.succeed('reconfigure', ...good)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.equal(tasksWith(await cluster.succeed('reconfigure', ...good), 'changed'), [])
    await cluster.assertHealthy()
    for (const host of masters) {
      const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'
      assert.match(await on(host, "tr '\\0' ' ' </proc/$(pgrep -o kube-apiserver)/cmdline"), '--v=3')
      assert.match(
        await on(host, "tr '\\0' ' ' </proc/$(pgrep -xo etcd)/cmdline"),
        '--quota-backend-bytes=3000000000',
      )
      assert.match(
        await on(host, 'openssl x509 -noout -text -in /etc/kubernetes/pki/apiserver.crt'),
        'DNS:api.example.test',
      )
      assert.is(await on(host, `${kubectl} get node ${host} -o 'jsonpath={.status.capacity.pods}'`), '77')
      assert.match(
        await on(host, `${kubectl} -n kube-system get cm kube-proxy -o yaml`),
        'metricsBindAddress: 0.0.0.0',
      )
    }
    assert.equal(tasksWith(await cluster.succeed('ha-masters', ...good), 'changed'), [])
  })

  test('a static pod that was edited by hand is named by ha-masters, and put right', async () => {
    await on('m2', `sed -i 's/- --v=3/- --v=4/' ${manifest}`)
    const refused = await cluster.play('ha-masters', ...good)
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'argument v of kube-apiserver: 4 → 3')
    assert.is(tasksWith(await cluster.succeed('reconfigure', ...good), 'changed').length, 1)
    await cluster.assertHealthy()
  })
}
