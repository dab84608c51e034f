/** The playbook that moves a cluster to another endpoint, on real masters and a worker. The tests depend on each other in their order. */
import { readFileSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const nodes = ['m1', 'm2', 'm3', 'w1']
const name = 'api.lab.example'
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=20s'
const record = '/etc/coxswain/move-endpoint'

const inventorySchema = z.object({
  all: z.object({ vars: z.looseObject({}), children: z.looseObject({}) }),
})

/** A writer that puts numbered keys through an endpoint until it is stopped, and says which were accepted. */
const writer = (id: string, server: string): string => `cat >/root/${id}.sh <<'END'
n=0
while [ ! -e /root/stop ]; do
  n=$((n + 1))
  if kubectl --kubeconfig /root/writer.conf --server ${server} --request-timeout=5s create configmap ${id}-$n >/dev/null 2>&1
  then echo "${id}-$n" >>/root/accepted
  else echo "$n" >>/root/${id}.refused
  fi
done
END
setsid sh /root/${id}.sh >/dev/null 2>&1 </dev/null & echo $! >>/root/writers`

for (const release of e2eOperations) {
  const test = suite(`a cluster of Kubernetes ${release} moves to another endpoint`, { seconds: 3600 })

  let cluster: Cluster
  let former = ''
  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)

  /** Changes variables of the inventory. */
  const setVars = (more: Readonly<Record<string, unknown>>): void => {
    const file = cluster.lab.inventory
    const { all } = inventorySchema.parse(parse(readFileSync(file, 'utf8')))
    writeFileSync(file, stringify({ all: { ...all, vars: { ...all.vars, ...more } } }))
  }
  const endpoint = (): string => `${name}:6443`

  test.before(async () => {
    cluster = await freshCluster('move-endpoint', release, { workers: 1 })
    former = cluster.lab.hosts.find((host) => host.name.startsWith('lb'))?.address ?? ''
    await cluster.succeed('ha-masters')
    await cluster.succeed('workers')
  })
  test.after(() => cluster.remove())

  test('it is refused while the certificates would not name the former one, and other playbooks name it', async () => {
    setVars({ control_plane_endpoint: endpoint() })
    const other = await cluster.play('ha-masters')
    assert.is(other.status, 2)
    assert.match(failuresOf(other), 'run playbooks/move-endpoint.ts')
    const refused = await cluster.play('move-endpoint')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), `add ${former} to cert_sans`)
    for (const host of ['m1', 'm2', 'm3']) await on(host, `test ! -e ${record}`)
  })

  test('a name that one worker does not know is refused before anything refers to it', async () => {
    setVars({ cert_sans: [former] })
    for (const host of ['m1', 'm2', 'm3']) await on(host, `echo '${former} ${name}' >>/etc/hosts`)
    const refused = await cluster.play('move-endpoint')
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'does not answer the kubelet of w1')
    for (const host of nodes)
      assert.match(await on(host, 'grep server: /etc/kubernetes/kubelet.conf'), /https:\/\/[\d.]+:6443/)
    assert.match(await on('m1', `grep server: /etc/kubernetes/admin.conf`), former)
    // what waits for it says so
    assert.match(failuresOf(await cluster.play('ha-masters')), 'move-endpoint')
  })

  test('writers through both lose nothing while it moves, --check has predicted it, and a second run changes nothing', async () => {
    await on('w1', `echo '${former} ${name}' >>/etc/hosts`)
    await on('m1', 'cp /etc/kubernetes/admin.conf /root/writer.conf')
    await on('m1', writer('former', `https://${former}:6443`))
    await on('m1', writer('new', `https://${name}:6443`))
    const check = await cluster.succeed('move-endpoint', '--check')
    const run = await cluster.succeed('move-endpoint')
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    await on(
      'm1',
      'touch /root/stop; for pid in $(cat /root/writers); do while kill -0 $pid 2>/dev/null; do sleep 0.2; done; done',
    )
    const there = new Set(
      (await on('m1', `${kubectl} get configmaps -o name`))
        .split('\n')
        .map((one) => one.replace('configmap/', '')),
    )
    const accepted = (await on('m1', 'cat /root/accepted')).split('\n').filter(Boolean)
    assert.ok(
      accepted.some((one) => one.startsWith('former-')) && accepted.some((one) => one.startsWith('new-')),
    )
    assert.equal(
      accepted.filter((one) => !there.has(one)),
      [],
    )
    assert.equal(tasksWith(await cluster.succeed('move-endpoint'), 'changed'), [])
    await cluster.assertHealthy()
  })

  test('nothing refers to the former one, which goes on, and the other playbooks work', async () => {
    for (const host of nodes) {
      assert.is(await on(host, `grep -l '${former}' /etc/kubernetes/*.conf || true`), '')
      await on(host, `test ! -e ${record} && test ! -e /etc/coxswain/restart-kubelet`)
    }
    for (const [namespace, map] of [
      ['kube-system', 'kubeadm-config'],
      ['kube-public', 'cluster-info'],
      ['kube-system', 'kube-proxy'],
    ] as const)
      assert.match(await on('m1', `${kubectl} -n ${namespace} get configmap ${map} -o yaml`), `${name}:6443`)
    await on('m1', `${kubectl} --server https://${former}:6443 get nodes`)
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
    assert.equal(tasksWith(await cluster.succeed('workers'), 'changed'), [])
  })

  test('a run that is killed in the middle is completed by the same command, here back to the former one', async () => {
    setVars({ control_plane_endpoint: `${former}:6443`, cert_sans: [name] })
    const limited = await cluster.play('move-endpoint', '--limit', 'm1')
    assert.is.not(limited.status, 0)
    await on('m1', `test -e ${record}`)
    await cluster.succeed('move-endpoint')
    assert.match(await on('w1', 'grep server: /etc/kubernetes/kubelet.conf'), former)
    assert.equal(tasksWith(await cluster.succeed('move-endpoint'), 'changed'), [])
    await cluster.assertHealthy()
  })

  test('a name is taken out of the certificates only where that is asked for', async () => {
    setVars({ cert_sans: [] })
    const names = 'openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt'
    assert.equal(
      tasksWith(await cluster.succeed('move-endpoint'), 'changed').filter((one) =>
        one.includes('api-server'),
      ),
      [],
    )
    assert.match(await on('m2', names), name)
    await cluster.succeed('move-endpoint', '-e', `remove_api_names=["${name}"]`)
    for (const host of ['m1', 'm2', 'm3']) assert.not.match(await on(host, names), name)
    await cluster.assertHealthy()
  })
}
