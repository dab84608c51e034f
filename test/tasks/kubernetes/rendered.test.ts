/** What is judged is the configuration that is written, with what kubeadm_config_merge lays over the variables. */
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { addonsLeftOutOf, apiServerNamesOf, renderedSettings } from '../../../tasks/index.ts'
import type { HostConfig } from '../../../tasks/index.ts'
import { renderConfig } from '../../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../../tasks/kubernetes/kubeadm/settings.ts'
import { readYaml } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import { writeConfig } from '../../../tasks/kubernetes/write-config.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the rendered configuration')

const self = { name: 'm1', address: '10.0.0.11' }
const configOf = (version: string, given: Record<string, unknown>, nodeIp?: string): HostConfig => ({
  cluster: clusterSchema.parse({
    controlPlaneEndpoint: '10.0.0.10:6443',
    kubernetesVersion: version,
    ...given,
  }),
  self,
  members: [self],
  ...(nodeIp !== undefined && { nodeIp }),
})
const write = (...args: Parameters<typeof configOf>) => writeConfig(configOf(...args))
const merge = (kind: string, fields: Record<string, unknown>) => ({ merge: [{ kind, ...fields }] })

for (const [version, given, message] of [
  [
    'v1.37.2',
    merge('ClusterConfiguration', { apiServer: { extraArgs: [{ name: 'cloud-provider', value: 'x' }] } }),
    /kubeadm_config_merge: Kubernetes v1\.37\.2 does not know --cloud-provider of the API server/,
  ],
  [
    'v1.37.2',
    merge('InitConfiguration', {
      nodeRegistration: { kubeletExtraArgs: [{ name: 'pod-infra-container-image', value: 'x' }] },
    }),
    /does not know --pod-infra-container-image of the kubelet/,
  ],
  [
    'v1.27.0',
    merge('ClusterConfiguration', { apiServer: { extraArgs: { 'insecure-port': '0' } } }),
    /does not know --insecure-port of the API server/,
  ],
  [
    'v1.30.4',
    { merge: [{ kind: 'KubeletConfiguration', failCgroupV1: false }] },
    /does not know kubelet\.failCgroupV1 \(from v1\.31 on\)/,
  ],
  [
    'v1.37.2',
    merge('ClusterConfiguration', { networking: { podSubnet: '10.0.0.0/16' } }),
    /the address 10\.0\.0\.11 is in 10\.0\.0\.0\/16, the network of the pods/,
  ],
] as const) {
  test(`${version} refuses ${JSON.stringify(given.merge)}, which it does not know or which does not fit`, () => {
    assert.throws(() => write(version, given), message)
  })
}

test('what the variables have is refused once, and not as something that is merged', () => {
  assert.throws(
    () => write('v1.25.0', { apiServer: { extraArgs: { 'insecure-port': '0' } } }),
    (error: Error) => /insecure-port/.test(error.message) && !/kubeadm_config_merge/.test(error.message),
  )
})

for (const [kind, fields, message] of [
  [
    'ClusterConfiguration',
    { apiVersion: 'kubeadm.k8s.io/v1beta3', clusterName: 'x' },
    /ClusterConfiguration of "kubeadm\.k8s\.io\/v1beta3", and the configuration is of kubeadm\.k8s\.io\/v1beta4/,
  ],
  [
    'KubeletConfiguration',
    { apiVersion: 'kubelet.config.k8s.io/v1', maxPods: 50 },
    /KubeletConfiguration of "kubelet\.config\.k8s\.io\/v1", and the configuration is of/,
  ],
  [
    'JoinConfiguration',
    { apiVersion: 'kubeadm.k8s.io/v1beta4', skipPhases: ['preflight'] },
    /cannot have a JoinConfiguration.*InitConfiguration/,
  ],
  [
    'Clusterconfiguration',
    { apiVersion: 'kubeadm.k8s.io/v1beta4', clusterName: 'x' },
    /no Clusterconfiguration to merge with: it has InitConfiguration, ClusterConfiguration/,
  ],
  ['ResetConfiguration', { apiVersion: 'kubeadm.k8s.io/v1beta4', force: true }, /no ResetConfiguration/],
] as const) {
  test(`refused: a document of kind ${kind} with ${Object.keys(fields).join(', ')}`, () => {
    assert.throws(() => write('v1.37.2', merge(kind, fields)), message)
  })
}

test('the apiVersion of the configuration can be given', () => {
  const fields = { apiVersion: 'kubeadm.k8s.io/v1beta4', clusterName: 'x' }
  assert.match(renderConfig(configOf('v1.37.2', merge('ClusterConfiguration', fields))), 'clusterName: x')
})

test('the names of the API server are those that are written, and none of cert_sans gets lost', () => {
  const names = (...certSANs: string[]) => merge('ClusterConfiguration', { apiServer: { certSANs } })
  const given = { certSANs: ['a.example.org'] }
  for (const version of ['v1.20.2', 'v1.37.2']) {
    assert.equal(apiServerNamesOf(configOf(version, given)), ['10.0.0.10', 'a.example.org'])
    assert.equal(apiServerNamesOf(configOf(version, names('b.example.org'))), ['10.0.0.10', 'b.example.org'])
    assert.throws(
      () => write(version, { ...given, ...names('b.example.org') }),
      /kubeadm_config_merge replaces the names in certSANs, and does not have a\.example\.org of cert_sans/,
    )
    assert.not.throws(() => write(version, { ...given, ...names('a.example.org', 'b.example.org') }))
  }
  assert.equal(apiServerNamesOf(configOf('v1.11.3', given)), ['10.0.0.10', 'a.example.org'])
})

test('addons are left out that are disabled, or whose phases are skipped, wherever that comes from', () => {
  const left = (given: Record<string, unknown>, version = 'v1.37.2') =>
    addonsLeftOutOf(configOf(version, given))
  assert.equal(left({}), [])
  assert.equal(left({ proxy: { disabled: true } }), ['kube-proxy'])
  assert.equal(left({ dns: { disabled: true } }), ['coredns'])
  assert.equal(left(merge('ClusterConfiguration', { proxy: { disabled: true } })), ['kube-proxy'])
  assert.equal(left(merge('InitConfiguration', { skipPhases: ['addon/coredns'] })), ['coredns'])
  for (const version of ['v1.20.2', 'v1.37.2']) {
    assert.equal(left({ skipPhases: ['addon/coredns'] }, version), ['coredns'])
    assert.equal(left({ skipPhases: ['addon'] }, version), ['coredns', 'kube-proxy'])
    assert.equal(left({ skipPhases: ['preflight'] }, version), [])
  }
})

test('from 1.31 on, an addon whose phase is skipped is disabled, as kubeadm keeps it in the cluster', () => {
  const kept = (version: string, given: Record<string, unknown>) =>
    readYaml(renderConfig(configOf(version, given)), 'test').map((one) => parse(JSON.stringify(one)))[1]
  assert.equal(kept('v1.37.2', { skipPhases: ['addon/coredns'] }).dns, { disabled: true })
  assert.equal(kept('v1.37.2', { skipPhases: ['addon/coredns'] }).proxy, undefined)
  assert.equal(kept('v1.37.2', merge('InitConfiguration', { skipPhases: ['addon'] })).proxy, {
    disabled: true,
  })
  assert.equal(kept('v1.30.4', { skipPhases: ['addon/coredns'] }).dns, undefined)
})

test('a pair of addresses in the arguments of the kubelet is one', () => {
  const both = {
    podSubnet: '10.244.0.0/16,fd00:10:244::/56',
    serviceSubnet: '10.96.0.0/12,fd00:10:96::/112',
  }
  const pair = '10.0.0.11,fd00::11'
  assert.throws(() => write('v1.37.2', both), /must have an address of both families/)
  assert.not.throws(() => write('v1.37.2', both, pair))
  assert.not.throws(() => write('v1.37.2', { ...both, kubeletExtraArgs: { 'node-ip': pair } }))
  assert.throws(
    () => write('v1.37.2', { ...both, kubeletExtraArgs: { 'node-ip': '10.0.0.11' } }, pair),
    /must have an address of both families/,
  )
})

for (const [version, kubeletConfig] of [
  ['v1.11.3', { kubelet: { maxPods: 50 } }],
  ['v1.20.2', { kubelet: { maxPods: 50 } }],
  ['v1.37.2', { merge: [{ kind: 'KubeletConfiguration', maxPods: 50 }] }],
] as const) {
  test(`${version}: the settings that are judged are those of the documents`, () => {
    const given = {
      apiServer: { extraArgs: { v: '2' } },
      etcd: { extraArgs: { 'snapshot-count': '5000' } },
      kubeletExtraArgs: { v: '3' },
      kubeProxy: { mode: 'ipvs' },
      ...kubeletConfig,
    }
    const settings = renderedSettings(configOf(version, given))
    assert.equal(settings.apiServer?.extraArgs, { v: '2' })
    assert.is(settings.etcd?.extraArgs['snapshot-count'], '5000')
    assert.equal(settings.kubeletExtraArgs, { v: '3' })
    assert.is(settings.kubelet['maxPods'], 50)
    assert.is(settings.kubeProxy?.mode, 'ipvs')
    assert.is(settings.podSubnet, '10.244.0.0/16')
  })
}
