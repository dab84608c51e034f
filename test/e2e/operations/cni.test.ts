/** The playbook cni, on a real cluster of three masters. The tests depend on each other in their order. */
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { z } from 'zod'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { folderOf } from '../../support/folder.ts'
import { failuresOf, hostsElsewhere, spawnCli, tasksWith } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { factsOf } from '../../../tasks/kubernetes/kubeadm/versions.ts'

const masters = ['m1', 'm2', 'm3']
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'

const inventorySchema = z.object({ all: z.object({ vars: z.looseObject({ cni_manifest: z.string() }) }) })

/** An object that the first manifest has, and the next one lacks. */
const extra = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: former, namespace: kube-flannel }
data: { a: "1" }
`

/** A network of another name. */
const other = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: other-net, namespace: kube-system }
spec:
  selector: { matchLabels: { app: other-net } }
  template:
    metadata: { labels: { app: other-net } }
    spec:
      containers: [{ name: net, image: registry.invalid/none:1 }]
`

/** An ordinary workload, with a pod on any master. */
const workload = (image: string): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'app' } },
      template: {
        metadata: { labels: { app: 'app' } },
        spec: {
          tolerations: [
            { operator: 'Exists', effect: 'NoSchedule', key: 'node-role.kubernetes.io/control-plane' },
          ],
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'app', image, command: ['/bin/busybox', 'sleep', '86400'] }],
        },
      },
    },
  })

/** What flannel makes on a host. */
const leftOn = `ls -d /run/flannel /etc/cni/net.d/10-flannel.conflist /sys/class/net/flannel.1 /sys/class/net/cni0 2>/dev/null; iptables-save | grep -c FLANNEL`

for (const release of e2eOperations.filter((one) => factsOf(`v${one}.0`).dryRunsPhases)) {
  const test = suite(`the pod network of Kubernetes ${release}`, { seconds: 3600 })
  const folder = folderOf(test)

  let cluster: Cluster
  let published = ''
  let image = ''
  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const words = (manifest: string): string[] => [
    '-e',
    `cni_manifest=${manifest}`,
    '-e',
    `cni_test_image=${image}`,
  ]
  const file = (name: string, text: string): string => folder.write(`${name}.yaml`, text)
  const play = (manifest: string, ...more: readonly string[]): Promise<CliResult> =>
    cluster.play('cni', ...words(manifest), ...more)
  const succeed = (manifest: string, ...more: readonly string[]): Promise<CliResult> =>
    cluster.succeed('cni', ...words(manifest), ...more)
  /** The run does what --check says, and a second one nothing. */
  const changes = async (manifest: string, ...more: readonly string[]): Promise<CliResult> => {
    const check = await succeed(manifest, '--check', ...more)
    const run = await succeed(manifest, ...more)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.ok(tasksWith(run, 'changed').length > 0)
    assert.equal(tasksWith(await succeed(manifest, ...more), 'changed'), [])
    return run
  }
  const imagesInUse = async (): Promise<string[]> => {
    const path = '{range .items[*]}{.spec.containers[0].image}{"\\n"}{end}'
    return [
      ...new Set((await on('m1', `${kubectl} -n kube-flannel get pods -o 'jsonpath=${path}'`)).split('\n')),
    ]
  }
  const podsOfNetwork = async (): Promise<Map<string, string>> => {
    const path = '{range .items[*]}{.spec.nodeName} {.metadata.name}{"\\n"}{end}'
    const lines = await on('m1', `${kubectl} -n kube-flannel get pods -o 'jsonpath=${path}'`)
    return new Map(
      lines.split('\n').map((line): [string, string] => {
        const [node = '', name = ''] = line.split(' ')
        return [node, name]
      }),
    )
  }

  test.before(async () => {
    cluster = await freshCluster('cni-e2e', release)
    const { cni_manifest: path } = inventorySchema.parse(parse(readFileSync(cluster.lab.inventory, 'utf8')))
      .all.vars
    published = readFileSync(path, 'utf8')
    image = /image: (\S+\/flannel:\S+)/.exec(published)?.[1] ?? ''
    await cluster.succeed('ha-masters', '-e', 'cni_manifest=none')
    // a newer image, where no registry is
    for (const host of masters) await on(host, `ctr -n k8s.io images tag ${image} ${image}-next >/dev/null`)
  })
  test.after(() => cluster.remove())

  const next = (): string => published.replaceAll(image, `${image}-next`)

  test('a network for other pods than those of the cluster is refused, and nothing is applied', async () => {
    const wrong = published.replace('10.244.0.0/16', '10.99.0.0/16')
    const refused = await play(file('wrong', wrong))
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'flannel has 10.99.0.0/16 in it, and the pods have 10.244.0.0/16')
    assert.is(await on('m1', `${kubectl} get namespace kube-flannel --ignore-not-found`), '')
  })

  test('install: a cluster without a network gets one', async () => {
    await changes(file('first', published + extra))
    await cluster.assertHealthy()
    await cluster.assertDnsAnswers()
  })

  test('over a network that is there, another one is refused by its name', async () => {
    const refused = await play(file('other', other))
    assert.is(refused.status, 2)
    assert.match(
      failuresOf(refused),
      'already has a pod network: flannel (DaemonSet kube-flannel/kube-flannel-ds)',
    )
    assert.match(failuresOf(refused), 'cni_manifest=none -e cni_remove=true')
  })

  test('upgrade: one node after the other, and what the manifest lacks is removed', async () => {
    const run = await changes(file('next', next()))
    const path = '{range .items[*]}{.metadata.creationTimestamp} {.spec.nodeName}{"\\n"}{end}'
    const started = await on('m1', `${kubectl} -n kube-flannel get pods -o 'jsonpath=${path}' | sort`)
    assert.equal(
      started.split('\n').map((line) => line.split(' ')[1]),
      masters,
    )
    assert.is(new Set(started.split('\n').map((line) => line.split(' ')[0])).size, 3)
    assert.match(run.stdout, 'trials succeeded before the change')
    assert.equal(await imagesInUse(), [`${image}-next`])
    assert.is(await on('m1', `${kubectl} -n kube-flannel get configmap former --ignore-not-found`), '')
    await cluster.assertDnsAnswers()
  })

  test('an image that is not there ends the upgrade at the first node, and the former manifest brings it back', async () => {
    const before = await podsOfNetwork()
    const broken = next().replaceAll(`${image}-next`, 'registry.invalid/none:1')
    const failed = await play(file('broken', broken), '-e', 'cni_timeout=40')
    assert.is(failed.status, 2)
    assert.match(failuresOf(failed), 'the pod network does not work on m1 with the new manifest')
    assert.match(failuresOf(failed), 'm2, m3 keep their former pods')
    const after = await podsOfNetwork()
    for (const node of ['m2', 'm3']) assert.is(after.get(node), before.get(node))
    await succeed(file('next', next()))
    assert.equal(await imagesInUse(), [`${image}-next`])
    assert.equal(tasksWith(await succeed(file('next', next())), 'changed'), [])
  })

  test('killed within a change, the next run completes it', async () => {
    const manifest = file('first', published)
    await spawnCli(
      ['playbooks/cni.ts', '-i', cluster.lab.inventory, '--output', 'json', ...words(manifest)],
      {
        env: hostsElsewhere,
        watch: (child) => {
          child.stdout?.on('data', (chunk: Buffer) => {
            if (chunk.toString().includes('m2: its pods of the network are replaced')) child.kill('SIGKILL')
          })
        },
      },
    )
    assert.is((await imagesInUse()).length, 2)
    await succeed(manifest)
    assert.equal(await imagesInUse(), [image])
    assert.equal(tasksWith(await succeed(manifest), 'changed'), [])
    await cluster.assertDnsAnswers()
  })

  test('none: only when it is confirmed, and not while pods need the network, unless that is accepted', async () => {
    await on(
      'm1',
      `echo '${workload(image)}' | ${kubectl} apply -f - && ${kubectl} rollout status deployment app --timeout=120s`,
    )
    const unconfirmed = await play('none')
    assert.match(failuresOf(unconfirmed), 'only removed if that is confirmed')
    const needed = await play('none', '-e', 'cni_remove=true')
    assert.match(failuresOf(needed), /pods need the pod network .*: default\/app-/)
    assert.is((await imagesInUse()).length, 1)

    const accepted = ['-e', 'cni_remove=true', '-e', 'cni_accept_pods=true']
    const run = await succeed('none', ...accepted)
    assert.ok(tasksWith(run, 'changed').length >= 5)
    for (const host of masters) {
      assert.is(await on(host, `${leftOn}; true`), '0', host)
      assert.not.equal(await on(host, 'iptables-save | grep -c KUBE-SVC'), '0')
    }
    assert.is(await on('m1', `${kubectl} get namespace kube-flannel --ignore-not-found`), '')
    assert.equal(tasksWith(await succeed('none', ...accepted), 'changed'), [])
  })

  test('install after that: with another MTU, and the pods that had the former network start again', async () => {
    const text = published.replace('"Type": "vxlan"', '"Type": "vxlan", "MTU": {{mtu}}')
    const manifest = file('mtu', text)
    await succeed(manifest, '-e', 'cni_mtu=1400')
    for (const host of masters) assert.is(await on(host, 'cat /sys/class/net/flannel.1/mtu'), '1350')
    await on('m1', `${kubectl} rollout status deployment app --timeout=180s`)
    await on('m1', `${kubectl} -n kube-system rollout status deployment coredns --timeout=180s`)
    await cluster.assertDnsAnswers()
    const other1 = await play(manifest, '-e', 'cni_mtu=1300')
    assert.match(failuresOf(other1), 'flannel of another manifest')
    await cluster.assertHealthy()
  })

  test('kube-proxy with nftables is the work of reconfigure, and the network works with it', async () => {
    const settings = ['-e', 'kube_proxy={"mode": "nftables"}']
    await cluster.succeed('reconfigure', ...settings)
    for (const host of masters) assert.match(await on(host, 'nft list tables'), 'kube-proxy')
    await cluster.assertDnsAnswers()
    await cluster.succeed('smoke', '-e', `smoke_image=${image}`)
  })
}
