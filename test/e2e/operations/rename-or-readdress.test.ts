/** The playbook that gives masters other names and addresses, on a real cluster. The tests depend on each other in their order. */
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, hostsElsewhere, spawnCli, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'
const record = '/etc/coxswain/rejoin.json'

const peerNames = 'openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/etcd/peer.crt'

/** An address that is not the beginning of a longer one. */
const addressAlone = (address: string): RegExp =>
  new RegExp(String.raw`${address.replaceAll('.', String.raw`\.`)}\b`)

const inventorySchema = z.object({
  all: z.object({
    vars: z.looseObject({}),
    children: z.looseObject({ masters: z.object({ hosts: z.record(z.string(), z.looseObject({})) }) }),
  }),
})

/** A writer that puts numbered keys through the endpoint until it is stopped, and says which were accepted, and when. */
const writer = (server: string): string => `cat >/root/writer.sh <<'END'
n=0
while [ ! -e /root/stop ]; do
  n=$((n + 1))
  if kubectl --kubeconfig /root/writer.conf --server https://${server} --request-timeout=5s create configmap key-$n >/dev/null 2>&1
  then echo "key-$n $(date +%s.%N)" >>/root/accepted
  fi
done
END
setsid sh /root/writer.sh >/dev/null 2>&1 </dev/null & echo $! >/root/writer`

for (const release of e2eOperations) {
  const test = suite(`masters of Kubernetes ${release} get other names and addresses`, { seconds: 3600 })

  let cluster: Cluster
  /** The endpoint, which the load balancer has. */
  let endpoint = ''
  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)
  const addressOf = (name: string): string =>
    cluster.lab.hosts.find((host) => host.name === name)?.address ?? ''
  /** The second address of a host, which it gets beside the first one. */
  const nextOf = (name: string): string =>
    addressOf(name).replace(/(\d+)$/, (last) => `${Number(last) + 100}`)

  /** Gives the masters, in their order, names and addresses. */
  const setMasters = (wanted: Readonly<Record<string, { on: string; address: string }>>): void => {
    const file = cluster.lab.inventory
    const { all } = inventorySchema.parse(parse(readFileSync(file, 'utf8')))
    const hosts = Object.fromEntries(
      Object.entries(wanted).map(([name, { on: host, address }]) => [
        name,
        { address: addressOf(host), advertise_address: address },
      ]),
    )
    writeFileSync(file, stringify({ all: { ...all, children: { ...all.children, masters: { hosts } } } }))
  }
  const m2 = { on: 'm2', address: '' }
  const members = async (node: string): Promise<string[]> =>
    (
      await on(
        'm2',
        `${kubectl} -n kube-system exec etcd-${node} -- etcdctl --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key member list`,
      )
    )
      .split('\n')
      .map((line) => line.split(', '))
      .map(([, state, name, peer]) => `${name} ${state} ${peer}`)
      .toSorted()

  test.before(async () => {
    cluster = await freshCluster('rename-or-readdress', release)
    endpoint = `${addressOf('lb1')}:6443`
    await cluster.succeed('ha-masters')
    await on(
      'm1',
      [
        `${kubectl} label node m1 rack=a`,
        `${kubectl} annotate node m1 example.org/owner=ops example.org/self=m1`,
        `${kubectl} taint node m1 dedicated=infra:PreferNoSchedule`,
        `${kubectl} cordon m2`,
      ].join(' && '),
    )
  })
  test.after(() => cluster.remove())

  test('nothing changes while the names and addresses are those of the cluster, and what cannot be done is refused', async () => {
    assert.equal(tasksWith(await cluster.succeed('rename-or-readdress'), 'changed'), [])
    const m3 = { on: 'm3', address: addressOf('m3') }
    setMasters({ cp1: { on: 'm1', address: nextOf('m1') }, m2: { ...m2, address: addressOf('m2') }, m3 })
    const absent = await cluster.play('rename-or-readdress')
    assert.is(absent.status, 2)
    assert.match(failuresOf(absent), `${nextOf('m1')}: cp1 does not have this address`)
    setMasters({ m1: { on: 'm1', address: '10.244.200.7' }, m2: { ...m2, address: addressOf('m2') }, m3 })
    const pods = await cluster.play('rename-or-readdress')
    assert.is(pods.status, 1)
    assert.match(pods.stderr, '10.244.200.7 is in 10.244.0.0/16, the network of the pods')
    setMasters({ m2: { on: 'm1', address: addressOf('m1') }, m1: { on: 'm2', address: addressOf('m2') }, m3 })
    assert.match(failuresOf(await cluster.play('rename-or-readdress')), 'is still the name of the node')
    await cluster.assertHealthy()
  })

  test('a writer loses nothing while one master gets a name and an address and another an address, as --check has predicted', async () => {
    for (const host of ['m1', 'm2']) await on(host, `ip addr add ${nextOf(host)}/24 dev eth0`)
    setMasters({
      cp1: { on: 'm1', address: nextOf('m1') },
      m2: { ...m2, address: nextOf('m2') },
      m3: { on: 'm3', address: addressOf('m3') },
    })
    await on('m3', 'cp /etc/kubernetes/admin.conf /root/writer.conf')
    await on('m3', writer(endpoint))
    const check = await cluster.succeed('rename-or-readdress', '--check')
    assert.ok(tasksWith(check, 'would change').length >= 6)
    await cluster.assertHealthy()
    const run = await cluster.succeed('rename-or-readdress')
    await on(
      'm3',
      'touch /root/stop; pid=$(cat /root/writer); while kill -0 $pid 2>/dev/null; do sleep 0.2; done',
    )
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    const there = new Set(
      (await on('m3', `${kubectl} get configmaps -o name`))
        .split('\n')
        .map((one) => one.replace('configmap/', '')),
    )
    const accepted = (await on('m3', 'cat /root/accepted')).split('\n').map((line) => line.split(' '))
    assert.ok(accepted.length > 50)
    assert.equal(
      accepted.flatMap(([key = '']) => (there.has(key) ? [] : [key])),
      [],
    )
    const times = accepted.map(([, time]) => Number(time))
    const longest = Math.max(...times.slice(1).map((time, at) => time - (times[at] ?? 0)))
    process.stderr.write(`${accepted.length} writes, ${longest.toFixed(1)} s at most between two\n`)
    assert.equal(tasksWith(await cluster.succeed('rename-or-readdress'), 'changed'), [])
  })

  test('labels, annotations, taints and the cordon are those of the former nodes, and nothing has the former names and addresses', async () => {
    assert.equal((await cluster.nodes('m2')).toSorted(), ['cp1=True', 'm2=True', 'm3=True'])
    assert.equal(await members('cp1'), [
      `cp1 started https://${nextOf('m1')}:2380`,
      `m2 started https://${nextOf('m2')}:2380`,
      `m3 started https://${addressOf('m3')}:2380`,
    ])
    const node = JSON.parse(await on('m2', `${kubectl} get node cp1 -o json`))
    assert.is(node.metadata.labels.rack, 'a')
    assert.is(node.metadata.annotations['example.org/owner'], 'ops')
    assert.is(node.metadata.annotations['example.org/self'], undefined)
    assert.ok(node.spec.taints.some((taint: { key: string }) => taint.key === 'dedicated'))
    assert.is(node.spec.unschedulable, undefined)
    assert.is(await on('m1', `${kubectl} get node m2 -o 'jsonpath={.spec.unschedulable}'`), 'true')
    await on('m1', `${kubectl} uncordon m2`)
    for (const host of ['m1', 'm2']) {
      const names = await on(
        host,
        'openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt',
      )
      assert.match(names, nextOf(host))
      assert.not.match(names, addressAlone(addressOf(host)))
      // connections to the other members come from the former address as long as the host has it
      assert.match(await on(host, peerNames), addressAlone(addressOf(host)))
      assert.is(
        await on(host, `test ! -e ${record}; ss -Hltn | grep -c '${addressOf(host)}:23' || true`),
        '0',
      )
    }
    assert.not.match(
      await on(
        'm3',
        `${kubectl} get endpointslices -n default -l kubernetes.io/service-name=kubernetes -o yaml`,
      ),
      addressAlone(addressOf('m1')),
    )
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
  })

  test('a run that is killed while a master leaves is completed by the same command, and other playbooks wait for it', async () => {
    setMasters({
      cp1: { on: 'm1', address: nextOf('m1') },
      m2: { ...m2, address: nextOf('m2') },
      cp3: { on: 'm3', address: addressOf('m3') },
    })
    const killed = await spawnCli(
      ['playbooks/rename-or-readdress.ts', '-i', cluster.lab.inventory, '--output', 'json'],
      {
        env: hostsElsewhere,
        watch: (child) => {
          child.stdout?.on('data', (chunk: Buffer) => {
            if (chunk.toString().includes('removing the etcd member')) child.kill('SIGKILL')
          })
        },
      },
    )
    assert.is.not(killed.status, 0)
    await on('m3', `test -e ${record}`)
    assert.match(failuresOf(await cluster.play('ha-masters')), 'run playbooks/rename-or-readdress.ts again')
    await cluster.succeed('rename-or-readdress')
    assert.equal((await cluster.nodes('m2')).toSorted(), ['cp1=True', 'cp3=True', 'm2=True'])
    assert.equal(
      (await members('cp3')).map((one) => one.replace(/ .*/, '')),
      ['cp1', 'cp3', 'm2'],
    )
    assert.equal(tasksWith(await cluster.succeed('rename-or-readdress'), 'changed'), [])
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
  })
}
