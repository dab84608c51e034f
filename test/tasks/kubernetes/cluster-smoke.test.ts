import * as assert from 'uvu/assert'
import { z } from 'zod'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { clusterSmoke } from '../../../tasks/kubernetes/cluster-smoke.ts'
import { chooseClass, classesSchema } from '../../../tasks/kubernetes/smoke/classes.ts'
import { suite } from '../../support/spec.ts'

const test = suite('cluster-smoke')

const createdSchema = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string() }).optional(),
  spec: z.object({ storageClassName: z.string().optional() }).optional(),
})

const pod = (name: string, app: string, node: string, ip: string, waiting?: object): object => ({
  metadata: { name, labels: { app } },
  spec: { nodeName: node },
  status: { podIP: ip, containerStatuses: [{ ready: waiting === undefined, state: { waiting } }] },
})
const nodes = JSON.stringify({
  items: ['m1', 'm2'].map((name, index) => ({
    metadata: { name },
    status: { addresses: [{ type: 'InternalIP', address: `10.0.0.${index + 1}` }] },
  })),
})

/** What a cluster has for volumes. */
interface Storage {
  readonly classes?: readonly object[]
  readonly claim?: string
  readonly phase?: string
  readonly read?: string
  readonly volumes?: readonly object[]
}

const classOf = (name: string, isDefault: boolean, more: object = {}): object => ({
  metadata: {
    name,
    annotations: { 'storageclass.kubernetes.io/is-default-class': String(isDefault) },
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  provisioner: 'disks.example.test',
  ...more,
})

/** A cluster of two nodes; `log` has what was done there. */
const clusterOf = (waiting?: object, storage: Storage = {}) => {
  const log: string[] = []
  let patched = false
  const pods = [
    pod('probe-1', 'probe', 'm1', '10.244.0.2', waiting),
    pod('probe-2', 'probe', 'm2', '10.244.1.2'),
    pod('web-1', 'web', 'm1', '10.244.0.3'),
    pod('web-2', 'web', 'm2', '10.244.1.3'),
  ]
  const noted =
    (what: string, reply = '') =>
    (): string => {
      log.push(what)
      return reply
    }
  const world: World = {
    patterns: [
      [/delete namespace coxswain-smoke --ignore-not-found/, noted('clean up')],
      [
        /create -f -/,
        ({ stdin }) => {
          const { kind, metadata, spec } = createdSchema.parse(JSON.parse(stdin))
          log.push(
            kind === 'List' ? 'create' : `${kind} ${metadata?.name} ${spec?.storageClassName ?? ''}`.trim(),
          )
          return ''
        },
      ],
      [/get storageclasses/, JSON.stringify({ items: storage.classes ?? [] })],
      [/get persistentvolumes /, () => JSON.stringify({ items: patched ? [] : (storage.volumes ?? []) })],
      [
        /patch persistentvolume (\S+) /,
        ({ script }) => {
          patched = true
          log.push(/patch persistentvolume .*/.exec(script)?.[0] ?? '')
          return ''
        },
      ],
      [/get persistentvolumeclaim data/, `{"status":{"phase":"${storage.claim ?? 'Bound'}"}}`],
      [
        /get events /,
        '{"items":[{"type":"Normal","message":"waiting"},{"type":"Warning","message":"no disk is left"}]}',
      ],
      [/get pod (writer|reader) /, `{"status":{"phase":"${storage.phase ?? 'Succeeded'}"}}`],
      [/delete pod writer/, noted('delete the writer')],
      [/ logs (writer|reader)/, storage.read ?? 'coxswain-smoke wrote this\n'],
      [/get nodes/, nodes],
      [/get pods/, JSON.stringify({ items: pods })],
      [/get service web/, '10.96.0.9 30080'],
      [/ logs /, 'coxswain-smoke started\n'],
      [/nslookup web.coxswain-smoke.svc.cluster.local/, noted('DNS', 'Address: 10.96.0.9')],
      [
        /wget .*(http:\S+)/,
        ({ script }) => {
          log.push(/http:\S+/.exec(script)?.[0].replace(/'$/, '') ?? '')
          return 'coxswain-smoke answers\n'
        },
      ],
    ],
  }
  return { log, world }
}

test('pods of all nodes, the service, DNS and node ports are tried, between two removals', async () => {
  const { log, world } = clusterOf()
  const run = await rehearse(clusterSmoke(), world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.is(log[0], 'clean up')
  assert.is(log.at(-1), 'clean up')
  for (const what of [
    'http://10.244.1.2:8080/',
    'http://10.244.0.3:8080/',
    'http://10.96.0.9/',
    'DNS',
    'http://10.0.0.2:30080/',
  ])
    assert.ok(log.includes(what), `${what}: ${log.join(' ')}`)
})

test('a pod that does not start is named with its reason, and all is removed', async () => {
  const { log, world } = clusterOf({ reason: 'ImagePullBackOff', message: 'not found' })
  const run = await rehearse(clusterSmoke({ timeout: 0 }), world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'probe-1 on m1: ImagePullBackOff: not found')
  assert.is(log.at(-1), 'clean up')
})

const standard = classOf('standard', true)

/** The part of a log about volumes. */
const aboutVolumes = (log: readonly string[]): readonly string[] =>
  log.filter((line) => /Pod|PersistentVolume|writer|patch/.test(line))

test('a volume of the default class is written by one pod and read by another one', async () => {
  const { log, world } = clusterOf(undefined, { classes: [classOf('slow', false), standard] })
  const run = await rehearse(clusterSmoke(), world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(aboutVolumes(log), [
    'PersistentVolumeClaim data standard',
    'Pod writer',
    'delete the writer',
    'Pod reader',
  ])
  assert.is(log.at(-1), 'clean up')
  const named = clusterOf(undefined, { classes: [classOf('slow', false), standard] })
  assert.is((await rehearse(clusterSmoke({ storageClass: 'slow' }), named.world)).outcome, 'ok')
  assert.is(aboutVolumes(named.log)[0], 'PersistentVolumeClaim data slow')
})

const byHand = classOf('by-hand', true, { provisioner: 'kubernetes.io/no-provisioner' })

for (const [classes, why] of [
  [[], 'the cluster does not have a StorageClass'],
  [
    [classOf('slow', false), classOf('fast', false)],
    'no StorageClass is the default one; name one of slow, fast',
  ],
  [[byHand], 'the volumes of the default StorageClass by-hand are made by hand; name it to try one'],
] as const) {
  test(`volumes are not tried, and the log says why: ${why}`, async () => {
    const { log, world } = clusterOf(undefined, { classes })
    const run = await rehearse(clusterSmoke(), world)
    assert.is(run.outcome, 'ok', String(run.error))
    assert.equal(aboutVolumes(log), [])
    const { items } = classesSchema.parse({ items: classes })
    assert.equal(chooseClass(items, undefined), { notTried: why })
  })
}

test('a class that is not there is refused before anything is started', async () => {
  const { log, world } = clusterOf(undefined, { classes: [standard] })
  const run = await rehearse(clusterSmoke({ storageClass: 'gold' }), world)
  assert.match(String(run.error), 'the cluster does not have the StorageClass gold')
  assert.equal(log, [])
})

test('a claim that is not bound is named with what its provisioner says, and all is removed', async () => {
  const { log, world } = clusterOf(undefined, { classes: [standard], claim: 'Pending', phase: 'Pending' })
  // the pods of the first part are ready at once
  const run = await rehearse(clusterSmoke({ timeout: 0 }), world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'the PersistentVolumeClaim is Pending, no disk is left')
  assert.is(log.at(-1), 'clean up')
})

test('a pod that fails, and another text than the one written, are failures', async () => {
  const failed = clusterOf(undefined, { classes: [standard], phase: 'Failed', read: 'read-only file system' })
  const run = await rehearse(clusterSmoke(), failed.world)
  assert.match(String(run.error), 'the pod writer cannot use the volume')
  assert.match(JSON.stringify(run.error), 'read-only file system')
  const other = clusterOf(undefined, { classes: [standard], read: 'something else' })
  assert.match(
    String((await rehearse(clusterSmoke(), other.world)).error),
    'does not read from the volume what another one wrote',
  )
})

test('a volume made by hand can be claimed again afterwards, and one that its class keeps is left', async () => {
  const volume = (name: string, annotations: object, namespace = 'coxswain-smoke'): object => ({
    metadata: { name, annotations },
    spec: { claimRef: { namespace }, persistentVolumeReclaimPolicy: 'Retain' },
    status: { phase: 'Released' },
  })
  const volumes = [volume('disk-1', {}), volume('disk-2', {}, 'default')]
  const { log, world } = clusterOf(undefined, { classes: [byHand], volumes })
  const run = await rehearse(clusterSmoke({ storageClass: 'by-hand' }), world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(
    log.filter((line) => line.startsWith('patch')),
    [`patch persistentvolume disk-1 --type=merge '--patch={"spec":{"claimRef":null}}'`],
  )
  // its class says that it stays
  const made = [volume('pvc-1', { 'pv.kubernetes.io/provisioned-by': 'disks.example.test' })]
  const kept = clusterOf(undefined, { classes: [standard], volumes: made })
  assert.is((await rehearse(clusterSmoke(), kept.world)).outcome, 'ok')
  assert.not(kept.log.some((line) => line.startsWith('patch')))
})

test('bad parameters are refused', () => {
  assert.throws(() => clusterSmoke({ image: 'a b' }), 'name of an image')
})
