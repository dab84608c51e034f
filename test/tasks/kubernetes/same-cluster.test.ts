import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { sameCluster } from '../../../tasks/kubernetes/same-cluster.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { hintOf } from './etcd-world.ts'
import { dryRun, kubeadmFiles, usual } from './reconfigure-world.ts'

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
/** An error with its output and its hint. */
const textOf = (error: unknown): string =>
  isCoxswainError(error) ? [error.message, error.output, error.hint].join('\n') : String(error)
const taskFor = ({ onlyFixed, ...given }: Record<string, unknown>): ReturnType<typeof sameCluster> =>
  sameCluster({
    cluster: { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: '10.0.0.10:6443', ...given },
    self,
    members: [self],
    onlyFixed: onlyFixed === true,
  })
const world = (text: string): World => ({
  files: { '/etc/kubernetes/admin.conf': 'x' },
  patterns: [
    [
      /^kubectl .*--server https:\/\/10\.0\.0\.11:6443 .* get configmap kubeadm-config /,
      text === '' ? '' : JSON.stringify({ data: { ClusterConfiguration: text } }),
    ],
    [/^kubectl .* get configmap (kubelet-config-1\.\d+|kube-proxy) /, ''],
  ],
})

test('another endpoint is refused with its playbook, and that playbook accepts it and nothing else', async () => {
  const moved = { kubernetesVersion: 'v1.20.2', controlPlaneEndpoint: 'api.example.org:6443' }
  const refused = await rehearse(taskFor(moved), world(living))
  assert.is(refused.outcome, 'failed')
  assert.match(textOf(refused.error), 'run playbooks/move-endpoint.ts')
  const own = { self, members: [self], moving: true }
  assert.is((await rehearse(sameCluster({ cluster: moved, ...own }), world(living))).outcome, 'ok')
  const other = await rehearse(
    sameCluster({ cluster: { ...moved, podSubnet: '10.9.0.0/16' }, ...own }),
    world(living),
  )
  assert.is(other.outcome, 'failed')
  assert.match(textOf(other.error), 'pod_subnet is')
  assert.not.match(textOf(other.error), 'control_plane_endpoint')
})

test('a move that is not complete: the server in the kubeconfig of kube-proxy is not compared', async () => {
  const proxy = (server: string): string =>
    `apiVersion: v1\nclusters:\n- cluster:\n    server: https://${server}\n  name: default\nkind: Config\n`
  const printed = `kind: ConfigMap\ndata:\n  kubeconfig.conf: |-\n${proxy('api.example.org:6443').replaceAll(/^(?=.)/gm, '    ')}`
  const given = {
    cluster: { kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: 'api.example.org:6443' },
    self,
    members: [self],
  }
  const there = (server: string): World => ({
    files: { '/etc/kubernetes/admin.conf': 'x' },
    patterns: [
      [
        /get configmap kubeadm-config /,
        JSON.stringify({
          data: {
            ClusterConfiguration:
              'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\ncontrolPlaneEndpoint: 10.0.0.10:6443\nkubernetesVersion: v1.37.2\nnetworking:\n  podSubnet: 10.244.0.0/16\n',
          },
        }),
      ],
      [/get configmap kubelet-config /, ''],
      [/get configmap kube-proxy /, JSON.stringify({ data: { 'kubeconfig.conf': proxy(server) } })],
      [/get --raw /, { code: 1, stderr: 'Error from server (NotFound): x' }],
      [/^kubeadm version -o short$/, 'v1.37.2'],
      [kubeadmFiles, `${dryRun(usual)}=== addon kube-proxy\n${printed}\n`],
    ],
  })
  const run = await rehearse(sameCluster({ ...given, moving: true }), there('10.0.0.10:6443'))
  assert.is(run.outcome, 'ok', textOf(run.error))
  const strict = await rehearse(sameCluster(given), there('10.0.0.10:6443'))
  assert.match(textOf(strict.error), "server of kube-proxy's kubeconfig")
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
    'kubernetes_version is v1.20.5, but the cluster has v1.20.2: to upgrade, run playbooks/upgrade.ts',
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

const living37 = living
  .replace('v1beta2', 'v1beta4')
  .replace('v1.20.2', 'v1.37.2')
  .replace('k8s.gcr.io', 'registry.k8s.io')
  .replace('    authorization-mode: Node,RBAC\n', '  - name: v\n    value: "2"\n')

type Maps = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The ConfigMaps of a cluster for kubelets and kube-proxy. */
const keeping = (maps: Maps): NonNullable<World['patterns']>[number] => [
  /^kubectl .* get configmap (kubelet-config\S*|kube-proxy) /,
  ({ script }) => {
    const data = maps[/configmap (\S+)/.exec(script)?.[1] ?? '']
    return data === undefined ? '' : JSON.stringify({ data })
  },
]

/** A cluster of 1.37 with a text of kubeadm-config, and other ConfigMaps. */
const worldOf37 = (text: string, maps: Maps = {}, kubeadm = 'v1.37.2'): World => ({
  files: { '/etc/kubernetes/admin.conf': 'x' },
  patterns: [
    keeping(maps),
    ...(world(text).patterns ?? []),
    [
      /^kubectl .* get --raw \S*configmaps\/coxswain-former-kube-proxy$/,
      { code: 1, stderr: 'Error from server (NotFound): it is not found' },
    ],
    [/^kubeadm version -o short$/, `${kubeadm}\n`],
    [
      kubeadmFiles,
      dryRun({
        ...usual,
        'addon kube-proxy':
          'kind: ConfigMap\ndata:\n  config.conf: |-\n    kind: KubeProxyConfiguration\n    mode: iptables\n',
      }),
    ],
  ],
})

test('arguments as lists are compared by name', async () => {
  const text = living37
  const given = (v: string) => ({ kubernetesVersion: 'v1.37.2', apiServer: { extraArgs: { v } } })
  assert.is((await rehearse(taskFor(given('2')), worldOf37(text))).outcome, 'ok')
  const run = await rehearse(taskFor(given('3')), worldOf37(text))
  assert.match(
    JSON.stringify(run.error),
    'apiServer.extraArgs.v is 3, but the cluster has 2: to apply it, run playbooks/reconfigure.ts',
  )
  assert.match(hintOf(run.error), 'run playbooks/reconfigure.ts to apply the configuration')
  const newer = await rehearse(taskFor(given('3')), worldOf37(text, {}, 'v1.37.3'))
  assert.match(
    hintOf(newer.error),
    'install kubeadm v1.37.2 on the control-plane nodes, and run playbooks/reconfigure.ts',
  )
})

for (const [title, maps, message] of [
  [
    'kubelets',
    { 'kubelet-config': { kubelet: 'kind: KubeletConfiguration\nmaxPods: 50\n' } },
    'maxPods of the kubelets (ConfigMap kubelet-config): 50 → 110',
  ],
  [
    'kube-proxy',
    { 'kube-proxy': { 'config.conf': 'kind: KubeProxyConfiguration\nmode: ipvs\n' } },
    'mode of kube-proxy: ipvs → iptables',
  ],
] as const) {
  test(`what the cluster keeps for ${title} is compared with what kubeadm would write`, async () => {
    const task = taskFor({ kubernetesVersion: 'v1.37.2', apiServer: { extraArgs: { v: '2' } } })
    const run = await rehearse(task, worldOf37(living37, maps))
    assert.match(JSON.stringify(run.error), message)
    assert.match(hintOf(run.error), 'run playbooks/reconfigure.ts')
    // kubeadm of another patch release writes the same settings
    const older = await rehearse(task, worldOf37(living37, maps, 'v1.37.1'))
    assert.match(JSON.stringify(older.error), message)
    // one of another minor release can write others: what the configuration sets is compared
    assert.match(
      String(
        await valueOf(
          task,
          worldOf37(living37, { 'kubelet-config': maps['kubelet-config'] ?? {} }, 'v1.36.3'),
        ),
      ),
      'not compared: what kubeadm sets by itself for kubelets and kube-proxy (kubeadm on host is v1.36.3',
    )
  })
}

test('an addon whose phase is skipped is not a difference, whether kubeadm has noted that or not', async () => {
  const v = { apiServer: { extraArgs: { v: '2' } } }
  const noted = `${living37}proxy:\n  disabled: true\n`
  for (const [kubernetesVersion, text, given] of [
    ['v1.37.2', noted, { skipPhases: ['addon/kube-proxy'] }],
    ['v1.37.2', noted, { merge: [{ kind: 'InitConfiguration', skipPhases: ['addon/kube-proxy'] }] }],
    ['v1.37.2', noted, { proxy: { disabled: true } }],
    // made by kubeadm before 1.31, and upgraded
    ['v1.37.2', living37, { skipPhases: ['addon'] }],
  ] as const) {
    const run = await rehearse(taskFor({ kubernetesVersion, ...v, ...given }), worldOf37(text))
    assert.is(run.outcome, 'ok', `${String(run.error)} ${JSON.stringify(run.error)}`)
  }
  const old = await rehearse(taskFor({ skipPhases: ['addon/coredns'] }), world(living))
  assert.is(old.outcome, 'ok', String(old.error))
  for (const [text, given, message] of [
    [noted, {}, 'proxy.disabled is false, but the cluster has true'],
    [noted, { skipPhases: ['addon/coredns'] }, 'proxy.disabled is false, but the cluster has true'],
    [living37, { proxy: { disabled: true } }, 'proxy.disabled is true, but the cluster has false'],
  ] as const) {
    const run = await rehearse(taskFor({ kubernetesVersion: 'v1.37.2', ...v, ...given }), worldOf37(text))
    assert.match(JSON.stringify(run.error), message)
  }
})

test('kube-proxy without a mode has iptables, as clusters of kubeadm alone and upgraded ones have it', async () => {
  const given = (mode?: string) => ({
    kubernetesVersion: 'v1.37.2',
    apiServer: { extraArgs: { v: '2' } },
    ...(mode !== undefined && { kubeProxy: { mode } }),
  })
  const maps = (mode: string) => ({
    'kube-proxy': { 'config.conf': `kind: KubeProxyConfiguration\nmode: "${mode}"\n` },
  })
  const unset = await rehearse(taskFor(given()), worldOf37(living37, maps('')))
  assert.is(unset.outcome, 'ok', `${String(unset.error)} ${JSON.stringify(unset.error)}`)
  const other = await rehearse(taskFor(given()), worldOf37(living37, maps('nftables')))
  assert.match(JSON.stringify(other.error), 'mode of kube-proxy: nftables → iptables')
  const wanted = worldOf37(living37, maps(''))
  const run = await rehearse(taskFor(given('ipvs')), {
    ...wanted,
    patterns: [
      [
        kubeadmFiles,
        dryRun({
          'addon kube-proxy':
            'kind: ConfigMap\ndata:\n  config.conf: |-\n    kind: KubeProxyConfiguration\n    mode: ipvs\n',
        }),
      ],
      ...(wanted.patterns ?? []),
    ],
  })
  assert.match(JSON.stringify(run.error), 'mode of kube-proxy: not set → ipvs')
})

test('names for the certificates of etcd that the cluster does not have are refused, and more names are not', async () => {
  const names = (...list: string[]) => ({
    merge: [{ kind: 'ClusterConfiguration', etcd: { local: { serverCertSANs: list } } }],
  })
  const text = living.replace(
    '    dataDir',
    '    serverCertSANs: [a.example.org, b.example.org]\n    dataDir',
  )
  assert.is((await rehearse(taskFor(names('b.example.org')), world(text))).outcome, 'ok')
  assert.is((await rehearse(taskFor({}), world(text))).outcome, 'ok')
  const run = await rehearse(taskFor(names('c.example.org')), world(text))
  assert.match(JSON.stringify(run.error), 'etcd.local.serverCertSANs is ')
  assert.match(JSON.stringify(run.error), 'kubeadm init phase certs etcd-server')
  const none = await rehearse(taskFor(names('c.example.org')), world(living))
  assert.match(JSON.stringify(none.error), 'but the cluster does not have it')
})

/** What kubeadm of 1.20 keeps for kubelets and kube-proxy, shortened. */
const maps20: Maps = {
  'kubelet-config-1.20': {
    kubelet:
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: cgroupfs\nfailSwapOn: false\nrotateCertificates: true\nsyncFrequency: 1m0s\nevictionHard:\n  nodefs.available: 5%\n',
  },
  'kube-proxy': {
    'config.conf':
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ""\nconntrack:\n  maxPerCore: 0\n  min: null\nipvs:\n  scheduler: ""\n',
  },
}
const world20 = (maps: Maps = maps20): World => ({
  ...world(living),
  patterns: [keeping(maps), ...(world(living).patterns ?? [])],
})

for (const kubeProxy of [{ nodePortAddresses: [] }, { featureGates: {} }, { ipvs: { excludeCIDRs: [] } }]) {
  test(`1.20: null in kube-proxy's ConfigMap is not set, as ${JSON.stringify(kubeProxy)} wants it`, async () => {
    const nulls =
      'kind: KubeProxyConfiguration\nnodePortAddresses: null\nfeatureGates: null\nipvs:\n  excludeCIDRs: null\n'
    const there = world20({ ...maps20, 'kube-proxy': { 'config.conf': nulls } })
    const run = await rehearse(taskFor({ kubeProxy }), there)
    assert.is(run.outcome, 'ok', JSON.stringify(run.error))
    const other = await rehearse(taskFor({ kubeProxy: { nodePortAddresses: ['10.0.0.0/8'] } }), there)
    assert.match(JSON.stringify(other.error), 'nodePortAddresses of kube-proxy: not set → [')
  })
}

test('1.20: the driver of cgroups that each node sets by an argument is not missed in the ConfigMap', async () => {
  const [name] = Object.keys(maps20)
  const there = world20({ ...maps20, [name ?? '']: { kubelet: 'kind: KubeletConfiguration\n' } })
  const run = await rehearse(taskFor({ cgroupDriver: 'systemd' }), there)
  assert.is(run.outcome, 'ok', JSON.stringify(run.error))
})

for (const given of [
  {},
  { cgroupDriver: 'cgroupfs', failSwapOn: false, kubeProxyConntrackMaxPerCore: 0 },
  // as kubeadm writes it in another way
  { kubelet: { syncFrequency: '60s', readOnlyPort: 0, rotateCertificates: false, staticPodURL: '' } },
  { kubelet: { evictionHard: { 'nodefs.available': '5%' } } },
  { kubeProxy: { mode: 'iptables' } },
]) {
  test(`1.20: what the cluster keeps is as ${JSON.stringify(given)} sets it`, async () => {
    const run = await rehearse(taskFor(given), world20())
    assert.is(run.outcome, 'ok', `${String(run.error)} ${JSON.stringify(run.error)}`)
  })
}

for (const [given, message] of [
  [
    { kubelet: { maxPods: 250 } },
    'maxPods of the kubelets (ConfigMap kubelet-config-1.20): not set → 250: set it in the ConfigMap kubelet-config-1.20',
  ],
  [{ kubelet: { serializeImagePulls: false } }, 'serializeImagePulls of the kubelets'],
  [{ kubelet: { evictionHard: { 'nodefs.available': '7%' } } }, '5% → 7%'],
  [
    { cgroupDriver: 'systemd' },
    'cgroupDriver of the kubelets (ConfigMap kubelet-config-1.20): cgroupfs → systemd',
  ],
  [{ kubeProxy: { mode: 'ipvs' } }, 'mode of kube-proxy: not set → ipvs: set it in config.conf'],
  [{ kubeProxyConntrackMaxPerCore: 1 }, 'conntrack.maxPerCore of kube-proxy: 0 → 1'],
] as const) {
  test(`1.20: refused, and not written: ${JSON.stringify(given)}`, async () => {
    const run = await rehearse(taskFor(given), world20())
    assert.match(String(run.error), 'the cluster has other settings than the configuration')
    assert.match(JSON.stringify(run.error), message)
    assert.match(hintOf(run.error), 'apply what kubelets and kube-proxy lack as it says')
    assert.is((await rehearse(taskFor(given), world20({}))).outcome, 'ok')
  })
}

test('onlyFixed: what can be applied is not refused, and what cannot is, by its name', async () => {
  const given = { kubernetesVersion: 'v1.37.2', onlyFixed: true, apiServer: { extraArgs: { v: '9' } } }
  assert.is((await rehearse(taskFor(given), worldOf37(living37))).outcome, 'ok')
  const run = await rehearse(taskFor({ ...given, serviceSubnet: '10.97.0.0/16' }), worldOf37(living37))
  assert.match(String(run.error), 'which are not changed in a cluster that runs')
  assert.match(JSON.stringify(run.error), 'service_subnet is 10.97.0.0/16, but the cluster has 10.96.0.0/12')
  assert.not.match(JSON.stringify(run.error), 'extraArgs')
})

test('refused: a reconfiguration of kube-proxy that was interrupted, also where everything is as configured', async () => {
  const given = { kubernetesVersion: 'v1.37.2', apiServer: { extraArgs: { v: '2' } } }
  const there = worldOf37(living37)
  const kept: World = {
    ...there,
    patterns: [
      [
        /^kubectl .* get --raw \S*configmaps\/coxswain-former-kube-proxy$/,
        JSON.stringify({ data: { configMap: '{}', daemonSet: '{}' } }),
      ],
      [/^kubectl .*get nodes /, { code: 1, stderr: 'refused' }],
      ...(there.patterns ?? []),
    ],
  }
  assert.is((await rehearse(taskFor(given), there)).outcome, 'ok')
  const run = await rehearse(taskFor(given), kept)
  assert.match(String(run.error), 'the reconfiguration of kube-proxy was interrupted')
  assert.match(hintOf(run.error), 'run playbooks/reconfigure.ts again')
  const row = (name: string, ready: string, labels = '{}'): string =>
    `${name}\t${ready}\t\tv1.37.2\tcontainerd://1\t10.0.0.1 \t\t${labels}\n`
  const nodes = `${row('m1', 'True')}${row('m2', 'Unknown', '{"node-role.kubernetes.io/control-plane":""}')}${row('w1', 'False')}`
  const lost = await rehearse(taskFor(given), {
    ...kept,
    patterns: [[/^kubectl .*get nodes /, nodes], ...(kept.patterns ?? [])],
  })
  assert.match(
    hintOf(lost.error),
    'bring m2 and w1 back first (not Ready), or remove what does not come back (playbooks/remove-master.ts for a master, kubectl delete node w1 for workers): kube-proxy must work on all nodes; then run playbooks/reconfigure.ts again, which continues it; nothing was changed',
  )
  assert.is((await rehearse(taskFor({ ...given, onlyFixed: true }), kept)).outcome, 'ok')
})

test('up to 1.12, what is of one master is not compared', async () => {
  const text =
    'kind: MasterConfiguration\nkubernetesVersion: v1.11.3\napi:\n  advertiseAddress: 10.0.0.12\n  controlPlaneEndpoint: 10.0.0.10:6443\netcd:\n  local:\n    dataDir: /var/lib/etcd\n    extraArgs:\n      initial-cluster: m2=x\nnetworking:\n  podSubnet: 10.244.0.0/16\n'
  const run = await rehearse(taskFor({ kubernetesVersion: 'v1.11.3' }), {
    ...world(''),
    patterns: [
      [/get configmap kubeadm-config/, JSON.stringify({ data: { MasterConfiguration: text } })],
      keeping({}),
    ],
  })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('without a cluster, and within an interrupted init, nothing is refused', async () => {
  const files = { '/etc/kubernetes/admin.conf': 'x', '/etc/coxswain/unfinished': 'x' }
  for (const onlyFixed of [false, true])
    for (const one of [{}, { files }]) {
      const run = await rehearse(taskFor({ podSubnet: '10.9.0.0/16', onlyFixed }), one)
      assert.is(run.outcome, 'ok', String(run.error))
    }
})

const down: World = { ...world(''), patterns: [[/^kubectl/, { code: 1, stderr: 'refused' }]] }

test('a cluster that cannot be asked: what was not compared is said, and the guard of fixed settings fails', async () => {
  for (const silent of [down, world('')]) {
    const run = await rehearse(taskFor({ podSubnet: '10.9.0.0/16' }), silent)
    assert.is(run.outcome, 'ok', String(run.error))
    assert.match(
      String(await valueOf(taskFor({ podSubnet: '10.9.0.0/16' }), silent)),
      'not compared: the API server of host does not say',
    )
    const guard = await rehearse(taskFor({ onlyFixed: true }), silent)
    assert.is(guard.outcome, 'failed')
    assert.match(String(guard.error), 'the API server of host does not say what kubeadm-config has')
    assert.match(hintOf(guard.error), 'check it on host: kubectl')
  }
})

test('where reconfigure was interrupted and the API server is down, the last configuration of the host guards fixed settings', async () => {
  const interrupted = {
    ...down,
    files: {
      '/etc/kubernetes/admin.conf': 'x',
      '/etc/coxswain/reconfigure/kube-apiserver.yaml': 'x',
      '/etc/coxswain/kubeadm.yaml': living,
    },
  }
  const run = await rehearse(taskFor({ onlyFixed: true }), interrupted)
  assert.is(run.outcome, 'ok', String(run.error))
  const other = await rehearse(taskFor({ onlyFixed: true, serviceSubnet: '10.97.0.0/16' }), interrupted)
  assert.match(
    JSON.stringify(other.error),
    'service_subnet is 10.97.0.0/16, but the cluster has 10.96.0.0/12',
  )
})

test('values of variables, and of arguments that look like passwords, are not shown', async () => {
  const given = (secret: string) => ({
    kubernetesVersion: 'v1.37.2',
    apiServer: {
      extraArgs: { 'basic-auth-password': secret },
      extraEnvs: { HTTPS_PROXY: `http://u:${secret}@proxy` },
    },
  })
  const there = living37.replace(
    '  - name: v\n    value: "2"\n',
    '  - name: basic-auth-password\n    value: p4ss\n  extraEnvs:\n  - name: HTTPS_PROXY\n    value: http://u:p4ss@proxy\n',
  )
  const run = await rehearse(taskFor(given('w0rd')), worldOf37(there))
  const text = `${String(run.error)} ${JSON.stringify(run.error)} ${hintOf(run.error)}`
  assert.match(
    text,
    'apiServer.extraArgs.basic-auth-password is (another value), but the cluster has (not shown)',
  )
  assert.match(text, 'apiServer.extraEnvs.HTTPS_PROXY is (another value), but the cluster has (not shown)')
  assert.not.match(text, 'p4ss')
  assert.not.match(text, 'w0rd')
})
