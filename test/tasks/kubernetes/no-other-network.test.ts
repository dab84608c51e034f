import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { noOtherNetwork } from '../../../tasks/kubernetes/no-other-network.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('no-other-network')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-network-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const manifest = join(folder, 'flannel.yaml')
writeFileSync(
  manifest,
  'kind: ConfigMap\ndata: { cni-conf.json: flannel, path: /etc/cni/net.d/10-flannel.conflist }\n',
)

const withoutPackage = sentPattern('tasks/kubernetes/networks/without-package.sh', '/etc/cni/net.d')

/** A host with files in /etc/cni/net.d and network devices. */
const hostWith = (files: Readonly<Record<string, string>>, devices: readonly string[] = []): World => {
  const paths = Object.entries(files).map(([name, text]) => [`/etc/cni/net.d/${name}`, text] as const)
  const links = ['lo', 'eth0', ...devices].map((name) => [`/sys/class/net/${name}`, 'x'] as const)
  return {
    files: Object.fromEntries([...paths, ...links]),
    patterns: [[withoutPackage, paths.map(([path]) => `${path}\n`).join('')]],
  }
}

/** A control-plane node of a cluster with these DaemonSets, as the host of `via`. */
const master = (sets: readonly string[], host: World = hostWith({})): World => ({
  files: { ...host.files, '/etc/kubernetes/admin.conf': 'x' },
  patterns: [
    [/get daemonsets --all-namespaces/, sets.map((set) => `${set}\t/etc/cni/net.d,\n`).join('')],
    [/get daemonset \S+ -o json$/, { code: 1 }],
    ...(host.patterns ?? []),
  ],
})

const bridge = '{"cniVersion":"0.4.0","name":"mynet","type":"bridge"}'
const flannel = '{"plugins":[{"type":"flannel"},{"type":"portmap"}]}'

for (const [what, host, found, cure] of [
  [
    'a file',
    hostWith({ '10-calico.conflist': '{"plugins":[{"type":"calico"}]}', '99-loopback.conf': '{}' }),
    '/etc/cni/net.d/10-calico.conflist of calico',
    'rm /etc/cni/net.d/10-calico.conflist',
  ],
  [
    'a file of an unknown network, and network devices',
    hostWith({ '10-x.conf': bridge }, ['cilium_host', 'veth0']),
    '/etc/cni/net.d/10-x.conf, the network device cilium_host of cilium',
    'rm /etc/cni/net.d/10-x.conf; ip link delete cilium_host',
  ],
  [
    'the bridge of a former node',
    hostWith({}, ['cni0', 'flannel.1']),
    'the network device cni0',
    'ip link delete cni0',
  ],
] as const)
  test(`${what} of another network is named before the host joins, with what removes it`, async () => {
    const run = await rehearse(noOtherNetwork({ via: 'm1', manifest }), host)
    assert.is(run.predicted, 'failed')
    assert.match(
      String(run.error),
      `host has a pod network that is not of the manifest ${manifest}: ${found}`,
    )
    assert.ok(String(run.error).includes(found))
    assert.not.match(String(run.error), 'flannel.1')
    assert.match(hintOf(run.error), `run on host: ${cure}; nothing was changed`)
  })

test('what the manifest names, and devices of its network, are not of another one', async () => {
  const there = hostWith({ '10-flannel.conflist': flannel, '05-x.conf.bak': bridge }, ['flannel.1'])
  assert.is((await rehearse(noOtherNetwork({ via: 'm1', manifest }), there)).outcome, 'ok')
})

test('a host without remains is ok, and the manifest is not even read', async () => {
  const task = noOtherNetwork({ via: 'm1', manifest: join(folder, 'none.yaml') })
  assert.is((await rehearse(task, {})).outcome, 'ok')
})

test('on a node, the files are those of the network that runs', async () => {
  const there = hostWith({ '10-calico.conflist': '{}' }, ['cni0'])
  const node = { ...there, files: { ...there.files, '/etc/kubernetes/kubelet.conf': 'x' } }
  const run = await rehearse(noOtherNetwork({ via: 'm1', manifest }), node)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.check, [])
})

test('without a manifest, the network of the cluster is the wanted one', async () => {
  const task = noOtherNetwork({ via: 'm1' })
  const at = (host: World, m1: World) => rehearse(task, { ...host, others: { m1 } })
  const calico = master(['calico-system/calico-node'.replace('/', '\t')])
  const other = await at(hostWith({ '10-flannel.conflist': flannel }, ['flannel.1']), calico)
  assert.match(
    String(other.error),
    'not of the cluster (DaemonSet calico-system/calico-node): /etc/cni/net.d/10-flannel.conflist of flannel, the network device flannel.1 of flannel',
  )
  const own = await at(hostWith({ '10-calico.conflist': '{}' }, ['vxlan.calico']), calico)
  assert.is(own.outcome, 'ok', String(own.error))
})

test('what the control-plane node has as well is of the network of the cluster', async () => {
  const task = noOtherNetwork({ via: 'm1' })
  const host = hostWith({ '10-x.conf': bridge }, ['flannel.1'])
  const own = master(['kube-system\tcanal'], hostWith({ '10-x.conf': bridge }, ['flannel.1']))
  assert.is((await rehearse(task, { ...host, others: { m1: own } })).outcome, 'ok')
  const run = await rehearse(task, { ...host, others: { m1: master(['kube-system\tcanal']) } })
  assert.match(String(run.error), '/etc/cni/net.d/10-x.conf, the network device flannel.1 of flannel')
})

test('a cluster without a network, and hosts that are not a cluster yet, do not say which one is wanted', async () => {
  const host = hostWith({ '10-x.conf': bridge }, ['cni0'])
  for (const m1 of [{}, master([])])
    assert.is((await rehearse(noOtherNetwork({ via: 'm1' }), { ...host, others: { m1 } })).outcome, 'ok')
})
