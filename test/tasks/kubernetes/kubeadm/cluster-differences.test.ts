/** What a cluster keeps and the configuration does not say. */
import * as assert from 'uvu/assert'
import { renderConfig } from '../../../../tasks/kubernetes/config/render.ts'
import { clusterDifferences } from '../../../../tasks/kubernetes/kubeadm/cluster-differences.ts'
import { clusterSchema } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import { factsOf, knownMinors } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { isMap, readYaml } from '../../../../tasks/kubernetes/kubeadm/yaml.ts'
import type { Document } from '../../../../tasks/kubernetes/kubeadm/yaml.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('differences between a configuration and a cluster')

const self = { name: 'm1', address: '10.0.0.11' }

/** The document about the cluster that the configuration of these settings has. */
const configured = (minor: number, settings: Record<string, unknown> = {}): Document => {
  const given = { kubernetesVersion: `v1.${minor}.0`, controlPlaneEndpoint: '10.0.0.10:6443', ...settings }
  const text = renderConfig({ cluster: clusterSchema.parse(given), self, members: [self] })
  const found = readYaml(text, 'test')
    .filter(isMap)
    .find(({ kind }) => kind === 'ClusterConfiguration' || kind === 'MasterConfiguration')
  if (found === undefined) throw new Error('the configuration has no such document')
  return found
}

/** What kubeadm writes into ClusterConfiguration by itself, as `kubeadm config print init-defaults` and kubeadm-config have it. */
const filled = (minor: number): Document => {
  const { configApi, registry } = factsOf(`v1.${minor}.0`)
  // up to 1.30, the arguments of the API server are changed in place before they are kept
  const modes = { 'authorization-mode': 'Node,RBAC' }
  const common = {
    certificatesDir: '/etc/kubernetes/pki',
    clusterName: 'kubernetes',
    imageRepository: registry,
    etcd: { local: { dataDir: '/var/lib/etcd' } },
    networking: { dnsDomain: 'cluster.local', serviceSubnet: '10.96.0.0/12', podSubnet: '10.244.0.0/16' },
  }
  const audit = { auditPolicy: { logDir: '/var/log/kubernetes/audit', logMaxAge: 2, path: '' } }
  if (configApi === 'v1alpha2' || configApi === 'v1alpha3')
    return { ...common, ...audit, apiServerExtraArgs: modes, unifiedControlPlaneImage: '' }
  if (configApi === 'v1beta4')
    return {
      ...common,
      apiServer: {},
      controllerManager: {},
      scheduler: {},
      dns: {},
      proxy: {},
      caCertificateValidityPeriod: '87600h0m0s',
      certificateValidityPeriod: '8760h0m0s',
      encryptionAlgorithm: 'RSA-2048',
    }
  return {
    ...common,
    apiServer: { timeoutForControlPlane: '4m0s', extraArgs: modes },
    controllerManager: {},
    scheduler: {},
    dns: configApi === 'v1beta3' ? {} : { type: 'CoreDNS' },
  }
}

/** One document laid over another. */
const over = (under: Document, upper: Document): Document => ({
  ...under,
  ...Object.fromEntries(
    Object.entries(upper).map(([key, value]) => {
      const below = under[key]
      return [key, isMap(value) && isMap(below) ? over(below, value) : value]
    }),
  ),
})

/** The document that a cluster keeps which was made from a configuration. */
const kept = (minor: number, settings: Record<string, unknown> = {}, more: Document = {}): Document =>
  over(over(filled(minor), configured(minor, settings)), more)

/** `NAME: CLUSTER` for each difference. */
const differences = (wanted: Document, cluster: Document): string[] =>
  clusterDifferences(wanted, cluster).map(({ setting, cluster: there }) => `${setting}: ${there}`)

const settings = {
  podSubnet: '10.244.0.0/16',
  apiServer: { extraArgs: { 'audit-log-path': '/var/log/audit.log' } },
  controllerManager: { extraArgs: { 'node-cidr-mask-size': '25' } },
  scheduler: { extraArgs: { v: '2' } },
  etcd: { quotaBackendBytes: 8_589_934_592, extraArgs: { 'snapshot-count': '5000' } },
}

for (const minor of knownMinors) {
  test(`1.${minor}: what kubeadm sets by itself is not a difference`, () => {
    assert.equal(differences(configured(minor), kept(minor)), [])
    assert.equal(differences(configured(minor, settings), kept(minor, settings)), [])
  })

  test(`1.${minor}: arguments that the configuration does not have are differences`, () => {
    const isAlpha = factsOf(`v1.${minor}.0`).configApi.includes('alpha')
    const of = (name: string): string => (isAlpha ? `${name}ExtraArgs` : `${name}.extraArgs`)
    assert.equal(differences(configured(minor), kept(minor, settings)).toSorted(), [
      `${of('apiServer')}.audit-log-path: /var/log/audit.log`,
      `${of('controllerManager')}.node-cidr-mask-size: 25`,
      // up to 1.12, each master has its own arguments of etcd
      ...(isAlpha ? [] : ['etcd.local.extraArgs.quota-backend-bytes: 8589934592']),
      ...(isAlpha ? [] : ['etcd.local.extraArgs.snapshot-count: 5000']),
      `${of('scheduler')}.v: 2`,
    ])
  })
}

test('a cluster that came from an older release keeps what its kubeadm set', () => {
  const old = { apiServer: { extraArgs: [{ name: 'authorization-mode', value: 'Node,RBAC' }] } }
  assert.equal(differences(configured(37), kept(37, {}, { ...old, imageRepository: 'k8s.gcr.io' })), [])
  const own = { apiServer: { extraArgs: [{ name: 'authorization-mode', value: 'Node,RBAC,Webhook' }] } }
  assert.equal(differences(configured(37), kept(37, {}, own)), [
    'apiServer.extraArgs.authorization-mode: Node,RBAC,Webhook',
  ])
})

test('an argument with several values differs where one of them is gone', () => {
  const issuers = (...values: readonly string[]) => ({
    apiServer: { extraArgs: { 'service-account-issuer': values } },
  })
  const both = issuers('https://a.example.test', 'https://b.example.test')
  assert.equal(differences(configured(37, both), kept(37, both)), [])
  assert.equal(differences(configured(37, issuers('https://b.example.test')), kept(37, both)), [
    'apiServer.extraArgs.service-account-issuer: https://a.example.test, https://b.example.test',
  ])
})

test('volumes are compared by name, whatever the order of their fields', () => {
  const volume = { name: 'audit', hostPath: '/var/log', mountPath: '/var/log', pathType: 'Directory' }
  const cluster = kept(37, {}, { apiServer: { extraVolumes: [volume] } })
  const { name, ...rest } = volume
  const merge = (fields: object) => ({
    merge: [{ kind: 'ClusterConfiguration', apiServer: { extraVolumes: [fields] } }],
  })
  assert.equal(differences(configured(37, merge({ readOnly: false, ...rest, name })), cluster), [])
  assert.equal(differences(configured(37, merge({ ...volume, hostPath: '/srv/log' })), cluster), [
    'apiServer.extraVolumes.audit.hostPath: /var/log',
  ])
  assert.equal(differences(configured(37), cluster), [
    'apiServer.extraVolumes.audit.hostPath: /var/log',
    'apiServer.extraVolumes.audit.mountPath: /var/log',
    'apiServer.extraVolumes.audit.pathType: Directory',
  ])
})

test('variables, feature gates, images and what is left out are compared in both directions', () => {
  const all = {
    apiServer: { extraEnvs: { GOGC: '50' } },
    featureGates: { RootlessControlPlane: true },
    imageRepository: 'registry.example.test/k8s',
    etcd: { imageRepository: 'registry.example.test', imageTag: '3.7.0-1' },
    dns: { disabled: true },
    proxy: { disabled: true },
    encryptionAlgorithm: 'ECDSA-P256',
  }
  assert.equal(differences(configured(37, all), kept(37, all)), [])
  const names = [
    'apiServer.extraEnvs.GOGC',
    'dns.disabled',
    'encryptionAlgorithm',
    'etcd.local.imageRepository',
    'etcd.local.imageTag',
    'featureGates.RootlessControlPlane',
    'image_repository',
    'proxy.disabled',
  ]
  const found = (wanted: Document, cluster: Document): string[] =>
    clusterDifferences(wanted, cluster)
      .map(({ setting }) => setting)
      .toSorted()
  assert.equal(found(configured(37), kept(37, all)), names)
  assert.equal(found(configured(37, all), kept(37)), names)
  const off = { dns: { disabled: false }, proxy: { disabled: false } }
  assert.equal(differences(configured(37, off), kept(37)), [])
})

test('networks and endpoints are compared by their value', () => {
  const wanted = {
    controlPlaneEndpoint: '[FD00::10]:6443',
    podSubnet: 'FD00:10::/56',
    serviceSubnet: 'FD00:20:0::/112',
  }
  const cluster = kept(37, {
    controlPlaneEndpoint: '[fd00::10]:6443',
    podSubnet: 'fd00:10::/56',
    serviceSubnet: 'fd00:20::/112',
  })
  assert.equal(clusterDifferences(configured(37, wanted), cluster), [])
  assert.equal(
    clusterDifferences(configured(37, { ...wanted, podSubnet: 'fd00:11::/56' }), cluster).map(
      ({ setting }) => setting,
    ),
    ['pod_subnet'],
  )
})
