/** Workers that join, keep labels and taints, and leave, on a real cluster. The tests depend on each other in their order. */
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { folderOf } from '../../support/folder.ts'
import { failuresOf, hostsElsewhere, spawnCli, tasksWith } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { upgradeBundle } from '../../support/upgrade-bundle.ts'

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

/** The workers of each pool, what their pool says, and those that leave. */
interface Wanted {
  readonly gpu?: readonly string[]
  readonly web?: readonly string[]
  readonly removed?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

for (const release of e2eOperations) {
  const test = suite(`workers of Kubernetes ${release}`, { seconds: 2400 })

  const folder = folderOf(test)
  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('workers', release, { masters: 1, workers: 2 })
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)

  /** The inventory of the lab with its workers in pools. */
  const inventoryWith = ({ gpu = [], web = [], removed = [], labels = { pool: 'gpu' } }: Wanted): string => {
    const inventory = parse(readFileSync(cluster.lab.inventory, 'utf8'))
    const { hosts } = inventory.all.children.workers
    const only = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, hosts[name]]))
    inventory.all.children.workers = {
      children: {
        gpu: {
          vars: { node_labels: labels, node_taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
          hosts: only(gpu),
        },
        web: { vars: { kubelet_extra_args: { 'max-pods': '50' } }, hosts: only(web) },
      },
    }
    if (removed.length > 0) inventory.all.children.removed_workers = { hosts: only(removed) }
    return folder.write('inventory.yaml', stringify(inventory))
  }
  const words = (wanted: Wanted, more: readonly string[]) => [
    'playbooks/workers.ts',
    '-i',
    inventoryWith(wanted),
    '--output',
    'json',
    ...more,
  ]
  const play = (wanted: Wanted, ...more: readonly string[]): Promise<CliResult> =>
    spawnCli(words(wanted, more), { env: hostsElsewhere })
  const succeeds = async (wanted: Wanted, ...more: readonly string[]): Promise<CliResult> => {
    const run = await play(wanted, ...more)
    assert.is(run.status, 0, failuresOf(run))
    return run
  }
  const changesNothing = async (wanted: Wanted): Promise<void> =>
    assert.equal(tasksWith(await succeeds(wanted), 'changed'), [])

  const of = (node: string, path: string): Promise<string> =>
    on('m1', `${kubectl} get node ${node} -o 'jsonpath=${path}'`)
  const tokens = (): Promise<string> => on('m1', `kubeadm token list | grep -c coxswain || true`)

  const both: Wanted = { gpu: ['w1'], web: ['w2'] }

  test('killed while workers join, the next run goes on; it does what --check predicted', async () => {
    const killed = await spawnCli(words(both, []), {
      env: hostsElsewhere,
      watch: (child) => {
        child.stdout?.on('data', (chunk: Buffer) => {
          if (/worker-join[^\n]*"what":"applying"|"what":"applying"[^\n]*worker-join/.test(chunk.toString()))
            child.kill('SIGKILL')
        })
      },
    })
    assert.is.not(killed.status, 0)
    const check = await succeeds(both, '--check')
    const run = await succeeds(both)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.equal(await cluster.nodes(), ['m1=True', 'w1=True', 'w2=True'])
    await changesNothing(both)
  })

  test('the pools have what the inventory says, and no token is left but that of the killed run', async () => {
    assert.is(await of('w1', '{.metadata.labels.pool}'), 'gpu')
    assert.match(await of('w1', '{.spec.taints}'), '"key":"gpu","value":"yes"')
    assert.is(await of('w2', '{.spec.taints}{.metadata.labels.pool}'), '')
    assert.is(await of('w2', '{.status.capacity.pods}'), '50')
    assert.ok(Number(await tokens()) <= 2)
    assert.match(await on('w1', 'ls /etc/coxswain /etc/kubernetes'), /^(?!.*unfinished)(?!.*bootstrap)/s)
  })

  test('what someone else has set stays, and what the inventory no longer says is removed', async () => {
    await on('m1', `${kubectl} label node w1 by=hand && ${kubectl} taint node w1 by=hand:NoSchedule`)
    await changesNothing(both)
    await on('m1', `${kubectl} label node w1 pool=other --overwrite`)
    const other = { ...both, labels: { pool: 'gpu', disk: 'fast' } }
    assert.is(tasksWith(await succeeds(other), 'changed').length, 1)
    assert.is(await of('w1', '{.metadata.labels.pool} {.metadata.labels.disk}'), 'gpu fast')
    await succeeds({ ...both, labels: {} })
    assert.is(await of('w1', '{.metadata.labels.pool}{.metadata.labels.disk}{.metadata.labels.by}'), 'hand')
    assert.match(await of('w1', '{.spec.taints[*].key}'), 'by')
  })

  test('status shows the workers, and the cluster works on them', async () => {
    const { stdout } = await cluster.play('status')
    for (const worker of ['w1', 'w2']) assert.match(stdout, worker)
    const ds = `${kubectl} -n kube-flannel get ds kube-flannel-ds`
    const image = await on('m1', `${ds} -o 'jsonpath={.spec.template.spec.containers[0].image}'`)
    await cluster.succeed('smoke', '-e', `smoke_image=${image}`)
  })

  test('a worker leaves: drained, deleted and reset, and a second run changes nothing', async () => {
    const leaving = { gpu: ['w1'], removed: ['w2'] }
    const check = await succeeds(leaving, '--check')
    const run = await succeeds(leaving)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.equal(await cluster.nodes(), ['m1=True', 'w1=True'])
    assert.is(
      await on(
        'w2',
        'ls -A /etc/kubernetes/manifests /etc/kubernetes/pki /etc/coxswain 2>/dev/null | grep -v : || true',
      ),
      '',
    )
    await changesNothing(leaving)
  })

  test('it joins again; a worker that is lost leaves without being asked', async () => {
    await succeeds(both)
    await on('w2', 'systemctl stop kubelet')
    const lost = { gpu: ['w1'], removed: ['w2'] }
    const early = await play(lost, '-e', 'lost_workers=true')
    assert.is(early.status, 2)
    assert.match(failuresOf(early), 'is not lost: its kubelet reports')
    await on('m1', `${kubectl} wait --for=condition=Ready=Unknown node/w2 --timeout=120s`)
    await succeeds(lost, '-e', 'lost_workers=true')
    assert.equal(await cluster.nodes(), ['m1=True', 'w1=True'])
    // it comes back
    await succeeds(both)
    assert.equal(await cluster.nodes(), ['m1=True', 'w1=True', 'w2=True'])
  })

  test('a node of another cluster is refused by name', async () => {
    await on(
      'w2',
      `cp /etc/kubernetes/kubelet.conf /root/ && sed -i "s/certificate-authority-data: .*/certificate-authority-data: $(openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=kubernetes 2>/dev/null | base64 -w0)/" /etc/kubernetes/kubelet.conf`,
    )
    const run = await play(both)
    assert.is(run.status, 2)
    assert.match(failuresOf(run), 'w2 is a node of another cluster')
    await on('w2', 'mv /root/kubelet.conf /etc/kubernetes/kubelet.conf')
    await changesNothing(both)
  })

  test('upgrade: the workers follow the master, drained before, and take pods again', async () => {
    const { version, words: more } = await upgradeBundle(folder, release)
    const upgrade = async (...flags: readonly string[]): Promise<CliResult> => {
      const run = await spawnCli(
        ['playbooks/upgrade.ts', '-i', inventoryWith(both), '--output', 'json', ...more, ...flags],
        { env: hostsElsewhere },
      )
      assert.is(run.status, 0, failuresOf(run))
      return run
    }
    const ofWorkers = (run: CliResult, outcome: string): string[] =>
      tasksWith(run, outcome).filter((task) => /^(?:w\d|m1: node-)/.test(task))
    const predicted = ofWorkers(await upgrade('--check'), 'would change')
    assert.ok(predicted.some((task) => task.startsWith('w1: worker-upgrade')))
    assert.equal(ofWorkers(await upgrade(), 'changed'), predicted)
    const path = "jsonpath='{.items[*].status.nodeInfo.kubeletVersion} {.items[*].spec.unschedulable}'"
    assert.is(await on('m1', `${kubectl} get nodes -o ${path}`), `${version} ${version} ${version}`)
    assert.equal(tasksWith(await upgrade(), 'changed'), [])
  })
}
