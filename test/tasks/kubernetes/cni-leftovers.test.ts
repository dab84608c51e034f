/** What a removed pod network has left on a node. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { cniLeftovers } from '../../../tasks/kubernetes/cni-leftovers.ts'
import { cniRemove } from '../../../tasks/kubernetes/cni-remove.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { networkWorld } from './network-world.ts'
import type { NetworkCluster } from './network-world.ts'
import { withFlannel } from './removal-world.ts'
import { resetPrograms } from './reset-world.ts'

const test = suite('cni-leftovers')
const folder = folderOf(test)

const mine = ['/etc/cni/net.d/10-flannel.conflist', '/run/flannel/subnet.env']
const others = ['/etc/cni/net.d/20-other.conflist', '/run/cilium/x']
const devices = ['cni0', 'flannel.1', 'eth0', 'kube-ipvs0', 'cilium_host']

/** A node on which flannel was. */
const nodeWorld = (cluster: NetworkCluster): World => {
  let rules = 'firewall rules and chains of a pod network (iptables-nft)\n'
  return {
    files: Object.fromEntries(
      [...mine, ...others, ...devices.map((name) => `/sys/class/net/${name}`)].map((path) => [path, 'x']),
    ),
    patterns: [
      [sentPattern('tasks/kubernetes/reset/list-rules.sh', 'network'), () => rules],
      [
        sentPattern('tasks/kubernetes/reset/remove-rules.sh', 'network'),
        () => {
          rules = ''
          return ''
        },
      ],
      [
        /ip link delete (\S+)$/,
        ({ script }, files) => {
          files.delete(`/sys/class/net/${script.split(' ').at(-1)}`)
          return ''
        },
      ],
      ...resetPrograms,
    ],
    others: { m1: networkWorld(cluster) },
  }
}

test('files of the manifest, devices, folders and rules of the network are removed; those of others stay', async () => {
  const cluster = await withFlannel(folder)
  assert.is((await rehearse(cniRemove({ confirm: true }), networkWorld(cluster))).outcome, 'changed')
  const run = await rehearse(cniLeftovers({ via: 'm1' }), nodeWorld(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    [
      '/etc/cni/net.d/10-flannel.conflist',
      '/run/flannel',
      'network device cni0',
      'network device flannel.1',
      'firewall rules and chains of a pod network (iptables-nft)',
    ],
  )
  for (const path of mine) assert.not(run.files.has(path), path)
  for (const path of others) assert.ok(run.files.has(path), path)
})

test('while the network is in use, nothing is removed', async () => {
  const run = await rehearse(cniLeftovers({ via: 'm1' }), nodeWorld(await withFlannel(folder)))
  assert.is(run.outcome, 'ok', String(run.error))
})
