/** What a variable owns, or everything else depends on, is not contradicted: neither by arguments nor by kubeadm_config_merge. */
import * as assert from 'uvu/assert'
import { ownedSettings } from '../../../tasks/kubernetes/config/owned-settings.ts'
import { renderConfig } from '../../../tasks/kubernetes/config/render.ts'
import { clusterSchema } from '../../../tasks/kubernetes/kubeadm/settings.ts'
import { writeConfig } from '../../../tasks/kubernetes/write-config.ts'
import { suite } from '../../support/spec.ts'

const test = suite('owned settings')

const self = { name: 'm1', address: '10.0.0.11' }
const configOf = (given: Record<string, unknown>, version = 'v1.37.2') => ({
  cluster: clusterSchema.parse({
    controlPlaneEndpoint: '10.0.0.10:6443',
    kubernetesVersion: version,
    serviceSubnet: '10.96.0.0/12',
    ...given,
  }),
  self,
  members: [self],
  nodeIp: '10.0.0.11',
})
const write = (given: Record<string, unknown>, version?: string) => writeConfig(configOf(given, version))
const ofProgram = {
  etcd: 'etcd',
  apiServer: 'apiServer',
  controllerManager: 'controllerManager',
  scheduler: 'scheduler',
} as const
const argument = (program: string, name: string, value: string): Record<string, unknown> =>
  program === 'kubelet'
    ? { kubeletExtraArgs: { [name]: value } }
    : { [program]: { extraArgs: { [name]: value } } }
const merged = (program: string, name: string, value: string): Record<string, unknown> => {
  const extraArgs = [{ name, value }]
  if (program === 'kubelet')
    return { merge: [{ kind: 'InitConfiguration', nodeRegistration: { kubeletExtraArgs: extraArgs } }] }
  return {
    merge: [
      {
        kind: 'ClusterConfiguration',
        ...(program === 'etcd' ? { etcd: { local: { extraArgs } } } : { [program]: { extraArgs } }),
      },
    ],
  }
}

/** A value that is refused, where `another` is not. */
const refusedValues: Readonly<Record<string, string>> = {
  'enable-grpc-gateway': 'false',
  'anonymous-auth': 'false',
  'force-new-cluster': 'true',
  'register-node': 'false',
  'node-ip': '10.0.0.99',
}

for (const { program, arguments: names = [], instead } of ownedSettings) {
  if (program === undefined) continue
  for (const name of names)
    test(`another --${name} of ${program} is refused, from wherever it comes`, () => {
      const value = refusedValues[name] ?? 'another'
      for (const given of [argument(program, name, value), merged(program, name, value)])
        assert.throws(
          () => write(given),
          (error: Error) => error.message.includes(`--${name}=${value}`) && error.message.includes(instead),
        )
      assert.ok(program === 'kubelet' || program in ofProgram)
    })
}

for (const [program, name, value, more = {}] of [
  ['etcd', 'name', 'm1'],
  ['etcd', 'data-dir', '/var/lib/etcd/'],
  ['etcd', 'wal-dir', '/var/lib/etcd/member/wal'],
  ['etcd', 'listen-client-urls', 'https://0.0.0.0:2379'],
  ['etcd', 'listen-client-urls', 'https://127.0.0.1:2379,https://10.0.0.11:2379'],
  ['etcd', 'listen-metrics-urls', 'http://0.0.0.0:2381'],
  ['etcd', 'force-new-cluster', 'false'],
  ['apiServer', 'secure-port', '7443', { bindPort: 7443 }],
  ['apiServer', 'service-cluster-ip-range', '10.96.0.0/12'],
  ['apiServer', 'anonymous-auth', 'true'],
  ['controllerManager', 'cluster-cidr', '10.244.0.0/16'],
  ['kubelet', 'cgroup-driver', 'cgroupfs', { cgroupDriver: 'cgroupfs' }],
  ['kubelet', 'cgroup-driver', 'systemd'],
  ['kubelet', 'hostname-override', 'm1'],
  ['kubelet', 'node-ip', '10.0.0.11'],
  ['kubelet', 'root-dir', '/var/lib/kubelet/'],
  ['kubelet', 'healthz-port', '10248'],
  ['kubelet', 'healthz-port', '10300', { kubelet: { healthzPort: 10300 } }],
  ['kubelet', 'healthz-bind-address', '127.0.0.1'],
  ['kubelet', 'healthz-bind-address', '0.0.0.0'],
  ['kubelet', 'healthz-bind-address', '10.0.0.11', { kubelet: { healthzBindAddress: '10.0.0.11' } }],
] as const)
  test(`--${name}=${value} of ${program} is what everything else has`, () => {
    assert.not.throws(() => write({ ...argument(program, name, value), ...more }))
  })

for (const [name, value, kubelet] of [
  ['healthz-port', '0', {}],
  ['healthz-port', '10248', { healthzPort: 10300 }],
  ['healthz-bind-address', '10.0.0.11', {}],
  ['healthz-bind-address', '0.0.0.0', { healthzBindAddress: '::1' }],
] as const)
  test(`--${name}=${value} contradicts ${JSON.stringify(kubelet)} of the configuration, where the kubelet is asked`, () => {
    assert.throws(
      () => write({ ...argument('kubelet', name, value), kubelet }),
      (error: Error) => error.message.includes('ask a kubelet for its health at the'),
    )
  })

for (const [given, message] of [
  [
    { kind: 'ClusterConfiguration', etcd: { local: { dataDir: '/data/etcd' } } },
    'only /var/lib/etcd is supported',
  ],
  [
    { kind: 'ClusterConfiguration', etcd: { external: { endpoints: ['https://10.0.0.5:2379'] } } },
    'external etcd is not supported',
  ],
  [
    { kind: 'ClusterConfiguration', certificatesDir: '/etc/k8s/pki' },
    'only /etc/kubernetes/pki is supported',
  ],
  [
    { kind: 'KubeletConfiguration', staticPodPath: '/srv/pods' },
    'kubeadm writes its static pods into /etc/kubernetes/manifests',
  ],
  [{ kind: 'KubeProxyConfiguration', clusterCIDR: '10.99.0.0/16' }, 'set pod_subnet instead'],
  [{ kind: 'ClusterConfiguration', kubernetesVersion: 'v1.36.3' }, 'change kubernetes_version instead'],
  [{ kind: 'ClusterConfiguration', kubernetesVersion: 'stable' }, 'change kubernetes_version instead'],
  [
    { kind: 'ClusterConfiguration', controlPlaneEndpoint: '10.9.9.9:6443' },
    'change control_plane_endpoint instead',
  ],
  [{ kind: 'ClusterConfiguration', networking: { podSubnet: '10.50.0.0/16' } }, 'change pod_subnet instead'],
  [
    { kind: 'ClusterConfiguration', networking: { serviceSubnet: '10.60.0.0/16' } },
    'change service_subnet instead',
  ],
  [
    { kind: 'ClusterConfiguration', networking: null },
    'kubeadm_config_merge sets ClusterConfiguration.networking to null',
  ],
  [
    { kind: 'InitConfiguration', localAPIEndpoint: { advertiseAddress: '10.9.9.9' } },
    'change advertise_address instead',
  ],
  [{ kind: 'InitConfiguration', localAPIEndpoint: { bindPort: 7443 } }, 'change api_port instead'],
  [
    { kind: 'InitConfiguration', nodeRegistration: { name: 'other' } },
    'change the name of the host in the inventory instead',
  ],
] as const)
  test(`kubeadm_config_merge cannot have ${JSON.stringify(given)}`, () => {
    assert.throws(
      () => write({ merge: [given] }),
      (error: Error) => error.message.includes(message),
    )
  })

for (const [version, change] of [
  ['v1.37.2', [{ name: 'v', value: '4' }]],
  ['v1.30.0', { v: '4' }],
] as const)
  test(`${version}: arguments of kubeadm_config_merge come to those of the variables, and do not change them`, () => {
    const registration = { kind: 'InitConfiguration', nodeRegistration: { kubeletExtraArgs: change } }
    const server = { kind: 'ClusterConfiguration', apiServer: { extraArgs: change } }
    const logged = { extraArgs: { 'audit-log-path': '/var/log/audit.log' } }
    const given = {
      ...configOf({ apiServer: logged, merge: [registration, server] }, version),
      nodeIp: '10.0.0.11',
    }
    assert.not.throws(() => writeConfig(given))
    const text = renderConfig(given)
    for (const part of ['node-ip', 'audit-log-path']) assert.match(text, part)
    assert.is(text.match(/\bv\b: "?4|name: v\n\s+value: "4"/g)?.length, 2, text)
    assert.throws(
      () => write({ apiServer: { extraArgs: { v: '2' } }, merge: [server] }, version),
      (error: Error) =>
        error.message.includes('sets ClusterConfiguration.apiServer.extraArgs.v to another value') &&
        error.message.includes('change api_server instead'),
    )
  })

test('volumes and variables of kubeadm_config_merge come to those of the variables', () => {
  const volume = (name: string) => ({ name, hostPath: `/srv/${name}`, mountPath: `/srv/${name}` })
  const apiServer = { extraVolumes: [volume('a')], extraEnvs: { A: '1' } }
  const merge = [
    {
      kind: 'ClusterConfiguration',
      apiServer: { extraVolumes: [volume('b')], extraEnvs: [{ name: 'B', value: '2' }] },
    },
  ]
  const text = renderConfig(configOf({ apiServer, merge }))
  for (const part of ['/srv/a', '/srv/b', 'name: A', 'name: B']) assert.match(text, part)
})

test('a value of kubeadm_config_merge that the variables do not set, or set alike, is accepted', () => {
  for (const one of [
    { kind: 'ClusterConfiguration', kubernetesVersion: 'v1.37.2', clusterName: 'x' },
    { kind: 'ClusterConfiguration', networking: { podSubnet: '', dnsDomain: 'example.org' } },
    { kind: 'KubeProxyConfiguration', mode: 'nftables' },
    { kind: 'ClusterConfiguration', etcd: { local: { dataDir: '/var/lib/etcd' } } },
  ])
    assert.not.throws(() => write({ merge: [one] }), JSON.stringify(one))
  assert.throws(
    () =>
      write({ kubeProxy: { mode: 'ipvs' }, merge: [{ kind: 'KubeProxyConfiguration', mode: 'nftables' }] }),
    /change kube_proxy instead/,
  )
})

test('the feature gates of kube-proxy are judged wherever they are', () => {
  const gates = { featureGates: { SidecarContainers: true } }
  assert.throws(() => write({ kubeProxy: gates }), /the feature gate SidecarContainers of kube-proxy/)
  assert.throws(
    () => write({ merge: [{ kind: 'KubeProxyConfiguration', ...gates }] }),
    /the feature gate SidecarContainers of kube-proxy/,
  )
})

for (const [given, message] of [
  [
    { cgroupDriver: 'systemd', kubelet: { cgroupDriver: 'cgroupfs' } },
    'cgroup_driver is systemd, and kubelet.cgroupDriver is cgroupfs: set one of them',
  ],
  [
    { failSwapOn: true, kubelet: { failSwapOn: false } },
    'fail_swap_on is true, and kubelet.failSwapOn is false',
  ],
  [
    { kubeProxyConntrackMaxPerCore: 0, kubeProxy: { conntrack: { maxPerCore: 5 } } },
    'kube_proxy_conntrack_max_per_core is 0, and kube_proxy.conntrack.maxPerCore is 5',
  ],
  [
    { etcd: { quotaBackendBytes: 8_000_000, extraArgs: { 'quota-backend-bytes': '100' } } },
    'etcd.quotaBackendBytes is 8000000, and etcd.extraArgs.quota-backend-bytes is 100',
  ],
  [
    { cgroupDriver: 'systemd', merge: [{ kind: 'KubeletConfiguration', cgroupDriver: 'cgroupfs' }] },
    'change cgroup_driver or kubelet instead',
  ],
] as const)
  test(`refused, because it is given twice: ${JSON.stringify(given)}`, () => {
    assert.throws(
      () => write(given),
      (error: Error) => error.message.includes(message),
    )
  })

test('one value in a list is one, and periods have at least an hour', () => {
  assert.not.throws(() => write({ apiServer: { extraArgs: { v: ['4'] } } }, 'v1.20.2'))
  for (const period of ['0h', '1s', '00h00m', '59m'])
    assert.throws(() => write({ certificateValidityPeriod: period }), /must be at least 1h/)
  for (const period of ['1h', '8760h', '10h30m', '90m'])
    assert.not.throws(() => write({ certificateValidityPeriod: period }))
})

test('names of arguments have dashes, so that none is given twice', () => {
  for (const given of [
    { apiServer: { extraArgs: { audit_log_path: '/x' } } },
    { kubeletExtraArgs: { node_ip: '10.0.0.11' } },
  ])
    assert.throws(() => write(given), /must be written with dashes: (audit-log-path|node-ip)/)
})

for (const [address, why] of [
  ['fe80::11%eth0', 'has a zone'],
  ['fe80::11', 'is a link-local address'],
  ['::1', 'is a loopback address'],
  ['127.0.0.1', 'is a loopback address'],
  ['0.0.0.0', 'is not the address of one host'],
  ['255.255.255.255', 'is not the address of one host'],
  ['224.0.0.1', 'is a multicast address'],
] as const)
  test(`a node cannot advertise ${address}`, () => {
    const node = { name: 'm1', address }
    assert.throws(
      () => writeConfig({ ...configOf({}), self: node, members: [node] }),
      (error: Error) => error.message.includes(`${address} ${why}`),
    )
  })

for (const version of ['v1.37', 'v1.37.x', 'v1.37.', 'v1.37.2.3', 'v1.37.2 ', 'v1.037.2', 'v1.37.02'])
  test(`${JSON.stringify(version)} is not a version`, () => {
    assert.throws(() => configOf({}, version), /not a Kubernetes version/)
  })

test('versions of vendors and pre-releases are versions for a task', () => {
  for (const version of ['v1.37.2', 'v1.37.2+rke2r1', 'v1.34.1-eks-1-34-5', 'v1.37.2-rc.1'])
    assert.not.throws(() => configOf({}, version))
})
