/** Masters that are rebooted one at a time, on a real cluster of three. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { bootsOf, withBoots } from '../../support/lab-boots.ts'
import { failuresOf, hostsElsewhere, spawnCli, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const masters = ['m1', 'm2', 'm3']
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'

for (const release of e2eOperations) {
  const test = suite(`masters of Kubernetes ${release} are rebooted`, { seconds: 1800 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('operations-boots', release)
    await cluster.succeed('ha-masters')
    await withBoots(cluster.lab, masters)
  })
  test.after(() => cluster.remove())

  const counts = (): Promise<number[]> => bootsOf(cluster.lab, masters)

  /** Nothing is left: no node is cordoned, the load balancer uses all masters, and no record is there. */
  const assertNothingLeft = async (): Promise<void> => {
    await cluster.assertHealthy()
    assert.is(await cluster.on('m1', `${kubectl} get nodes -o 'jsonpath={.items[*].spec.unschedulable}'`), '')
    assert.is(await cluster.on('lb1', 'grep -c drained /etc/haproxy/haproxy.cfg || true'), '0')
    for (const host of masters) await cluster.on(host, 'test ! -e /etc/coxswain/maintenance')
  }

  test('a cluster that is not healthy is refused, with the arithmetic, and nothing is changed', async () => {
    await cluster.on('m2', 'mv /etc/kubernetes/manifests/etcd.yaml /root/')
    await cluster.on('m2', 'while ss -tln | grep -q :2379; do sleep 1; done')
    const refused = await cluster.play('maintenance')
    assert.is(refused.status, 2)
    assert.match(
      failuresOf(refused),
      /etcd member m2 at \S+ does not respond \(3 members, 2 needed, 2 healthy; while m\d is away: 3 members, 2 needed, 1 healthy: etcd does not accept writes\)/,
    )
    assert.equal(tasksWith(refused, 'changed'), [])
    await cluster.on('m2', 'mv /root/etcd.yaml /etc/kubernetes/manifests/')
    // its own API server asks its own member; the endpoint is ready without both
    const own = `--server https://${cluster.lab.hosts.find(({ name }) => name === 'm2')?.address}:6443`
    await cluster.on('m2', `until ${kubectl} ${own} get --raw /readyz >/dev/null 2>&1; do sleep 1; done`)
    assert.equal(await counts(), [0, 0, 0])
  })

  test('each master is rebooted once, the leader of etcd last, as --check says', async () => {
    const check = await cluster.succeed('maintenance', '--check')
    assert.equal(await counts(), [0, 0, 0])
    const run = await cluster.succeed('maintenance')
    assert.equal(await counts(), [1, 1, 1])
    const changed = tasksWith(run, 'changed')
    assert.equal(changed, tasksWith(check, 'would change'))
    assert.is(changed.filter((task) => task.includes('etcd-leader-move')).length, 1)
    assert.match(run.stdout, '3 members, 2 needed, 2 healthy: no further loss is tolerated')
    await assertNothingLeft()
  })

  test('killed while a master boots, the next run goes on, and reboots none again', async () => {
    const before = await counts()
    let isKilled = false
    const killed = await spawnCli(
      ['playbooks/maintenance.ts', '-i', cluster.lab.inventory, '--output', 'json'],
      {
        env: hostsElsewhere,
        watch: (child) => {
          child.stdout?.on('data', (chunk: Buffer) => {
            // the first of them is down
            if (isKilled || !/waiting: it does not answer/.test(chunk.toString())) return
            isKilled = true
            child.kill('SIGKILL')
          })
        },
      },
    )
    assert.is.not(killed.status, 0)
    assert.ok(isKilled)
    const run = await cluster.succeed('maintenance')
    assert.equal(
      await counts(),
      before.map((count) => count + 1),
    )
    assert.is(tasksWith(run, 'changed').filter((task) => task.includes(': reboot: ')).length, 2)
    await assertNothingLeft()
  })

  test('only masters that need a reboot, and a command without one', async () => {
    const before = await counts()
    assert.equal(
      tasksWith(await cluster.succeed('maintenance', '-e', 'maintenance_reboot=needed'), 'changed'),
      [],
    )
    await cluster.on('m2', 'touch /run/reboot-required')
    await cluster.succeed('maintenance', '-e', 'maintenance_reboot=needed')
    assert.equal(
      await counts(),
      before.map((count, index) => count + (index === 1 ? 1 : 0)),
    )
    const command = JSON.stringify({ maintenance_command: 'date >>/root/worked' })
    await cluster.succeed('maintenance', '-e', 'maintenance_reboot=never', '-e', command)
    for (const host of masters) assert.is(await cluster.on(host, 'grep -c . /root/worked'), '1')
    assert.equal(
      await counts(),
      before.map((count, index) => count + (index === 1 ? 1 : 0)),
    )
    await assertNothingLeft()
  })
}
