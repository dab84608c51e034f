/** The playbook that replaces authorities, on a real cluster of three masters. The tests depend on each other in their order. */
import * as assert from 'uvu/assert'
import { freshCluster } from '../../support/cluster.ts'
import type { Cluster } from '../../support/cluster.ts'
import { e2eOperations } from '../../support/e2e-releases.ts'
import { failuresOf, tasksWith } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const masters = ['m1', 'm2', 'm3']
const kubectl = 'kubectl --kubeconfig /etc/kubernetes/admin.conf'
const pki = '/etc/kubernetes/pki'
/** A client of the former authority that trusts what the masters trust. */
const former = `kubectl --kubeconfig /root/former.conf --certificate-authority ${pki}/ca.crt`
const authorities = ['ca.crt', 'etcd/ca.crt', 'front-proxy-ca.crt']

for (const release of e2eOperations) {
  const test = suite(`the authorities of three masters of Kubernetes ${release} are replaced`, {
    seconds: 3600,
  })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('rotate-e2e', release)
    await cluster.succeed('ha-masters')
  })
  test.after(() => cluster.remove())

  const on = (host: string, command: string): Promise<string> => cluster.on(host, command)

  /**
   * kubeadm makes authorities valid from 5 minutes before: those that are there were made before this time, and those that are made now
   * were not.
   */
  const madeBeforeNow = (): string[] => [
    '-e',
    `rotate_ca_made_before=${new Date(Date.now() - 301_000).toISOString()}`,
  ]
  let rotateCa: string[] = []
  const addressOf = (host: string): string =>
    cluster.lab.hosts.find(({ name }) => name === host)?.address ?? ''
  const sums = (host: string): Promise<string> =>
    on(host, `cd ${pki} && sha256sum ${authorities.join(' ')} ca.key etcd/ca.key front-proxy-ca.key`)

  test('rotate-ca: a node that is not a master is refused by name, before anything is changed', async () => {
    rotateCa = madeBeforeNow()
    await on('m1', 'cp /etc/kubernetes/admin.conf /root/former.conf')
    const node = JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'w9' } })
    await on('m1', `echo '${node}' | ${kubectl} apply -f -`)
    const before = await sums('m1')
    const refused = await cluster.play('rotate-ca', ...rotateCa)
    assert.is(refused.status, 2)
    assert.match(failuresOf(refused), 'w9 would be cut off')
    await on('m1', `${kubectl} delete node w9`)
    await cluster.assertHealthy()
    assert.is(await sums('m1'), before)
    await on('m1', 'test ! -e /etc/coxswain/rotate-ca')
    await on('m1', `${former} get nodes`)
  })

  test('rotate-ca: without it the same command replaces them, and clients of the former ones are refused', async () => {
    const check = await cluster.succeed('rotate-ca', ...rotateCa, '--check')
    const run = await cluster.succeed('rotate-ca', ...rotateCa)
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    assert.equal(tasksWith(await cluster.succeed('rotate-ca', ...rotateCa), 'changed'), [])
    await cluster.assertHealthy()
    const sum = await sums('m1')
    for (const host of masters) {
      assert.is(await sums(host), sum)
      for (const authority of authorities) assert.is(await on(host, `grep -c BEGIN ${pki}/${authority}`), '1')
      const server = `https://${addressOf(host)}:6443`
      const { code, stderr } = await cluster.lab.exec('m1', `${former} --server ${server} get nodes`)
      assert.is(code, 1)
      assert.match(stderr, /Unauthorized|must be logged in/)
      assert.is(await on(host, 'cmp /etc/kubernetes/admin.conf /root/.kube/config'), '')
      assert.match(
        await on(host, 'ls /etc/coxswain/replaced'),
        /^cluster-\w{12}\netcd-\w{12}\nfront-proxy-\w{12}$/,
      )
      assert.is(await on(host, 'find /etc/coxswain/replaced -perm /077'), '')
      assert.is(
        await on(
          host,
          'test ! -e /etc/coxswain/rotate-ca/cluster && ls /etc/kubernetes/pki | grep -c signing || true',
        ),
        '0',
      )
    }
  })

  test('rotate-ca: pods that start, and those that run, work with the new authority', async () => {
    await cluster.assertDnsAnswers()
    const ds = `${kubectl} -n kube-flannel get ds kube-flannel-ds`
    const image = await on('m1', `${ds} -o 'jsonpath={.spec.template.spec.containers[0].image}'`)
    await cluster.succeed('smoke', '-e', `smoke_image=${image}`)
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
  })

  test('rotate-ca: a new rotation that is killed in the middle is ended by the same command', async () => {
    rotateCa = madeBeforeNow()
    // what a run leaves that is killed when one of three masters trusts both: a recorded restart, and a stopped etcd
    const limited = await cluster.play('rotate-ca', ...rotateCa, '--limit', 'm1')
    assert.is(limited.status, 2)
    await on(
      'm1',
      'test ! -e /etc/coxswain/restart-static-pods && echo etcd >/etc/coxswain/restart-static-pods',
    )
    await on(
      'm1',
      'mkdir -p /etc/kubernetes/restarting && mv /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/restarting/',
    )
    await cluster.succeed('rotate-ca', ...rotateCa)
    await cluster.assertHealthy()
    assert.equal(tasksWith(await cluster.succeed('rotate-ca', ...rotateCa), 'changed'), [])
  })
}
