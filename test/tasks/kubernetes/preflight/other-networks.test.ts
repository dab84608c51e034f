/** Pod networks that are there before ha-masters would apply one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from '../../../../engine/index.ts'
import type { World } from '../../../../engine/testing.ts'
import { preflightState } from '../../../../tasks/kubernetes/preflight-state.ts'
import { sentPattern } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { valueOf } from '../../../support/value-of.ts'
import { printed } from './a-host.ts'

const test = suite('preflight: other networks')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-network-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))
const manifest = join(folder, 'net.yaml')
writeFileSync(
  manifest,
  'kind: DaemonSet\nmetadata: { name: kube-flannel-ds, namespace: kube-flannel }\nspec: { path: 10-flannel.conflist }\n',
)

const program = sentPattern('tasks/kubernetes/networks/without-package.sh', '/etc/cni/net.d')
const world = (files: NonNullable<World['files']>, sets: World['patterns'] = []): World => ({
  files,
  patterns: [
    [sentPattern('tasks/kubernetes/preflight/read-host.sh'), printed],
    [
      program,
      Object.keys(files)
        .flatMap((path) => (path.includes('/net.d/') ? [`${path}\n`] : []))
        .join(''),
    ],
    [/get daemonset \S+ -o json$/, { code: 1 }],
    ...sets,
  ],
})

const stateSchema = z.object({
  otherNetworks: z.object({ found: z.array(z.string()), cure: z.string(), notKnown: z.string().optional() }),
})
const others = async (
  there: World,
  network: { readonly via: string; readonly manifest?: string } | undefined,
) => stateSchema.parse(await valueOf(preflightState({ network }), there)).otherNetworks

const node = { '/etc/kubernetes/kubelet.conf': 'x', '/etc/kubernetes/admin.conf': 'x' }
const sets = (text: string): World['patterns'] => [[/get daemonsets --all-namespaces/, text]]

test('a host that is not a node is named with what a former cluster has left', async () => {
  const there = world({ '/etc/cni/net.d/10-calico.conflist': '{}', '/sys/class/net/flannel.1': 'x' })
  assert.equal(await others(there, { via: 'm1', manifest }), {
    found: ['/etc/cni/net.d/10-calico.conflist of calico'],
    cure: 'if a former cluster has left it: rm /etc/cni/net.d/10-calico.conflist',
  })
  assert.equal(await others({ ...there, others: { m1: {} } }, { via: 'm1' }), { found: [], cure: '' })
  assert.equal(await others(there, undefined), { found: [], cure: '' })
})

test('a control-plane node is named with the network of its cluster, and with files of its own before the first application', async () => {
  const calico = world(node, sets('kube-system\tcalico-node\t/etc/cni/net.d,\n'))
  assert.equal((await others(calico, { via: 'm1', manifest })).found, [
    'calico (DaemonSet kube-system/calico-node)',
  ])
  const file = { '/etc/cni/net.d/05-bridge.conf': '{}' }
  assert.equal((await others(world({ ...node, ...file }, sets('')), { via: 'm1', manifest })).found, [
    '/etc/cni/net.d/05-bridge.conf',
  ])
  const own = sets('kube-flannel\tkube-flannel-ds\t/etc/cni/net.d,\n')
  assert.equal((await others(world({ ...node, ...file }, own), { via: 'm1', manifest })).found, [])
})

test('what cannot be asked is not known', async () => {
  const silent = world(node, [[/get daemonsets/, { code: 1, stderr: 'refused' }]])
  assert.match((await others(silent, { via: 'm1', manifest })).notKnown ?? '', 'kubectl')
  const missing = world({ '/sys/class/net/cni0': 'x' })
  const found = await others(missing, { via: 'm1', manifest: join(folder, 'none.yaml') })
  assert.match(found.notKnown ?? '', 'cannot read the manifest')
  assert.match(found.cure, 'set manifest to the path of a file')
})
