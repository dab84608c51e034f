/** What the configuration sets is compared with the files of a master, where kubeadm does not say what it would write. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { renderConfig } from '../../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../../tasks/kubernetes/kubeadm/settings.ts'
import { sameMaster } from '../../../tasks/kubernetes/same-master.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { apiServer, kubeletConfig, masterWorld, pod, self } from './reconfigure-world.ts'

const test = suite('same-master, by the settings')

const outputOf = (run: Awaited<ReturnType<typeof rehearse>>): string => JSON.stringify(run.error)

/** A master as kubeadm of 1.20.2 leaves it. */
const files20 = {
  [apiServer]: pod('kube-apiserver', {
    words: ['--advertise-address=10.0.0.1', '--secure-port=6443'],
  }).replace('    - --secure-port=1\n', ''),
  [kubeletConfig]:
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: cgroupfs\nfailSwapOn: false\nmaxPods: 110\n',
  '/var/lib/kubelet/kubeadm-flags.env':
    'KUBELET_KUBEADM_ARGS="--container-runtime=remote --container-runtime-endpoint=/run/containerd/containerd.sock --node-ip=10.0.0.1 --pod-infra-container-image=k8s.gcr.io/pause:3.2 --v=3"\n',
}
const lab20 = {
  cgroupDriver: 'cgroupfs',
  failSwapOn: false,
  criSocket: 'unix:///run/containerd/containerd.sock',
  kubeletExtraArgs: { v: '3' },
} as const
const master20 = (changed: Record<string, unknown> = {}, nodeIp?: string) =>
  sameMaster({
    cluster: {
      kubernetesVersion: 'v1.20.2',
      controlPlaneEndpoint: '10.0.0.10:6443',
      ...lab20,
      ...changed,
    },
    self,
    members: [self],
    nodeIp,
  })
const world20 = (
  files: Readonly<Record<string, string>> = {},
  patterns: NonNullable<Parameters<typeof masterWorld>[0]>['patterns'] = [],
) => masterWorld({ files: { ...files20, ...files }, kubeadm: 'v1.20.2', patterns }).world

test('1.20: a master as the configuration sets it is ok, with what kubeadm adds', async () => {
  const written = renderConfig({
    cluster: clusterSchema.parse({
      kubernetesVersion: 'v1.20.2',
      controlPlaneEndpoint: '10.0.0.10:6443',
      ...lab20,
    }),
    self,
    members: [self],
    nodeIp: '10.0.0.1',
  })
  for (const files of [{}, { '/etc/coxswain/kubeadm.yaml': written }])
    for (const nodeIp of [undefined, '10.0.0.1']) {
      const run = await rehearse(master20({}, nodeIp), world20(files))
      assert.is(run.outcome, 'ok', `${String(run.error)} ${outputOf(run)}`)
    }
})

for (const [changed, message] of [
  [
    { kubelet: { maxPods: 250 } },
    'maxPods of the kubelet: 110 → 250: set it in /var/lib/kubelet/config.yaml',
  ],
  [
    { cgroupDriver: 'systemd' },
    'cgroupDriver of the kubelet: cgroupfs → systemd: it is not changed, because',
  ],
  [
    { kubeletExtraArgs: { v: '5' } },
    'argument v of the kubelet: 3 → 5: set it in /var/lib/kubelet/kubeadm-flags.env',
  ],
  [{ kubeletExtraArgs: { v: '3', 'max-pods': '9' } }, 'argument max-pods of the kubelet: not set → 9'],
  [{ bindPort: 7443 }, 'argument secure-port of kube-apiserver: 6443 → 7443: it is not changed, because'],
] as const) {
  test(`1.20: refused, and not written: ${JSON.stringify(changed)}`, async () => {
    const run = await rehearse(master20(changed), world20())
    assert.match(String(run.error), 'host has other settings than the configuration')
    assert.match(outputOf(run), message)
    assert.match(hintOf(run.error), 'playbooks/reconfigure.ts cannot: kubeadm v1.20.2 does not say')
  })
}

const dockerFiles = {
  [kubeletConfig]: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 110\n',
  '/var/lib/kubelet/kubeadm-flags.env':
    'KUBELET_KUBEADM_ARGS="--cgroup-driver=systemd --network-plugin=cni --v=3"\n',
}
for (const [path, text] of [
  ['/etc/default/kubelet', 'KUBELET_EXTRA_ARGS=--fail-swap-on=false\n'],
  ['/etc/sysconfig/kubelet', "# swap is on\nKUBELET_EXTRA_ARGS='--fail-swap-on=false --v=4'\n"],
] as const)
  test(`1.20: what arguments of the kubelet set as wanted is not missed in its fields: ${path}`, async () => {
    const task = master20({ cgroupDriver: 'systemd' })
    const run = await rehearse(task, world20({ ...dockerFiles, [path]: text }))
    assert.is(run.outcome, 'ok', `${String(run.error)} ${outputOf(run)}`)
    const other = await rehearse(task, world20({ ...dockerFiles, [path]: text.replace('=false', '=true') }))
    assert.match(outputOf(other), 'failSwapOn of the kubelet: not set → false')
    assert.not.match(outputOf(other), 'cgroupDriver')
  })

test('1.20: another address of the master is refused', async () => {
  const other = { name: 'm1', address: '10.0.0.9' }
  const task = sameMaster({
    cluster: { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: '10.0.0.10:6443' },
    self: other,
    members: [other],
  })
  const said = outputOf(await rehearse(task, world20()))
  assert.match(said, 'argument advertise-address of kube-apiserver: 10.0.0.1 → 10.0.0.9: it is not changed')
  assert.match(said, 'set advertise_address of the master, and run playbooks/rename-or-readdress.ts')
})

test('1.20: an argument that was set before, and is no longer, is refused while the kubelet has it', async () => {
  const before = {
    '/etc/coxswain/kubeadm.yaml':
      'apiVersion: kubeadm.k8s.io/v1beta2\nkind: InitConfiguration\nnodeRegistration:\n  kubeletExtraArgs:\n    v: "3"\n',
  }
  const task = master20({ kubeletExtraArgs: {} })
  assert.match(outputOf(await rehearse(task, world20(before))), 'argument v of the kubelet: 3 → not set')
  // it was not set by this configuration
  assert.is((await rehearse(task, world20())).outcome, 'ok')
})

test('a node-ip that kubeadm alone has not set is ok where the kubelet reports that address', async () => {
  const flags = { '/var/lib/kubelet/kubeadm-flags.env': 'KUBELET_KUBEADM_ARGS="--v=3"\n' }
  const address = /^kubectl .* get node m1 --ignore-not-found -o 'jsonpath=.*InternalIP/
  const task = master20({}, '10.0.0.1')
  for (const [reply, outcome] of [
    ['10.0.0.1', 'ok'],
    ['10.0.0.9', 'failed'],
    [{ code: 1, stderr: 'refused' }, 'ok'],
  ] as const) {
    const run = await rehearse(task, world20(flags, [[address, reply]]))
    assert.is(run.outcome, outcome, `${String(run.error)} ${outputOf(run)}`)
    if (outcome === 'failed')
      assert.match(outputOf(run), 'argument node-ip of the kubelet: not set → 10.0.0.1')
  }
})
