/** What write-config writes is read back as the settings that it was made from. */
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { minimalSettings } from '../../../../tasks/kubernetes/adoption/minimal.ts'
import { kubeProxySettings, kubeletSettings } from '../../../../tasks/kubernetes/adoption/programs.ts'
import { settingsOf } from '../../../../tasks/kubernetes/adoption/settings.ts'
import { configDocuments } from '../../../../tasks/kubernetes/config/render.ts'
import { merged } from '../../../../tasks/kubernetes/config/merge.ts'
import { partsOf } from '../../../../tasks/kubernetes/config/rendered.ts'
import { clusterSchema } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import type { Cluster } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import { asYaml, isMap, readYaml } from '../../../../tasks/kubernetes/kubeadm/yaml.ts'
import type { Document } from '../../../../tasks/kubernetes/kubeadm/yaml.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('settings of a cluster that is there')

const self = { name: 'm1', address: '192.0.2.11' }
const first = { address: self.address, port: 6443 }

/** What kubeadm adds to the configuration that it keeps. */
const usual: Document = {
  apiServer: {},
  caCertificateValidityPeriod: '87600h0m0s',
  certificateValidityPeriod: '8760h0m0s',
  certificatesDir: '/etc/kubernetes/pki',
  clusterName: 'kubernetes',
  controllerManager: {},
  dns: {},
  encryptionAlgorithm: 'RSA-2048',
  etcd: { local: { dataDir: '/var/lib/etcd' } },
  imageRepository: 'registry.k8s.io',
  networking: { dnsDomain: 'cluster.local', serviceSubnet: '10.96.0.0/12' },
  proxy: {},
  scheduler: {},
}

/** The documents of a configuration, as they are read from a text. */
const documentsOf = (cluster: Cluster): Document[] =>
  readYaml(asYaml(configDocuments({ cluster, self, members: [self] })), 'the configuration').filter(isMap)

/** The ClusterConfiguration that kubeadm keeps of a configuration. */
const livingOf = (cluster: Cluster): Document => merged(usual, partsOf(documentsOf(cluster)).cluster)

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/)
const text = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9/:.,=_-]{1,12}$/),
  fc.constantFrom('true', 'no', '1.10', '0777', '"', "a'b", 'a b', '{{ x }}', '~', '-', 'ü'),
)
const args = fc.dictionary(name, fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })), {
  maxKeys: 3,
})
const envs = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), text, { maxKeys: 2 })
const volumes = fc.uniqueArray(
  fc.record(
    {
      name,
      hostPath: fc.constantFrom('/etc/a', '/var/b'),
      mountPath: fc.constantFrom('/a', '/b'),
      readOnly: fc.boolean(),
      pathType: fc.constantFrom('File', 'DirectoryOrCreate'),
    },
    { requiredKeys: ['name', 'hostPath', 'mountPath'] },
  ),
  { selector: (one) => one.name, maxLength: 2 },
)
const program = fc.record({ extraArgs: args, extraEnvs: envs, extraVolumes: volumes }, { requiredKeys: [] })
const tag = fc.constantFrom('v1', '3.6.1-0')

/** Settings of every kind that ClusterConfiguration has. */
const clusters = fc
  .record(
    {
      controlPlaneEndpoint: fc.constantFrom('10.0.0.10:6443', 'api.example.test:8443', '[fd00::10]:6443'),
      podSubnet: fc.constantFrom('10.244.0.0/16', '10.1.0.0/16'),
      serviceSubnet: fc.constantFrom('10.96.0.0/12', '10.112.0.0/12'),
      certSANs: fc.uniqueArray(fc.constantFrom('a.example.test', '10.0.0.9', 'fd00::9'), { maxLength: 3 }),
      imageRepository: fc.constantFrom('registry.example.test/k8s'),
      apiServer: program,
      controllerManager: program,
      scheduler: program,
      etcd: fc.record(
        {
          imageRepository: fc.constant('registry.example.test/etcd'),
          imageTag: tag,
          quotaBackendBytes: fc.integer({ min: 1, max: 8_589_934_592 }),
          extraArgs: args,
          extraEnvs: envs,
        },
        { requiredKeys: [] },
      ),
      dns: fc.record({ imageTag: tag, disabled: fc.constant(true) }, { requiredKeys: [] }),
      proxy: fc.record({ disabled: fc.constant(true) }, { requiredKeys: [] }),
      featureGates: fc.dictionary(fc.constantFrom('A', 'B'), fc.boolean()),
      encryptionAlgorithm: fc.constantFrom('RSA-4096', 'ECDSA-P256'),
      certificateValidityPeriod: fc.constantFrom('100h', '8760h1m'),
      caCertificateValidityPeriod: fc.constantFrom('1000h'),
      merge: fc.constantFrom(
        [{ kind: 'ClusterConfiguration', clusterName: 'prod' }],
        [{ kind: 'ClusterConfiguration', networking: { dnsDomain: 'example.test' } }],
        [{ kind: 'ClusterConfiguration', etcd: { local: { serverCertSANs: ['etcd.example.test'] } } }],
        [{ kind: 'ClusterConfiguration', networking: { podSubnet: '' } }],
      ),
    },
    { requiredKeys: ['controlPlaneEndpoint'] },
  )
  .map((given) => clusterSchema.parse({ kubernetesVersion: 'v1.37.2', ...given }))

/** Without the order of names, which kubeadm does not keep. */
const sorted = (all: unknown): string =>
  JSON.stringify(all, (_, one: unknown) =>
    isMap(one) ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))) : one,
  )

const comparable = (cluster: Cluster): string => sorted(minimalSettings(cluster))

test('a configuration that was drawn is read back as the same settings', () => {
  fc.assert(
    fc.property(clusters, (cluster) => {
      const { cluster: read, unsaid } = settingsOf(livingOf(cluster), first)
      assert.equal(unsaid, [])
      // one without a network of pods keeps the default beside merge
      const { serviceSubnet = '10.96.0.0/12' } = cluster
      assert.is(comparable(read), comparable({ ...cluster, serviceSubnet, podSubnet: podSubnetOf(cluster) }))
    }),
    propertyRuns(500),
  )
})

const podSubnetOf = ({ merge, podSubnet }: Cluster): string =>
  JSON.stringify(merge).includes('podSubnet') ? '10.244.0.0/16' : podSubnet

const value = fc.oneof(fc.integer({ min: 1 }), fc.boolean(), text)
const fields = fc.dictionary(
  fc.constantFrom('registryPullQPS', 'clusterDNS', 'x', 'y', 'logging'),
  fc.oneof(
    value,
    fc.array(value, { minLength: 1, maxLength: 2 }),
    fc.dictionary(name, value, { minKeys: 1, maxKeys: 2 }),
  ),
)

test('fields of kubelets and kube-proxy that kubeadm does not set are read back', () => {
  fc.assert(
    fc.property(fields, fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }), (more, maxPerCore) => {
      const given = clusterSchema.parse({
        kubernetesVersion: 'v1.37.2',
        controlPlaneEndpoint: '10.0.0.10:6443',
        cgroupDriver: 'cgroupfs',
        failSwapOn: false,
        kubelet: more,
        kubeProxyConntrackMaxPerCore: maxPerCore,
        kubeProxy: { ...more, mode: 'nftables' },
      })
      const { kubelet, kubeProxy } = partsOf(documentsOf(given))
      const written = {
        rotateCertificates: true,
        syncFrequency: '0s',
        authentication: { x509: { clientCAFile: '/a' } },
      }
      const usualProxy = {
        mode: 'iptables',
        conntrack: { maxPerCore: null, min: null },
        clusterCIDR: '10.244.0.0/16',
      }
      const expected = Object.keys(given.kubelet ?? {}).length === 0 ? undefined : given.kubelet
      const read = kubeletSettings(merged(written, kubelet), { ...written, cgroupDriver: 'systemd' })
      assert.is(sorted(read), sorted({ cgroupDriver: 'cgroupfs', failSwapOn: false, kubelet: expected }))
      const proxy = kubeProxySettings(merged(usualProxy, kubeProxy), usualProxy)
      assert.is(
        sorted(proxy),
        sorted({ kubeProxyConntrackMaxPerCore: maxPerCore, kubeProxy: { ...more, mode: 'nftables' } }),
      )
    }),
    propertyRuns(500),
  )
})

test('what a cluster with one master leaves out is the address of that master', () => {
  const { kubernetesVersion } = livingOf(
    clusterSchema.parse({ kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: 'a:6443' }),
  )
  const living = {
    ...usual,
    kind: 'ClusterConfiguration',
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kubernetesVersion,
  }
  const of = (more: Document) =>
    settingsOf({ ...living, ...more }, { address: 'fd00::1', port: 7443 }).cluster
  assert.is(of({}).controlPlaneEndpoint, '[fd00::1]:7443')
  assert.is(of({}).bindPort, 7443)
  assert.is(of({ controlPlaneEndpoint: 'api.example.test' }).controlPlaneEndpoint, 'api.example.test:7443')
  assert.is(of({ controlPlaneEndpoint: '[fd00::2]' }).controlPlaneEndpoint, '[fd00::2]:7443')
})

test('what a setting cannot say is laid over the configuration, and nothing that kubeadm has set by itself', () => {
  const living = {
    ...usual,
    kind: 'ClusterConfiguration',
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kubernetesVersion: 'v1.37.2',
    controlPlaneEndpoint: 'api.example.test:6443',
    networking: { dnsDomain: 'cluster.local', podSubnet: '10.1.0.0/16', serviceSubnet: '10.96.0.0/12' },
    apiServer: {
      extraArgs: [
        { name: 'authorization-mode', value: 'Node,RBAC' },
        { name: 'v', value: '2' },
      ],
      extraEnvs: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
    },
    scheduler: { extraVolumes: [{ name: 's', hostPath: '/a', mountPath: '/a', pathType: 'Socket' }] },
  }
  const { cluster } = settingsOf(living, first)
  assert.equal(minimalSettings(cluster), {
    kubernetesVersion: 'v1.37.2',
    controlPlaneEndpoint: 'api.example.test:6443',
    podSubnet: '10.1.0.0/16',
    serviceSubnet: '10.96.0.0/12',
    apiServer: { extraArgs: { v: '2' } },
    merge: [
      {
        kind: 'ClusterConfiguration',
        apiServer: { extraEnvs: living.apiServer.extraEnvs },
        scheduler: { extraVolumes: living.scheduler.extraVolumes },
      },
    ],
  })
  const older = settingsOf({ ...living, apiVersion: 'kubeadm.k8s.io/v1beta3', clusterName: 'x' }, first)
  assert.ok(older.unsaid.includes('clusterName'))
  assert.equal(older.cluster.merge, [])
})
