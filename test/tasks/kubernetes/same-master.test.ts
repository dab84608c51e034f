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

const test = suite('same-master')

const outputOf = (run: Awaited<ReturnType<typeof rehearse>>): string => JSON.stringify(run.error)

test('a master with the configured settings is ok', async () => {
  const run = await rehearse(sameMaster(given), masterWorld().world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(run.commands.apply, [])
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

test('without a complete node, and where it is not known what kubeadm would write, nothing is refused', async () => {
  const files = { [apiServer]: pod('kube-apiserver', { words: ['--v=4'] }) }
  const older = sameMaster({ cluster: { ...cluster, kubernetesVersion: 'v1.20.2' }, self, members: [self] })
  const another = 'not compared: static pods and kubelet (kubeadm on host is v1.37.3'
  for (const [task, world, text] of [
    [sameMaster(given), {}, 'undefined'],
    [
      sameMaster(given),
      masterWorld({ files: { ...files, '/etc/coxswain/unfinished': 'x' } }).world,
      'undefined',
    ],
    [sameMaster(given), masterWorld({ files, kubeadm: 'v1.37.3' }).world, another],
    [older, masterWorld({ files }).world, 'not compared: static pods and kubelet (kubeadm v1.20.2 does not'],
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
