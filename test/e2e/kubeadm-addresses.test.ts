/** kubeadm itself judges the addresses in its configuration. */
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { bundle } from '../../lab/bundles.ts'
import { renderConfig } from '../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../tasks/kubernetes/kubeadm/settings.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

const test = suite('addresses, as kubeadm reads them', { seconds: 1200 })
const folder = folderOf(test)

const six = { podSubnet: 'fd00:10:244::/56', serviceSubnet: 'fd00:10:96::/112' }
const four = { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/16' }
const gates = { featureGates: { IPv6DualStack: true } }

for (const [title, address, endpoint, networks, nodeIp] of [
  ['IPv4', '10.0.0.11', '10.0.0.10:6443', four, '10.0.0.11'],
  ['IPv6', 'fd00:0:0::11', '[fd00::10]:6443', six, 'fd00::11'],
  [
    'both, IPv4 first',
    '10.0.0.11',
    '10.0.0.10:6443',
    {
      podSubnet: `${four.podSubnet},${six.podSubnet}`,
      serviceSubnet: `${four.serviceSubnet},${six.serviceSubnet}`,
      ...gates,
    },
    '10.0.0.11,fd00::11',
  ],
  [
    'both, IPv6 first',
    'fd00::11',
    '[fd00::10]:6443',
    {
      podSubnet: `${six.podSubnet},${four.podSubnet}`,
      serviceSubnet: `${six.serviceSubnet},${four.serviceSubnet}`,
      ...gates,
    },
    'fd00::11,10.0.0.11',
  ],
] as const) {
  test(`${title}: kubeadm accepts the configuration, and its certificates name all addresses`, async () => {
    const pki = folder.at(`pki-${title.replaceAll(/\W/g, '')}`)
    const cluster = clusterSchema.parse({
      kubernetesVersion: 'v1.20.2',
      controlPlaneEndpoint: endpoint,
      criSocket: '/run/containerd/containerd.sock',
      certSANs: ['192.0.2.7', '2001:db8::7'],
      merge: [{ kind: 'ClusterConfiguration', certificatesDir: pki }],
      ...networks,
    })
    const self = { name: 'm1', address }
    const config = folder.write(`${title}.yaml`, renderConfig({ cluster, self, members: [self], nodeIp }))
    const kubeadm = join((await bundle()).folder, 'bin', 'kubeadm')
    const { status, stdout, stderr } = spawnSync(
      kubeadm,
      ['init', 'phase', 'certs', 'all', '--config', config],
      { encoding: 'utf8' },
    )
    assert.is(status, 0, stdout + stderr)
    const names = (name: string): X509Certificate => new X509Certificate(readFileSync(`${pki}/${name}.crt`))
    for (const wanted of [address, '192.0.2.7', '2001:db8::7', endpoint.replace(/^\[?(.*?)\]?:6443$/, '$1')])
      assert.ok(names('apiserver').checkIP(wanted) !== undefined, wanted)
    for (const wanted of [address, '127.0.0.1', '::1'])
      assert.ok(names('etcd/peer').checkIP(wanted) !== undefined, wanted)
  })
}
