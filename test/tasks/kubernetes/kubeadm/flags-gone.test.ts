/** The table of flags that programs of a control plane no longer know. */
import * as assert from 'uvu/assert'
import {
  etcdFlagGoneIn,
  etcdFlagsGone,
  etcdMinorOf,
} from '../../../../tasks/kubernetes/kubeadm/versions/etcd-flags.ts'
import {
  flagsGone,
  flagsNow,
  kubernetesFlagGoneIn,
  programNames,
} from '../../../../tasks/kubernetes/kubeadm/versions/flags-gone.ts'
import { clusterSchema } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import { kubeadmGates } from '../../../../tasks/kubernetes/kubeadm/versions/gates-gone.ts'
import { factsOf, knownMinors } from '../../../../tasks/kubernetes/kubeadm/versions.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('flags that are gone')

test('a flag is gone from its release on, however it is written', () => {
  assert.is(kubernetesFlagGoneIn('apiServer', 'insecure-port', 0, 23), undefined)
  assert.is(kubernetesFlagGoneIn('apiServer', 'insecure-port', 0, 24), 24)
  assert.is(kubernetesFlagGoneIn('apiServer', 'insecure_port', 0, 37), 24)
  assert.is(kubernetesFlagGoneIn('apiServer', 'insecure-port', 24, 37), undefined)
  assert.is(kubernetesFlagGoneIn('kubelet', 'pod-infra-container-image', 34, 35), 35)
  for (const program of ['apiServer', 'controllerManager', 'scheduler', 'kubelet'] as const)
    assert.is(kubernetesFlagGoneIn(program, 'logtostderr', 25, 26), 26, program)
  assert.is(kubernetesFlagGoneIn('kubelet', 'address', 0, 37), undefined)
  assert.is(kubernetesFlagGoneIn('apiServer', 'v', 0, 37), undefined)
})

test('flags of etcd go with its own version', () => {
  assert.is(etcdFlagGoneIn('experimental-initial-corrupt-check', 0, 6), undefined)
  assert.is(etcdFlagGoneIn('experimental-initial-corrupt-check', 6, 7), 7)
  assert.is(etcdFlagGoneIn('experimental-enable-v2v3', 5, 7), 6)
  assert.is(etcdFlagGoneIn('enable-v2', 0, 5), undefined)
  assert.is(etcdFlagGoneIn('proxy-dial-timeout', 0, 6), 6)
  assert.is(etcdFlagGoneIn('discovery-srv', 0, 7), undefined)
  for (const [tag, minor] of [
    ['3.6.8-0', 6],
    ['v3.5.21', 5],
    ['3.7.0-0-patched', 7],
    ['latest', undefined],
    ['4.0.0', undefined],
  ] as const)
    assert.is(etcdMinorOf(tag), minor, tag)
})

test('each release of Kubernetes brings one minor of etcd', () => {
  for (const minor of knownMinors) {
    const [first, last] = factsOf(`v1.${minor}.0`).etcd
    assert.type(etcdMinorOf(first), 'number', first)
    assert.is(etcdMinorOf(first), etcdMinorOf(last), `1.${minor}`)
  }
})

const cluster = (changed: Record<string, unknown>): string[] => {
  const found = clusterSchema.safeParse({ controlPlaneEndpoint: '10.0.0.10:6443', ...changed })
  return found.success ? [] : found.error.issues.map(({ message }) => message)
}

test('arguments of etcd are judged by the version of its image, and by that of the release where its tag does not say it', () => {
  const etcd = (version: string, extraArgs: object, imageTag?: string): string[] =>
    cluster({ kubernetesVersion: version, etcd: { extraArgs, ...(imageTag !== undefined && { imageTag }) } })
  const experimental = { 'experimental-initial-corrupt-check': 'true' }
  const gone = (version: string, minor: number) => [
    `Kubernetes ${version} does not know --experimental-initial-corrupt-check of etcd (no longer from 3.${minor} on; now it is --feature-gates=InitialCorruptCheck=true)`,
  ]
  assert.equal(etcd('v1.37.2', experimental), gone('v1.37.2', 7))
  assert.equal(etcd('v1.37.2', experimental, '3.6.8-0'), [])
  assert.equal(etcd('v1.37.2', experimental, 'mirrored'), gone('v1.37.2', 7))
  assert.equal(etcd('v1.36.3', experimental), [])
  assert.equal(etcd('v1.36.3', experimental, '3.7.0-0'), gone('v1.36.3', 7))
  assert.equal(etcd('v1.34.4', { 'enable-v2': 'true' }), [
    'Kubernetes v1.34.4 does not know --enable-v2 of etcd (no longer from 3.6 on)',
  ])
  assert.equal(etcd('v1.33.0', { 'enable-v2': 'true' }), [])
})

test('feature gates that are gone are refused before anything is touched, wherever they are given', () => {
  const gone = (name: string, of: string) => [
    `Kubernetes v1.37.2 does not know the feature gate ${name} of ${of} (no longer from v1.37 on)`,
  ]
  const now = (changed: Record<string, unknown>) => cluster({ kubernetesVersion: 'v1.37.2', ...changed })
  const extraArgs = { 'feature-gates': 'AllAlpha=false,SidecarContainers=true' }
  assert.equal(now({ apiServer: { extraArgs } }), gone('SidecarContainers', 'the API server'))
  assert.equal(now({ scheduler: { extraArgs } }), gone('SidecarContainers', 'the scheduler'))
  assert.equal(now({ controllerManager: { extraArgs } }), gone('SidecarContainers', 'the controller manager'))
  assert.equal(
    now({ kubeletExtraArgs: { 'feature-gates': ['SidecarContainers=true'] } }),
    gone('SidecarContainers', 'the kubelet'),
  )
  const featureGates = { SidecarContainers: true, NodeSwap: true }
  assert.equal(now({ kubelet: { featureGates } }), gone('SidecarContainers', 'the kubelet'))
  assert.equal(now({ kubeProxy: { featureGates } }), gone('SidecarContainers', 'kube-proxy'))
  assert.equal(
    cluster({ kubernetesVersion: 'v1.36.3', apiServer: { extraArgs }, kubelet: { featureGates } }),
    [],
  )
  // etcd has gates of its own
  assert.equal(now({ etcd: { extraArgs } }), [])
})

test("kubeadm's own feature gates are refused where kubeadm does not know them", () => {
  const gates = (version: string, ...names: readonly string[]) =>
    cluster({
      kubernetesVersion: version,
      featureGates: Object.fromEntries(names.map((name) => [name, true])),
    })
  const all = Object.keys(kubeadmGates)
  assert.equal(gates('v1.37.2', 'RootlessControlPlane', 'NotYetThought'), [])
  assert.equal(
    gates('v1.37.2', ...all),
    all
      .filter((name) => name !== 'RootlessControlPlane')
      .map(
        (name) =>
          `Kubernetes v1.37.2 does not know the feature gate ${name} of kubeadm (no longer from v1.${kubeadmGates[name]?.gone} on)`,
      ),
  )
  assert.equal(gates('v1.20.2', 'IPv6DualStack', 'PublicKeysECDSA'), [])
  assert.equal(gates('v1.20.2', 'EtcdLearnerMode'), [
    'Kubernetes v1.20.2 does not know the feature gate EtcdLearnerMode of kubeadm (from v1.27 on)',
  ])
  // what kubeadm says of itself
  const known = (version: string) => all.filter((name) => gates(version, name).length === 0).toSorted()
  assert.equal(known('v1.30.1'), [
    'EtcdLearnerMode',
    'PublicKeysECDSA',
    'RootlessControlPlane',
    'UpgradeAddonsBeforeControlPlane',
    'WaitForAllControlPlaneComponents',
  ])
  assert.equal(known('v1.34.4'), [
    'ControlPlaneKubeletLocalMode',
    'NodeLocalCRISocket',
    'PublicKeysECDSA',
    'RootlessControlPlane',
    'WaitForAllControlPlaneComponents',
  ])
  assert.equal(known('v1.35.4'), [
    'ControlPlaneKubeletLocalMode',
    'NodeLocalCRISocket',
    'PublicKeysECDSA',
    'RootlessControlPlane',
  ])
})

test('the table has known releases, no flag twice, and no replacement that is gone itself', () => {
  for (const [program, releases] of Object.entries(flagsGone)) {
    const all = Object.values(releases).flat()
    assert.is(new Set(all).size, all.length, program)
    for (const minor of Object.keys(releases)) assert.ok(knownMinors.includes(Number(minor)), minor)
    for (const flag of all) assert.match(flag, /^[a-z][-a-z0-9]*\*?$/)
  }
  for (const [flag, now] of Object.entries(flagsNow)) {
    assert.ok(
      Object.values(flagsGone).some((one) => Object.values(one).flat().includes(flag)),
      flag,
    )
    assert.not.ok(
      Object.values(flagsGone).some((one) => Object.values(one).flat().includes(now)),
      now,
    )
  }
  assert.equal(Object.keys(programNames), [...Object.keys(flagsGone), 'etcd', 'kubeProxy'])
  const ofEtcd = Object.values(etcdFlagsGone).flat()
  assert.is(new Set(ofEtcd).size, ofEtcd.length)
})

const refusals = (kubernetesVersion: string, etcd: Record<string, unknown>): string =>
  clusterSchema
    .safeParse({ kubernetesVersion, controlPlaneEndpoint: 'api:6443', etcd })
    .error?.issues.map(({ message }) => message)
    .join('; ') ?? ''

for (const [version, imageTag, message] of [
  [
    'v1.37.2',
    '3.5.21-0',
    'does not know etcd 3.5.21-0: its kubeadm starts etcd with arguments that 3.6 and later know',
  ],
  ['v1.37.2', 'v3.5.21-eks-1-34-5', 'etcd v3.5.21-eks-1-34-5: its kubeadm'],
  ['v1.37.2', '3.5', 'etcd 3.5: its kubeadm'],
  ['v1.37.2', '3.4.13-0@sha256:5891b5b5', 'etcd 3.4.13-0@sha256:5891b5b5: its kubeadm'],
  ['v1.33.0', '3.7.0-0', 'etcd 3.7.0-0: its kubeadm starts etcd with arguments that 3.6 and earlier know'],
  ['v1.37.2', '', 'an image of etcd without a tag'],
] as const)
  test(`${version} refuses the image of etcd ${JSON.stringify(imageTag)}`, () => {
    assert.match(refusals(version, { imageTag }), message)
  })

test('images of etcd whose tag goes with the release, or does not say its own', () => {
  for (const [version, imageTag] of [
    ['v1.37.2', '3.6.5-0'],
    ['v1.37.2', 'latest'],
    ['v1.34.4', '3.5.21-0'],
    ['v1.33.0', '3.6.5-0'],
    ['v1.20.2', '3.4.13-0'],
  ] as const)
    assert.is(refusals(version, { imageTag }), '', `${version} ${imageTag}`)
})

for (const [version, imageTag, flag, message] of [
  [
    'v1.37.2',
    undefined,
    'experimental-initial-corrupt-check',
    'no longer from 3.7 on; now it is --feature-gates=InitialCorruptCheck=true',
  ],
  [
    'v1.37.2',
    undefined,
    'initial-corrupt-check',
    'of etcd 3.7 (it is feature-gates=InitialCorruptCheck=true)',
  ],
  ['v1.37.2', undefined, 'experimental-compaction-batch-limit', 'now it is --compaction-batch-limit'],
  ['v1.37.2', 'latest', 'experimental-compaction-batch-limit', 'no longer from 3.7 on'],
  ['v1.37.2', undefined, 'log-package-levels', 'no longer from 3.5 on'],
  ['v1.33.0', undefined, 'feature-gates', 'of etcd 3.5 (from 3.6 on)'],
  ['v1.33.0', undefined, 'initial-corrupt-check', 'of etcd 3.5 (it is experimental-initial-corrupt-check)'],
  ['v1.33.0', undefined, 'compaction-batch-limit', 'before, it is experimental-compaction-batch-limit'],
] as const)
  test(`${version} refuses --${flag} of etcd ${imageTag ?? ''} with its name`, () => {
    assert.match(refusals(version, { imageTag, extraArgs: { [flag]: '1' } }), message)
  })

test('a flag that is refused, although no source says since when, is named with the release that was asked', () => {
  const given = {
    kubernetesVersion: 'v1.37.2',
    controlPlaneEndpoint: 'api:6443',
    kubeletExtraArgs: { 'dynamic-config-dir': '/x' },
  }
  const [issue] = clusterSchema.safeParse(given).error?.issues ?? []
  assert.match(issue?.message ?? '', 'of the kubelet (no longer from v1.34 or an earlier release on)')
  assert.is(clusterSchema.safeParse({ ...given, kubernetesVersion: 'v1.20.2' }).success, true)
})

for (const [version, gate, message] of [
  ['v1.37.2', 'EphemeralContainers', 'no longer from v1.28 or an earlier release on'],
  ['v1.34.4', 'DevicePlugins', 'no longer from v1.'],
  ['v1.37.2', 'LegacyServiceAccountTokenNoAutoGeneration', 'no longer from v1.30 or an earlier release on'],
  ['v1.37.2', 'SidecarContainers', 'no longer from v1.37 on'],
  ['v1.37.2', 'NodeSwapp', 'of the API server (did you mean NodeSwap?)'],
  ['v1.37.2', 'PodSecurity', 'does not know the feature gate PodSecurity of the API server'],
] as const)
  test(`${version} refuses the feature gate ${gate}`, () => {
    const extraArgs = { 'feature-gates': `${gate}=true` }
    const found = clusterSchema.safeParse({
      kubernetesVersion: version,
      controlPlaneEndpoint: 'api:6443',
      apiServer: { extraArgs },
    })
    assert.match(found.error?.issues.map((one) => one.message).join() ?? '', message)
  })

test('feature gates of a version that is newer than the table are not judged by the newest one', () => {
  const apiServer = { extraArgs: { 'feature-gates': 'OfTheFuture=true' } }
  const given = {
    kubernetesVersion: 'v1.99.0',
    allowUnknownVersion: true,
    controlPlaneEndpoint: 'api:6443',
    apiServer,
  }
  assert.is(clusterSchema.safeParse(given).success, true)
  assert.is(clusterSchema.safeParse({ ...given, kubernetesVersion: 'v1.37.2' }).success, false)
})
