/** Arguments of the inventory that the release no longer knows: found by preflight. */
import * as assert from 'uvu/assert'
import { preflightFindings } from '../../../../tasks/kubernetes/preflight/findings.ts'
import { refusedIn } from '../../../../tasks/kubernetes/config/refused.ts'
import { clusterSchema } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import type { Wanted } from '../../../../tasks/kubernetes/preflight/wanted.ts'
import { suite } from '../../../support/spec.ts'
import { found, healthy, wanted } from './a-host.ts'

const test = suite('preflight of arguments')

const args: Wanted['arguments'] = {
  apiServer: {
    'insecure-port': '0',
    'audit-log-path': '/var/log/audit',
    'service-account-api-audiences': 'a',
  },
  controllerManager: { 'pod-eviction-timeout': '5m' },
  scheduler: { logtostderr: 'false' },
  etcd: { 'experimental-initial-corrupt-check': 'true' },
  kubelet: { containerd: '/run/containerd/containerd.sock', 'max-pods': '50' },
}

test('each with the release in which it went', () => {
  assert.equal(found({}, { arguments: args }), [
    'fault inventory: --insecure-port in api_server.extraArgs: the API server does not know it from v1.24 on',
    'fault inventory: --service-account-api-audiences in api_server.extraArgs: the API server does not know it from v1.25 on',
    'fault inventory: --pod-eviction-timeout in controller_manager.extraArgs: the controller manager does not know it from v1.27 on',
    'fault inventory: --logtostderr in scheduler.extraArgs: the scheduler does not know it from v1.26 on',
    'fault inventory: --experimental-initial-corrupt-check in etcd.extraArgs: etcd does not know it from 3.7 on',
    'fault inventory: --containerd in kubelet_extra_args: the kubelet does not know it from v1.37 on',
  ])
})

test('arguments of etcd are those of its own image', () => {
  const etcd = { etcd: { 'experimental-initial-corrupt-check': 'true' } }
  assert.equal(found({}, { arguments: etcd, etcdTag: '3.6.8-0' }), [])
  assert.equal(found({}, { arguments: { etcd: { proxy: 'on' } }, etcdTag: '3.6.8-0' }), [
    'fault inventory: --proxy in etcd.extraArgs: etcd does not know it from 3.6 on',
  ])
})

test('the way out names what takes its place', () => {
  const cures = preflightFindings([{ host: 'm1', value: healthy }], { ...wanted, arguments: args }).map(
    ({ cure }) => cure,
  )
  assert.equal(cures.slice(0, 2), [
    'remove it from the inventory: a program with an unknown argument ends at once',
    'write --api-audiences in its place: a program with an unknown argument ends at once',
  ])
})

test('a release that knows them, and feature gates that are gone', () => {
  const programs = { ...healthy.programs, kubelet: 'v1.23.17' }
  const version = 'v1.23.17'
  const states = [{ host: 'm1', value: { ...healthy, programs } }]
  assert.equal(preflightFindings(states, { ...wanted, version, arguments: args }), [])
  assert.equal(
    found(
      {},
      {
        arguments: { apiServer: { 'feature-gates': ['SidecarContainers=true', 'AllAlpha=false'] } },
        kubeletGates: { JobSuccessPolicy: true },
      },
    ),
    [
      'fault inventory: the feature gate SidecarContainers in api_server.extraArgs: the API server does not know it from v1.37 on',
      'fault inventory: the feature gate JobSuccessPolicy in kubelet.featureGates: the kubelet does not know it from v1.37 on',
    ],
  )
})

test('feature gates that the release never knew, wherever they are, with a similar one', () => {
  assert.equal(
    found(
      {},
      {
        arguments: { kubelet: { 'feature-gates': 'NodeSwapp=true' }, etcd: { 'feature-gates': 'Any=true' } },
        kubeletGates: { Nonsense: true, NodeSwap: true },
        kubeProxyGates: { WinDSR: false, KubeProxyIPVSS: true },
      },
    ),
    [
      'fault inventory: the feature gate NodeSwapp in kubelet_extra_args: the kubelet does not know it',
      'fault inventory: the feature gate KubeProxyIPVSS in kube_proxy.featureGates: kube-proxy does not know it',
      'fault inventory: the feature gate Nonsense in kubelet.featureGates: the kubelet does not know it',
    ],
  )
  const gates = { kubelet: { 'feature-gates': 'NodeSwapp=true' } }
  const [first] = preflightFindings([{ host: 'm1', value: healthy }], { ...wanted, arguments: gates })
  assert.match(first?.cure ?? '', 'remove it from the inventory, or write NodeSwap: ')
  // a version that is newer than the table can have it
  assert.equal(found({}, { arguments: gates, version: 'v1.38.0' }), [])
})

test('an argument that etcd has under another name', () => {
  assert.equal(found({}, { arguments: { etcd: { 'initial-corrupt-check': 'true' } } }), [
    'fault inventory: --initial-corrupt-check in etcd.extraArgs: etcd 3.7 does not know it (it is feature-gates=InitialCorruptCheck=true)',
  ])
})

const settingsOf = (given: Record<string, unknown>) => ({
  cluster: clusterSchema.parse({
    controlPlaneEndpoint: '10.0.0.10:6443',
    kubernetesVersion: 'v1.37.2',
    ...given,
  }),
  self: { name: 'm1', address: '10.0.0.11' },
  members: [{ name: 'm1', address: '10.0.0.11' }],
})

test('what ha-masters refuses is said before it, and what has a finding of its own once', () => {
  const owned = settingsOf({ kubeletExtraArgs: { 'hostname-override': 'other' } })
  assert.equal(refusedIn(owned).length, 1)
  const [finding = ''] = found({}, { refused: refusedIn(owned) })
  assert.match(finding, 'fault inventory: ha-masters refuses it: --hostname-override=other of the kubelet')
  const merge = [
    { kind: 'ClusterConfiguration', apiServer: { extraArgs: [{ name: 'insecure-port', value: '0' }] } },
  ]
  assert.equal(refusedIn(settingsOf({ merge })), [])
})

test('feature gates of kubeadm itself', () => {
  const given = settingsOf({})
  const cluster = { ...given.cluster, featureGates: { EtcdLearnerMode: true } }
  assert.equal(refusedIn({ ...given, cluster }), [
    'Kubernetes v1.37.2 does not know the feature gate EtcdLearnerMode of kubeadm (no longer from v1.33 on)',
  ])
})
