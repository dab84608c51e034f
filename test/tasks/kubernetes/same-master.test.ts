import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sameMaster } from '../../../tasks/kubernetes/same-master.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { hintOf } from './etcd-world.ts'
import {
  apiServer,
  cluster,
  etcd,
  given,
  kubeletConfig,
  masterWorld,
  pod,
  self,
} from './reconfigure-world.ts'
import { selfSigned } from './worker-world.ts'

const test = suite('same-master')

const outputOf = (run: Awaited<ReturnType<typeof rehearse>>): string => JSON.stringify(run.error)

test('a master with the configured settings is ok', async () => {
  const run = await rehearse(sameMaster(given), masterWorld().world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
})

test('a master whose node has another name is named, with the name to write, on every release', async () => {
  const client = selfSigned('/O=system:nodes/CN=system:node:m1.example.com')
  for (const kubernetesVersion of ['v1.20.2', 'v1.37.2']) {
    const { world } = masterWorld({
      files: {
        '/etc/kubernetes/kubelet.conf':
          'client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem\n',
        '/var/lib/kubelet/pki/kubelet-client-current.pem': client,
      },
    })
    const run = await rehearse(sameMaster({ ...given, cluster: { ...cluster, kubernetesVersion } }), world)
    assert.match(String(run.error), 'host is the node m1.example.com of this cluster, not m1')
    assert.match(
      hintOf(run.error),
      /^give the host the name m1\.example\.com in the inventory; to rename it while the cluster serves, run playbooks\/rename-or-readdress\.ts/,
    )
    assert.match(hintOf(run.error), 'give the host the name m1.example.com in the inventory')
  }
})

test('what only matters for the first start of etcd, and what follows from the host, is ok', async () => {
  const files = {
    [etcd]: pod('etcd', { words: ['--initial-cluster=m1=a,m2=b', '--initial-cluster-state=existing'] }),
    '/var/lib/kubelet/kubeadm-flags.env':
      'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1 --container-runtime-endpoint=unix:///y"\n',
    [kubeletConfig]: 'kind: KubeletConfiguration\nmaxPods: 110\n',
  }
  const wanted = { [etcd]: pod('etcd', { words: ['--initial-cluster=m1=a'] }) }
  const run = await rehearse(sameMaster(given), masterWorld({ files, wanted }).world)
  assert.is(run.outcome, 'ok', `${String(run.error)} ${outputOf(run)}`)
})

for (const [title, files, wanted, message] of [
  [
    'an argument that was added by hand',
    { [apiServer]: pod('kube-apiserver', { words: ['--v=4'] }) },
    {},
    'argument v of kube-apiserver: 4 → not set',
  ],
  [
    'one with several values',
    { [apiServer]: pod('kube-apiserver', { words: ['--x=1'] }) },
    { [apiServer]: pod('kube-apiserver', { words: ['--x=1', '--x=2'] }) },
    'argument x of kube-apiserver: 1 → 1, 2',
  ],
  [
    'a volume',
    {
      [apiServer]: pod('kube-apiserver', {
        more: '  volumes:\n  - hostPath:\n      path: /a\n    name: audit\n',
      }),
    },
    {},
    'spec.volumes.audit.hostPath.path of kube-apiserver',
  ],
  [
    'a variable, without its value',
    { [apiServer]: pod('kube-apiserver', { env: { HTTPS_PROXY: 'http://u:p4ss@proxy' } }) },
    {},
    'variable HTTPS_PROXY of kube-apiserver: (not shown) → not set',
  ],
  [
    'a field of the kubelet',
    { [kubeletConfig]: 'kind: KubeletConfiguration\nmaxPods: 50\n' },
    {},
    'maxPods of the kubelet: 50 → 110',
  ],
  [
    'an argument of the kubelet',
    { '/var/lib/kubelet/kubeadm-flags.env': 'KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.9"\n' },
    {},
    'argument node-ip of the kubelet: 10.0.0.9 → 10.0.0.1',
  ],
] as const) {
  test(`refused: ${title}`, async () => {
    const run = await rehearse(sameMaster(given), masterWorld({ files, wanted }).world)
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), 'host has other settings than the configuration')
    assert.match(outputOf(run), message.replace(/^spec\.volumes/, 'volumes'))
    assert.not.match(outputOf(run), 'p4ss')
    assert.match(hintOf(run.error), 'run playbooks/reconfigure.ts')
    assert.match(hintOf(run.error), 'nothing was changed')
  })
}

test('kubeadm of another patch release writes the same settings: only the tag of the image of etcd is not compared', async () => {
  const other = masterWorld({
    wanted: { [etcd]: pod('etcd').replace(/image: (.*):.*/, 'image: $1:9.9.9-0') },
    kubeadm: 'v1.37.3',
  })
  const run = await rehearse(sameMaster(given), other.world)
  assert.is(run.outcome, 'ok', `${String(run.error)} ${outputOf(run)}`)
  const files = { [apiServer]: pod('kube-apiserver', { words: ['--v=4'] }) }
  const changed = await rehearse(sameMaster(given), masterWorld({ files, kubeadm: 'v1.37.3' }).world)
  assert.match(outputOf(changed), 'argument v of kube-apiserver: 4 → not set')
  const wanted = { [etcd]: pod('etcd').replace('registry.k8s.io', 'registry.example.org') }
  const registry = await rehearse(sameMaster(given), masterWorld({ wanted, kubeadm: 'v1.37.3' }).world)
  assert.match(outputOf(registry), 'image of etcd')
  assert.match(hintOf(registry.error), 'install kubeadm v1.37.2 on host, then run playbooks/reconfigure.ts')
})

test('static pods of another patch release are refused, also by kubeadm of that one', async () => {
  const newer = pod('kube-apiserver').replace(/image: (.*):.*/, 'image: $1:v9.9.9')
  const run = await rehearse(
    sameMaster(given),
    masterWorld({ wanted: { [apiServer]: newer }, kubeadm: 'v1.37.1' }).world,
  )
  assert.match(outputOf(run), /image of kube-apiserver: .* → .*:v9\.9\.9/)
})

test('a tag of the image of etcd that the configuration sets is compared, also by kubeadm of another patch release', async () => {
  const wanted = { [etcd]: pod('etcd').replace(/image: (.*):.*/, 'image: $1:9.9.9-0') }
  const chosen = { ...given, cluster: { ...given.cluster, etcd: { imageTag: '9.9.9-0' } } }
  const run = await rehearse(sameMaster(chosen), masterWorld({ wanted, kubeadm: 'v1.37.3' }).world)
  assert.match(outputOf(run), 'image of etcd')
})

test('without a complete node, and where it is not known what kubeadm would write, nothing is refused', async () => {
  const files = {
    [apiServer]: pod('kube-apiserver', { words: ['--v=4', '--secure-port=6443'] }).replace(
      '    - --secure-port=1\n',
      '',
    ),
  }
  const older = sameMaster({ cluster: { ...cluster, kubernetesVersion: 'v1.20.2' }, self, members: [self] })
  const another =
    'not compared: what kubeadm sets by itself in static pods and kubelet (kubeadm on host is v1.36.3'
  for (const [task, world, text] of [
    [sameMaster(given), { patterns: [[/^kubeadm version/, { code: 127 }]] }, 'undefined'],
    [
      sameMaster(given),
      masterWorld({ files: { ...files, '/etc/coxswain/unfinished': 'x' } }).world,
      'undefined',
    ],
    [sameMaster(given), masterWorld({ files, kubeadm: 'v1.36.3' }).world, another],
    [
      older,
      masterWorld({ files }).world,
      'not compared: what kubeadm sets by itself in static pods and kubelet (kubeadm v1.20.2 does not',
    ],
  ] as const) {
    const run = await rehearse(task, world)
    assert.is(run.outcome, 'ok', String(run.error))
    assert.match(String(await valueOf(task, world)), text)
  }
})

test('refused: a reconfiguration that was interrupted, also where the files are as configured', async () => {
  const files = { '/etc/coxswain/reconfigure/etcd.yaml': 'x' }
  const run = await rehearse(sameMaster(given), masterWorld({ files }).world)
  assert.match(String(run.error), 'the reconfiguration of host was interrupted')
  assert.match(hintOf(run.error), 'run playbooks/reconfigure.ts again')
})

test('folders of authorities that came to the host later are ok', async () => {
  const more = '  volumes:\n  - hostPath:\n      path: /etc/ca-certificates\n    name: etc-ca-certificates\n'
  const wanted = { [apiServer]: pod('kube-apiserver', { more }) }
  assert.is((await rehearse(sameMaster(given), masterWorld({ wanted }).world)).outcome, 'ok')
})
