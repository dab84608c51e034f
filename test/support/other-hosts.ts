/** The tests of a cluster of the newest release on hosts of another kind than the usual ones. */
import * as assert from 'uvu/assert'
import { labReleases } from '../../lab/bundles.ts'
import { freshCluster } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import type { HostKind } from './e2e-releases.ts'
import { tasksWith } from './run-cli.ts'
import { suite } from './spec.ts'

/** Adds the tests for one kind of hosts. */
export const testOtherHosts = ({ title, options }: HostKind): void => {
  const test = suite(`hosts with ${title}`, { seconds: 1800 })

  let cluster: Cluster
  test.before(async () => {
    cluster = await freshCluster('other-hosts', labReleases.at(-1) ?? '', options)
  })
  test.after(() => cluster.remove())

  test('the run does what --check predicted, and the cluster is healthy', async () => {
    const check = await cluster.succeed('ha-masters', '--check')
    const run = await cluster.succeed('ha-masters')
    assert.equal(tasksWith(run, 'changed'), tasksWith(check, 'would change'))
    await cluster.assertHealthy()
  })

  test('the second run changes nothing', async () => {
    assert.equal(tasksWith(await cluster.succeed('ha-masters'), 'changed'), [])
  })

  test('pods on every node get answers from CoreDNS', () => cluster.assertDnsAnswers())

  if (options.containerd !== undefined)
    test('the nodes report this containerd', async () => {
      const { stdout } = await cluster.lab.exec(
        'm1',
        "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o 'jsonpath={.items[*].status.nodeInfo.containerRuntimeVersion}'",
      )
      for (const version of stdout.split(' '))
        assert.match(version, new RegExp(`^containerd://v?${options.containerd}\\.`))
    })

  if (options.network !== undefined)
    test('nodes and pods have addresses of each family', async () => {
      const families = options.network === 'ipv6' ? [6] : [4, 6]
      for (const [kind, path] of [
        ['nodes', '{.status.addresses[?(@.type=="InternalIP")].address}'],
        ['pods -A -l k8s-app=kube-dns', '{.status.podIPs[*].ip}'],
      ]) {
        const query = `jsonpath={range .items[*]}${path}{"\\n"}{end}`
        const { stdout } = await cluster.lab.exec(
          'm1',
          `kubectl --kubeconfig /etc/kubernetes/admin.conf get ${kind} -o '${query}'`,
        )
        const lines = stdout.trim().split('\n')
        assert.ok(lines.length > 0)
        for (const line of lines)
          assert.equal(
            line.split(' ').map((address) => (address.includes(':') ? 6 : 4)),
            families,
            `${kind}: ${line}`,
          )
      }
    })

  test('reset removes the cluster, and a second reset changes nothing', async () => {
    await cluster.succeed('reset')
    assert.equal(tasksWith(await cluster.succeed('reset'), 'changed'), [])
  })
}
