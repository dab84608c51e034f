/** What cannot change in a cluster that runs is refused by name, from wherever it comes. */
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { rehearse } from '../../../../engine/testing.ts'
import { isCoxswainError } from '../../../../engine/index.ts'
import { ownedSettings } from '../../../../tasks/kubernetes/config/owned-settings.ts'
import { fixedSettings } from '../../../../tasks/kubernetes/kubeadm/fixed-settings.ts'
import { reconfigureMaster } from '../../../../tasks/kubernetes/reconfigure-master.ts'
import { reconfigurePlan } from '../../../../tasks/kubernetes/reconfigure-plan.ts'
import { sameCluster } from '../../../../tasks/kubernetes/same-cluster.ts'
import { sameMaster } from '../../../../tasks/kubernetes/same-master.ts'
import { suite } from '../../../support/spec.ts'
import { hintOf } from '../etcd-world.ts'
import { cluster, etcd, given, kubeletConfig, masterWorld, pod, self, usual } from '../reconfigure-world.ts'

const test = suite('settings that cannot change')

const kubeletFlags = '/var/lib/kubelet/kubeadm-flags.env'
const pathOf = (program: string): string => `/etc/kubernetes/manifests/${program}.yaml`

/** The file of a program with an argument. */
const withArgument = (program: string, argument: string, value: string): Record<string, string> =>
  program === 'kubelet'
    ? { [kubeletFlags]: `KUBELET_KUBEADM_ARGS="--node-ip=10.0.0.1 --${argument}=${value}"\n` }
    : { [pathOf(program)]: pod(program, { words: [`--${argument}=${value}`] }) }

/** Arguments that only count for the first start of etcd: manifests are not compared by them. */
const ofFirstStart = new Set(['initial-cluster', 'initial-cluster-state', 'initial-cluster-token'])

const textOf = (run: Awaited<ReturnType<typeof rehearse>>): string =>
  `${String(run.error)} ${JSON.stringify(run.error)} ${hintOf(run.error)}`

for (const { program, arguments: names = [], why, way } of fixedSettings)
  for (const argument of names.filter((one) => !ofFirstStart.has(one)))
    test(`refused by its name, before anything is changed: ${argument} of ${program}`, async () => {
      const of = program === 'kubelet' ? 'the kubelet' : program
      const files = withArgument(program, argument, 'one')
      const wanted = withArgument(program, argument, 'another')
      for (const task of [reconfigurePlan(given), reconfigureMaster({ ...given, steady: 0 })]) {
        const run = await rehearse(task, masterWorld({ files, wanted }).world)
        assert.is(run.outcome, 'failed')
        assert.equal(run.commands.apply, [])
        assert.match(textOf(run), 'host has other settings than the configuration, which are not changed')
        assert.match(textOf(run), `argument ${argument} of ${of}: `)
        assert.match(textOf(run), why)
        assert.match(textOf(run), way)
        assert.match(hintOf(run.error), `set argument ${argument} of ${of} to what is there, if all masters`)
        assert.match(hintOf(run.error), 'if host alone has it, put its file right by hand')
        assert.match(hintOf(run.error), 'nothing was changed')
      }
    })

test('force-new-cluster goes: with it, the next start of etcd would drop the other members', async () => {
  const files = withArgument('etcd', 'force-new-cluster', 'true')
  const wanted = { [etcd]: pod('etcd') }
  const run = await rehearse(reconfigureMaster({ ...given, steady: 0 }), masterWorld({ files, wanted }).world)
  assert.is(run.outcome, 'changed', textOf(run))
  const added = await rehearse(reconfigurePlan(given), masterWorld({ files: wanted, wanted: files }).world)
  assert.match(textOf(added), 'the member would drop all others')
})

test('the token of the first start does not count, and stays', async () => {
  const files = withArgument('etcd', 'initial-cluster-token', 'one')
  const run = await rehearse(sameMaster(given), masterWorld({ files, wanted: { [etcd]: pod('etcd') } }).world)
  assert.is(run.outcome, 'ok', textOf(run))
})

for (const [field, program, there, wanted] of [
  ['cgroupDriver', 'the kubelet', '', 'cgroupDriver: systemd\n'],
  ['clusterDomain', 'the kubelet', 'clusterDomain: a\n', 'clusterDomain: b\n'],
] as const)
  test(`refused by its name: ${field} of ${program}`, async () => {
    const text = (more: string) => ({ [kubeletConfig]: `kind: KubeletConfiguration\nmaxPods: 110\n${more}` })
    const world = masterWorld({ files: text(there), wanted: text(wanted) }).world
    const run = await rehearse(reconfigurePlan(given), world)
    assert.match(textOf(run), `${field} of ${program}: `)
    assert.match(textOf(run), 'nothing was changed')
  })

test('refused by its name: the folder of etcd that a patch mounts elsewhere', async () => {
  const more = (path: string) => `  volumes:\n  - hostPath:\n      path: ${path}\n    name: etcd-data\n`
  const files = { [etcd]: pod('etcd', { more: more('/var/lib/etcd') }) }
  const wanted = { [etcd]: pod('etcd', { more: more('/srv/etcd') }) }
  const run = await rehearse(reconfigurePlan(given), masterWorld({ files, wanted }).world)
  assert.match(textOf(run), 'volumes.etcd-data.hostPath.path of etcd: /var/lib/etcd → /srv/etcd')
})

test('the URLs of metrics of etcd are applied: nothing depends on them', async () => {
  const wanted = withArgument('etcd', 'listen-metrics-urls', 'http://0.0.0.0:2381')
  const run = await rehearse(reconfigureMaster({ ...given, steady: 0 }), masterWorld({ wanted }).world)
  assert.is(run.outcome, 'changed', textOf(run))
})

const [first, second, third] = ['https://a', 'https://b', 'https://c'] as const

for (const [title, there, wanted, outcome] of [
  ['another one after it', [first], [first, second], 'changed'],
  ['the second one put first', [first, second], [second, first], 'changed'],
  ['the former first one removed after that', [second, first], [second], 'changed'],
  ['another one', [first], [second], 'failed'],
  ['a new one before it', [first], [second, first], 'failed'],
  ['the first one removed', [first, second], [second], 'failed'],
  ['a third one put first', [first, second], [third, first, second], 'failed'],
] as const)
  test(`issuers of tokens: ${title} is ${outcome === 'failed' ? 'refused' : 'applied'}`, async () => {
    const words = (issuers: readonly string[]) => ({
      [pathOf('kube-apiserver')]: pod('kube-apiserver', {
        words: issuers.map((one) => `--service-account-issuer=${one}`),
      }),
    })
    const world = masterWorld({ files: words(there), wanted: words(wanted) }).world
    const run = await rehearse(reconfigureMaster({ ...given, steady: 0 }), world)
    assert.is(run.outcome, outcome, textOf(run))
    if (outcome === 'failed') assert.match(textOf(run), 'the first issuer signs the tokens of pods')
  })

test('same-master says why it is not applied, and names the playbook for the rest', async () => {
  const path = pathOf('kube-apiserver')
  const wanted = { [path]: pod('kube-apiserver', { words: ['--etcd-prefix=/other'] }) }
  const run = await rehearse(sameMaster(given), masterWorld({ wanted }).world)
  assert.match(textOf(run), 'argument etcd-prefix of kube-apiserver: not set → /other')
  assert.match(textOf(run), 'the cluster would be empty')
  assert.match(hintOf(run.error), 'set argument etcd-prefix of kube-apiserver to what is there')
  assert.not.match(hintOf(run.error), 'reconfigure')
  const more = { [path]: pod('kube-apiserver', { words: ['--etcd-prefix=/other', '--v=3'] }) }
  const both = await rehearse(sameMaster(given), masterWorld({ wanted: more }).world)
  assert.match(hintOf(both.error), 'to apply the others, one master at a time: run playbooks/reconfigure.ts')
})

/** The part of kubeadm-config with the arguments of each program. */
const partOf = {
  etcd: 'etcd.local',
  'kube-apiserver': 'apiServer',
  'kube-controller-manager': 'controllerManager',
} as const

const living = `kind: ClusterConfiguration
kubernetesVersion: v1.37.2
clusterName: kubernetes
controlPlaneEndpoint: 10.0.0.10:6443
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/12
`

const { world } = masterWorld({
  patterns: [
    [/^kubectl .* get configmap kubeadm-config /, JSON.stringify({ data: { ClusterConfiguration: living } })],
    [/^kubectl .* get configmap /, ''],
  ],
})

/** A kubeadm_config_merge with an argument of a program. */
const merge = (part: string, argument: string): { kind: string; [field: string]: unknown } => {
  const settings = { extraArgs: [{ name: argument, value: 'another' }] }
  return {
    kind: 'ClusterConfiguration',
    ...(part === 'etcd.local' ? { etcd: { local: settings } } : { [part]: settings }),
  }
}

/** The same cluster, in which a program has an argument. */
const worldWith = (part: string, argument: string) => {
  const text = JSON.stringify({ ...parse(living), ...merge(part, argument) })
  return masterWorld({
    patterns: [
      [/^kubectl .* get configmap kubeadm-config /, JSON.stringify({ data: { ClusterConfiguration: text } })],
      [/^kubectl .* get configmap /, ''],
    ],
  }).world
}

/** Whether another value is refused in every configuration, whatever the cluster has. */
const isOwned = (program: string, argument: string): boolean =>
  ownedSettings.some(
    (row) =>
      row.program ===
        { etcd: 'etcd', 'kube-apiserver': 'apiServer', 'kube-controller-manager': 'controllerManager' }[
          program
        ] && row.arguments?.includes(argument),
  )

for (const { program, arguments: names = [], why, allows } of fixedSettings) {
  if (program === 'kubelet' || allows !== undefined) continue
  const part = partOf[program]
  for (const argument of names.filter((one) => isOwned(program, one)))
    test(`the guard refuses to take it out of what the cluster keeps: ${part}.extraArgs.${argument}`, async () => {
      for (const onlyFixed of [true, false]) {
        const task = sameCluster({ cluster, self, members: [self], onlyFixed })
        const run = await rehearse(task, worldWith(part, argument))
        assert.is(run.outcome, 'failed')
        assert.match(textOf(run), why)
        assert.not.match(textOf(run), `set ${part}.extraArgs.${argument} to another`)
        assert.not.match(textOf(run), 'to apply it, run playbooks/reconfigure.ts')
      }
    })
  for (const argument of names.filter((one) => !isOwned(program, one)))
    test(`the guard refuses it in what the cluster keeps, also from kubeadm_config_merge: ${part}.extraArgs.${argument}`, async () => {
      const extraArgs = { [argument]: 'another' }
      const named = {
        etcd: { etcd: { extraArgs } },
        'kube-apiserver': { apiServer: { extraArgs } },
        'kube-controller-manager': { controllerManager: { extraArgs } },
      }[program]
      for (const more of [named, { merge: [merge(part, argument)] }])
        for (const onlyFixed of [true, false]) {
          const task = sameCluster({ cluster: { ...cluster, ...more }, self, members: [self], onlyFixed })
          const run = await rehearse(task, world)
          assert.is(run.outcome, 'failed')
          assert.match(textOf(run), `${part}.extraArgs.${argument} is `)
          assert.match(textOf(run), why)
          assert.not.match(textOf(run), 'to apply it, run playbooks/reconfigure.ts')
        }
    })
}

test('encryption that only the inventory has is begun by rotate-keys', async () => {
  const apiServer = { extraArgs: { 'encryption-provider-config': '/etc/kubernetes/pki/encryption.yaml' } }
  for (const onlyFixed of [true, false]) {
    const task = sameCluster({ cluster: { ...cluster, apiServer }, self, members: [self], onlyFixed })
    const { error } = await rehearse(task, world)
    assert.match(isCoxswainError(error) ? error.hint : '', 'run playbooks/rotate-keys.ts to begin to encrypt')
  }
})

test('the guard refuses another name of the cluster', async () => {
  const task = (merged: readonly { kind: string; [field: string]: unknown }[]) =>
    sameCluster({ cluster: { ...cluster, merge: [...merged] }, self, members: [self], onlyFixed: true })
  assert.is((await rehearse(task([]), world)).outcome, 'ok')
  const run = await rehearse(task([{ kind: 'ClusterConfiguration', clusterName: 'other' }]), world)
  assert.match(textOf(run), 'clusterName is other, but the cluster has kubernetes: it cannot be changed')
})

test('every setting of the table is there once, with a reason and a way out', () => {
  const all = fixedSettings.flatMap(({ program, arguments: names = [], fields = [] }) =>
    [...names, ...fields].map((name) => `${name} of ${program}`),
  )
  assert.equal([...new Set(all)], all)
  assert.ok(fixedSettings.every(({ why, way }) => why !== '' && way !== ''))
  assert.ok(usual[etcd] !== undefined)
})
