/** Nodes that are drained, and masters that leave, come and restart, on a real cluster. The tests depend on each other in their order. */
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, hostsElsewhere, spawnCli, taskEnds, tasksWith } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

/** A workload on one node, and a budget that never allows that its only pod is evicted. */
const blocked = (node: string, image: string): string =>
  [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            nodeSelector: { 'kubernetes.io/hostname': node },
            tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
            containers: [{ name: 'web', image, imagePullPolicy: 'Never' }],
          },
        },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    },
  ]
    .map((one) => JSON.stringify(one))
    .join('\n')

/** A run, which must have succeeded. */
const succeeded = (run: CliResult): CliResult => {
  assert.is(run.status, 0, failuresOf(run))
  return run
}

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

for (const release of e2eOperations) {
  const test = suite(`masters of Kubernetes ${release} leave, come and restart`, { seconds: 2400 })

  const folder = folderOf(test)
  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('masters', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const task = (...words: readonly string[]) =>
    spawnCli([...words, '-i', cluster.lab.inventory, '--hosts', 'm1', '--output', 'json'], {
      env: hostsElsewhere,
    })
  const cordoned = (node: string): Promise<string> =>
    on('m1', `${kubectl} get node ${node} -o 'jsonpath={.spec.unschedulable}'`)

  test('a node is drained and uncordoned, as --check says', async () => {
    for (const words of [
      ['node-drain', 'node=m2'],
      ['node-uncordon', 'node=m2'],
      ['node-cordon', 'node=m2'],
      ['node-uncordon', 'node=m2'],
    ]) {
      const check = succeeded(await task(...words, '--check'))
      const run = succeeded(await task(...words))
      assert.equal([tasksWith(check, 'would change').length, tasksWith(run, 'changed').length], [1, 1])
      assert.is(await cordoned('m2'), words[0] === 'node-uncordon' ? '' : 'true')
      assert.equal(tasksWith(succeeded(await task(...words)), 'changed'), [])
    }
  })

  test('a node that an administrator has cordoned stays cordoned', async () => {
    await on('m1', `${kubectl} cordon m3`)
    assert.equal(tasksWith(succeeded(await task('node-uncordon', 'node=m3')), 'changed'), [])
    assert.is(await cordoned('m3'), 'true')
    await on('m1', `${kubectl} uncordon m3`)
  })

  test('a PodDisruptionBudget that blocks is named, and nothing is changed', async () => {
    const image = await on('m1', 'ctr -n k8s.io images ls -q | grep -m1 pause')
    await on('m1', `echo '${blocked('m2', image)}' | ${kubectl} apply -f -`)
    await on('m1', `${kubectl} rollout status deploy/web --timeout=90s`)
    for (const words of [['--check'], []]) {
      const run = await task('node-drain', 'node=m2', ...words)
      const message = taskEnds(run)[0]?.error?.message ?? ''
      assert.match(message, /the PodDisruptionBudget default\/web does not allow evicting default\/web-\S+/)
      assert.is(await cordoned('m2'), '')
    }
    await on('m1', `${kubectl} delete deploy/web pdb/web`)
  })

  test('the cluster is healthy', () => cluster.assertHealthy())

  /** The inventory with m3 in the group of masters that leave. */
  const leaving = (): string => {
    const text = readFileSync(cluster.lab.inventory, 'utf8')
    const inventory = parse(text)
    const { masters } = inventory.all.children
    const { m3 } = masters.hosts
    delete masters.hosts.m3
    inventory.all.children.removed_masters = { hosts: { m3 } }
    return folder.write('leaving.yaml', stringify(inventory))
  }
  const play = (...words: readonly string[]) =>
    spawnCli(['playbooks/remove-master.ts', '-i', leaving(), '--output', 'json', ...words], {
      env: hostsElsewhere,
    })

  test('remove-master: killed while the member is removed, the next run goes on', async () => {
    const check = succeeded(await play('--check'))
    assert.ok(tasksWith(check, 'would change').length >= 3)
    await cluster.assertHealthy()
    const killed = await spawnCli(['playbooks/remove-master.ts', '-i', leaving(), '--output', 'json'], {
      env: hostsElsewhere,
      watch: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          if (chunk.toString().includes('removing the etcd member')) child.kill('SIGKILL')
        })
      },
    })
    assert.is.not(killed.status, 0)
    succeeded(await play())
    assert.equal(await cluster.members(), ['m1 started', 'm2 started'])
    assert.equal(await cluster.nodes(), ['m1=True', 'm2=True'])
    assert.equal(tasksWith(succeeded(await play()), 'changed'), [])
  })

  test("ha-masters lets the host join again, and 'remove-master' is undone", async () => {
    await cluster.succeed('ha-masters')
    await cluster.assertHealthy()
  })
}
