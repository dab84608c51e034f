import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { sameCluster } from '../../../tasks/kubernetes/same-cluster.ts'
import { suite } from '../../support/spec.ts'

const test = suite('same-cluster')

/** As kubeadm 1.20.2 keeps it. */
const living = `apiServer:
  certSANs:
  - 10.0.0.10
  extraArgs:
    authorization-mode: Node,RBAC
  timeoutForControlPlane: 4m0s
apiVersion: kubeadm.k8s.io/v1beta2
certificatesDir: /etc/kubernetes/pki
clusterName: kubernetes
controlPlaneEndpoint: 10.0.0.10:6443
controllerManager: {}
dns:
  type: CoreDNS
etcd:
  local:
    dataDir: /var/lib/etcd
imageRepository: k8s.gcr.io
kind: ClusterConfiguration
kubernetesVersion: v1.20.2
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
scheduler: {}
`

const self = { name: 'm1', address: '10.0.0.11' }
const taskFor = (given: Record<string, unknown>): ReturnType<typeof sameCluster> =>
  sameCluster({
    cluster: { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: '10.0.0.10:6443', ...given },
    self,
    members: [self],
  })
const world = (text: string): World => ({
  files: { '/etc/kubernetes/admin.conf': 'x' },
  patterns: [
    [
      /^kubectl .*--server https:\/\/10\.0\.0\.11:6443 .* get configmap kubeadm-config /,
      text === '' ? '' : JSON.stringify({ data: { ClusterConfiguration: text } }),
    ],
  ],
})

test('the settings of the cluster, and what it does not say, are ok', async () => {
  for (const given of [
    {},
    { serviceSubnet: '10.96.0.0/12' },
    { certSANs: ['a.example.org'] },
    { apiServer: { extraArgs: { 'authorization-mode': 'Node,RBAC' } } },
  ]) {
    const run = await rehearse(taskFor(given), world(living))
    assert.is(run.outcome, 'ok', String(run.error))
  }
})

for (const [given, message, text] of [
  [
    { podSubnet: '10.9.0.0/16' },
    'pod_subnet is 10.9.0.0/16, but the cluster has 10.244.0.0/16: it cannot be changed',
  ],
  [{ serviceSubnet: '10.97.0.0/16' }, 'service_subnet is 10.97.0.0/16, but the cluster has 10.96.0.0/12'],
  [
    {},
    'service_subnet is 10.96.0.0/12, but the cluster has 10.97.0.0/16',
    living.replace('10.96.0.0/12', '10.97.0.0/16'),
  ],
  [
    {},
    'networking.dnsDomain is cluster.local, but the cluster has example.org',
    living.replace('cluster.local', 'example.org'),
  ],
  [
    { controlPlaneEndpoint: '10.0.0.9:6443' },
    'control_plane_endpoint is 10.0.0.9:6443, but the cluster has 10.0.0.10:6443',
  ],
  [
    {},
    'etcd.local.dataDir is /var/lib/etcd, but the cluster has /srv/etcd',
    living.replace('/var/lib/etcd', '/srv/etcd'),
  ],
  [
    { kubernetesVersion: 'v1.20.5' },
    'kubernetes_version is v1.20.5, but the cluster has v1.20.2: to upgrade, see kubeadm upgrade',
  ],
  [{ kubernetesVersion: 'v1.21.2' }, 'kubernetes_version is v1.21.2, but the cluster has v1.20.2'],
  [
    { apiServer: { extraArgs: { 'audit-log-path': '/x' } } },
    'apiServer.extraArgs.audit-log-path is /x, but the cluster does not have it',
  ],
  [
    {},
    'apiServer.extraArgs.audit-log-path is not set, but the cluster has /x: to change it',
    living.replace('extraArgs:', 'extraArgs:\n    audit-log-path: /x'),
  ],
  [
    {},
    'set apiServer.extraArgs.audit-log-path to /x; nothing was changed',
    living.replace('extraArgs:', 'extraArgs:\n    audit-log-path: /x'),
  ],
] as const) {
  test(`refused: ${message}`, async () => {
    const run = await rehearse(taskFor(given), world(text ?? living))
    assert.match(String(run.error), 'the cluster has other settings than the configuration')
    assert.match(JSON.stringify(run.error), message)
    assert.match(JSON.stringify(run.error), 'nothing was changed')
  })
}

test('arguments as lists are compared by name', async () => {
  const text = living
    .replace('v1beta2', 'v1beta4')
    .replace('v1.20.2', 'v1.37.2')
    .replace('    authorization-mode: Node,RBAC\n', '  - name: v\n    value: "2"\n')
  const given = (v: string) => ({ kubernetesVersion: 'v1.37.2', apiServer: { extraArgs: { v } } })
  assert.is((await rehearse(taskFor(given('2')), world(text))).outcome, 'ok')
  const run = await rehearse(taskFor(given('3')), world(text))
  assert.match(JSON.stringify(run.error), 'apiServer.extraArgs.v is 3, but the cluster has 2')
})

test('up to 1.12, what is of one master is not compared', async () => {
  const text =
    'kind: MasterConfiguration\nkubernetesVersion: v1.11.3\napi:\n  advertiseAddress: 10.0.0.12\n  controlPlaneEndpoint: 10.0.0.10:6443\netcd:\n  local:\n    dataDir: /var/lib/etcd\n    extraArgs:\n      initial-cluster: m2=x\nnetworking:\n  podSubnet: 10.244.0.0/16\n'
  const run = await rehearse(taskFor({ kubernetesVersion: 'v1.11.3' }), {
    ...world(''),
    patterns: [[/get configmap kubeadm-config/, JSON.stringify({ data: { MasterConfiguration: text } })]],
  })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('without a cluster, within an interrupted init, and where it cannot be asked, nothing is refused', async () => {
  const task = taskFor({ podSubnet: '10.9.0.0/16' })
  assert.is((await rehearse(task, {})).outcome, 'ok')
  assert.is((await rehearse(task, world(''))).outcome, 'ok')
  const down = { ...world(''), patterns: [[/^kubectl/, { code: 1, stderr: 'refused' }]] as const }
  assert.is((await rehearse(task, down)).outcome, 'ok')
  const files = { '/etc/kubernetes/admin.conf': 'x', '/etc/coxswain/unfinished': 'x' }
  assert.is((await rehearse(task, { files })).outcome, 'ok')
})
