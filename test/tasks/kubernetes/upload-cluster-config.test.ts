import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { uploadClusterConfig } from '../../../tasks/kubernetes/upload-cluster-config.ts'
import { suite } from '../../support/spec.ts'
import { cluster, given, kubeletConfig, masterWorld, usual } from './reconfigure-world.ts'

const test = suite('upload-cluster-config')

const living = (sans: readonly string[], level: string): string => `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.37.2
controlPlaneEndpoint: 10.0.0.10:6443
apiServer:
  certSANs:
${sans.map((name) => `  - ${name}\n`).join('')}  extraArgs:
  - name: v
    value: "${level}"
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
`
const config = {
  ...given,
  cluster: { ...cluster, certSANs: ['a.example.org'], apiServer: { extraArgs: { v: '2' } } },
}

/** A master whose cluster keeps these texts; an upload replaces them. */
const worldWith = (kept: string, maxPods = 110): World => {
  const maps = {
    'kubeadm-config': { ClusterConfiguration: kept },
    'kubelet-config': { kubelet: `kind: KubeletConfiguration\nmaxPods: ${maxPods}\n` },
  }
  return masterWorld({
    patterns: [
      [
        /^kubectl .* get configmap (kubeadm|kubelet)-config /,
        ({ script }) =>
          JSON.stringify({
            data: script.includes('kubelet-config') ? maps['kubelet-config'] : maps['kubeadm-config'],
          }),
      ],
      [/^kubectl .* get configmap kube-proxy /, ''],
      [
        /^kubeadm init phase upload-config all --config \/dev\/stdin$/,
        ({ stdin }) => {
          assert.match(stdin, 'a.example.org')
          maps['kubeadm-config'].ClusterConfiguration = living(['10.0.0.10', 'a.example.org'], '2')
          maps['kubelet-config'].kubelet = String(usual[kubeletConfig])
          return ''
        },
      ],
    ],
  }).world
}

test('a cluster that keeps the configuration is ok', async () => {
  const world = worldWith(living(['10.0.0.10', 'a.example.org'], '2'))
  const run = await rehearse(uploadClusterConfig(config), world)
  assert.is(run.outcome, 'ok', `${String(run.error)} ${JSON.stringify(run.error)}`)
})

test('names, arguments and fields of kubelets are uploaded', async () => {
  const run = await rehearse(uploadClusterConfig(config), worldWith(living(['10.0.0.10'], '1'), 50))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what, from, to }) => `${what}: ${String(from)} ${String(to)}`),
    [
      'apiServer.extraArgs.v in kubeadm-config: 1 2',
      'apiServer.certSANs in kubeadm-config: ["10.0.0.10"] ["10.0.0.10","a.example.org"]',
      'maxPods of the kubelets (ConfigMap kubelet-config): 50 110',
    ],
  )
})

test('an API server that does not answer is named', async () => {
  const world = masterWorld({
    patterns: [[/^kubectl .* get configmap /, { code: 1, stderr: 'refused' }]],
  }).world
  const run = await rehearse(uploadClusterConfig(config), world)
  assert.match(String(run.error), 'the API server of host does not say what kubeadm-config has')
})
