import * as assert from 'uvu/assert'
import { z } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import { reconfigureKubeProxy } from '../../../tasks/kubernetes/reconfigure-kube-proxy.ts'
import { suite } from '../../support/spec.ts'
import { dryRun, given, kubeadmFiles, masterWorld, usual } from './reconfigure-world.ts'

const test = suite('reconfigure-kube-proxy')

const formerSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  data: z.object({ version: z.string(), configMap: z.string(), daemonSet: z.string() }),
})
const replaced = <Value extends z.ZodType>(value: Value) =>
  z.tuple([z.object({ op: z.string(), path: z.string(), value })])
const configMapPatch = replaced(z.object({ 'config.conf': z.string() }))
const daemonSetPatch = replaced(z.object({ template: z.object({ image: z.string() }) }))

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, '    ')
const confOf = (mode: string): string => `kind: KubeProxyConfiguration\nmode: ${mode}\n`
const printed = (mode: string): string =>
  `kind: ServiceAccount\n---\nkind: ConfigMap\ndata:\n  config.conf: |-\n${indented(confOf(mode))}`

const notFound = { code: 1, stderr: 'Error from server (NotFound): it is not found' }

const version = given.cluster.kubernetesVersion

interface Options {
  /** The mode with which the pods do not work. */
  readonly bad?: string
  /** The image with which the pods do not work. */
  readonly badImage?: string
  /** Whether the pods are older than the ConfigMap. */
  readonly old?: boolean
  /** The mode that an interrupted run has kept in the cluster. */
  readonly kept?: string
  /** The version of the cluster when that was kept. */
  readonly keptVersion?: string
}

/** A cluster with a kube-proxy on two nodes; the pods of one mode do not work. */
const worldWith = (
  mode: string,
  wanted: string,
  { bad = '-', badImage = '-', old = false, kept, keptVersion = version }: Options = {},
) => {
  const log: string[] = []
  const state = {
    data: { 'config.conf': confOf(mode) },
    spec: { template: { image: 'mirror/kube-proxy' } },
    former:
      kept === undefined
        ? undefined
        : {
            version: keptVersion,
            configMap: JSON.stringify({ 'config.conf': confOf(kept) }),
            daemonSet: JSON.stringify({ template: { image: 'mirror/kube-proxy' } }),
          },
  }
  let [changed, started] = [old ? 5 : 1, 2]
  const time = (second: number): string => `2026-01-01T00:00:0${second}Z`
  const { world } = masterWorld({
    patterns: [
      [kubeadmFiles, dryRun({ ...usual, 'addon kube-proxy': printed(wanted) })],
      [/^kubectl .* get configmap kubelet-config /, ''],
      [/^kubectl .* get configmap kube-proxy /, () => JSON.stringify({ data: state.data })],
      [
        /^kubectl .* get --raw \S*configmaps\/kube-proxy$/,
        () => JSON.stringify({ metadata: { managedFields: [{ time: time(changed) }] }, data: state.data }),
      ],
      [
        /^kubectl .* get --raw \S*configmaps\/coxswain-former-kube-proxy$/,
        () => (state.former === undefined ? notFound : JSON.stringify({ data: state.former })),
      ],
      [
        /^kubectl .* (create|replace) -f \/dev\/stdin$/,
        ({ script, stdin }) => {
          log.push(script.includes(' replace ') ? 'keep instead' : 'keep')
          const { metadata, data } = formerSchema.parse(JSON.parse(stdin))
          assert.equal(metadata, { name: 'coxswain-former-kube-proxy', namespace: 'kube-system' })
          state.former = data
          return ''
        },
      ],
      [
        /^kubectl .* delete configmap coxswain-former-kube-proxy --ignore-not-found$/,
        () => {
          log.push('forget')
          state.former = undefined
          return ''
        },
      ],
      [
        /^kubectl .* get --raw '\S*pods\?labelSelector/,
        () => {
          const ready = !state.data['config.conf'].includes(bad) && state.spec.template.image !== badImage
          return JSON.stringify({
            items: ['m1', 'w1'].map((node) => ({
              metadata: { name: `kube-proxy-${node}`, creationTimestamp: time(started) },
              spec: { nodeName: node },
              status: { containerStatuses: [{ ready, restartCount: ready ? 0 : 5 }] },
            })),
          })
        },
      ],
      [
        /^kubectl .* get --raw \S*daemonsets\/kube-proxy$/,
        () =>
          JSON.stringify({
            metadata: { generation: 2 },
            spec: state.spec,
            status: {
              observedGeneration: 2,
              desiredNumberScheduled: 2,
              updatedNumberScheduled: 2,
              numberAvailable: 2,
            },
          }),
      ],
      [
        /^kubeadm init phase addon kube-proxy --config \/dev\/stdin$/,
        () => {
          log.push('kubeadm')
          state.data['config.conf'] = confOf(wanted)
          state.spec = { template: { image: 'registry.k8s.io/kube-proxy' } }
          changed = started + 1
          return ''
        },
      ],
      [
        /^kubectl .* rollout restart daemonset kube-proxy$/,
        () => {
          log.push('restart')
          started = changed + 1
          return ''
        },
      ],
      [
        /^kubectl .* patch configmap kube-proxy --type=json --patch-file=\/dev\/stdin$/,
        ({ stdin }) => {
          log.push('patch ConfigMap')
          const [{ op, path, value }] = configMapPatch.parse(JSON.parse(stdin))
          assert.equal([op, path], ['replace', '/data'])
          state.data = value
          changed = started + 1
          return ''
        },
      ],
      [
        /^kubectl .* patch daemonset kube-proxy --type=json --patch-file=\/dev\/stdin$/,
        ({ stdin }) => {
          log.push('patch DaemonSet')
          const [{ op, path, value }] = daemonSetPatch.parse(JSON.parse(stdin))
          assert.equal([op, path], ['replace', '/spec'])
          state.spec = value
          return ''
        },
      ],
      [/^kubectl .* logs /, '[pod/kube-proxy-m1] unknown proxy mode\n'],
    ],
  })
  return { log, world, state }
}
const task = () => reconfigureKubeProxy({ ...given, steady: 0 })

test('the configured settings are ok', async () => {
  const run = await rehearse(task(), worldWith('iptables', 'iptables').world)
  assert.is(run.outcome, 'ok', String(run.error))
})

test('a cluster without kube-proxy is ok', async () => {
  const { world } = masterWorld({ patterns: [[/^kubectl .* get --raw /, notFound]] })
  assert.is((await rehearse(task(), world)).outcome, 'ok')
})

test('the ConfigMap is changed, and all pods are restarted; the former ones are kept in the cluster meanwhile', async () => {
  const { world, log, state } = worldWith('iptables', 'nftables')
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'mode of kube-proxy', from: 'iptables', to: 'nftables' }])
  assert.equal(log, ['keep', 'kubeadm', 'restart', 'forget'])
  assert.is(state.former, undefined)
})

test('pods that are older than the ConfigMap are restarted: a run was killed in between', async () => {
  const { world, log } = worldWith('nftables', 'nftables', { old: true, kept: 'iptables' })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    ['kube-proxy of m1', 'kube-proxy of w1'],
  )
  assert.equal(log, ['restart', 'forget'])
})

for (const [title, options] of [
  ['pods that do not work', { bad: 'ipvs' }],
  ['pods that do not work with the image of kubeadm', { badImage: 'registry.k8s.io/kube-proxy' }],
] as const)
  test(`${title}: the former ConfigMap and DaemonSet come back, with what they have logged`, async () => {
    const { world, log, state } = worldWith('iptables', 'ipvs', options)
    const run = await rehearse(task(), world)
    assert.is(run.outcome, 'failed')
    assert.match(
      String(run.error),
      'so its former ones were put back: kube-proxy of m1 ends after each start',
    )
    assert.match(JSON.stringify(run.error), 'unknown proxy mode')
    assert.equal(log, [
      'keep',
      'kubeadm',
      'restart',
      'patch ConfigMap',
      'patch DaemonSet',
      'restart',
      'forget',
    ])
    assert.equal(state, {
      data: { 'config.conf': confOf('iptables') },
      spec: { template: { image: 'mirror/kube-proxy' } },
      former: undefined,
    })
  })

test('what an interrupted run has kept is the last that worked, whichever master the next run asks', async () => {
  const { world, log, state } = worldWith('nftables', 'ipvs', { bad: 'ipvs', kept: 'iptables' })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'failed')
  assert.not.ok(log.includes('keep'))
  assert.is(state.data['config.conf'], confOf('iptables'))
})

test('what was kept before an upgrade does not come back: what worked since is kept instead', async () => {
  const options = { bad: 'ipvs', kept: 'nftables', keptVersion: 'v1.36.1' }
  const { world, log, state } = worldWith('iptables', 'ipvs', options)
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'failed')
  assert.equal(log.slice(0, 3), ['keep instead', 'kubeadm', 'restart'])
  assert.equal(state, {
    data: { 'config.conf': confOf('iptables') },
    spec: { template: { image: 'mirror/kube-proxy' } },
    former: undefined,
  })
})

test('pods that do not work, where nothing of this version is kept: nothing is put back, and the error says so', async () => {
  for (const options of [{ kept: 'iptables', keptVersion: 'v1.36.1' }, { old: true }]) {
    const { world, log, state } = worldWith('ipvs', 'ipvs', { bad: 'ipvs', ...options })
    const run = await rehearse(task(), world)
    assert.is(run.outcome, 'failed')
    assert.equal(log, ['restart'])
    assert.is(state.data['config.conf'], confOf('ipvs'))
    assert.match(String(run.error), `and no former settings of ${version} are kept, so nothing was put back`)
  }
})

test('what an interrupted run has changed is proven, also where nothing else differs', async () => {
  const { world, log } = worldWith('nftables', 'nftables', { kept: 'iptables' })
  const run = await rehearse(task(), world)
  assert.equal(run.changes, [
    { what: 'kube-proxy', from: 'changed by an interrupted run', to: 'proven, or put back' },
  ])
  assert.equal(log, ['restart', 'forget'])
})

test('an API server that does not answer is named', async () => {
  const { world } = masterWorld({ patterns: [[/^kubectl .* get --raw /, { code: 1, stderr: 'refused' }]] })
  assert.match(
    String((await rehearse(task(), world)).error),
    /cannot be asked for [\w-]*kube-proxy|cannot be asked for pods/,
  )
})
