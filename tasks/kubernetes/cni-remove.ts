import { CoxswainError, defineTask, driftUnlessEmpty, flag, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { kubectl } from './kubeadm/kubectl.ts'
import { deleteObjects, existingOf } from './networks/applied-manifest.ts'
import { objectText } from './networks/manifest-objects.ts'
import { runningSets } from './networks/network-pods.ts'
import { podNetworksOf } from './networks/other-network.ts'
import { removalOrder } from './networks/ownership.ts'
import { podText, podsWithNetwork } from './networks/pods-with-network.ts'
import { readRecord, recordText, writeRecord } from './networks/record.ts'
import type { NetworkRecord, RecordedObject } from './networks/record.ts'

const params = () =>
  z.object({
    confirm: flag()
      .default(false)
      .describe('remove it: pods have no network then, until another one is applied'),
    acceptPods: flag()
      .default(false)
      .describe('remove it although pods that need it run, besides those of CoreDNS'),
  })
type Params = z.output<ReturnType<typeof params>>

/** What is removed: what did not exist before it was applied. */
const ownOf = ({ objects }: NetworkRecord): RecordedObject[] =>
  removalOrder(objects.filter(({ created }) => created))

const inWords = (objects: readonly RecordedObject[]): string => objects.map(objectText).join(', ')

/** @throws `task-failed` for what was there before Coxswain applied it: without it, the network would stay in part. */
const refuseOthers = (record: NetworkRecord): void => {
  const others = record.objects.filter(({ created, kind }) => !created && kind !== 'Namespace')
  if (others.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `parts of ${record.manifest} were there before Coxswain applied it, and are not removed: ${inWords(others)}`,
    {
      hint: `remove them by hand with the manifest that they were made from, or record them as applied by Coxswain, with the manifest in cni_manifest: playbooks/cni.ts -e cni_take_over=true; nothing was changed`,
    },
  )
}

/** How many names an error has. */
const most = 10

/** @throws `task-failed` for pods that would be without a network. */
const refusePods = async (ctx: CheckContext, record: NetworkRecord): Promise<void> => {
  const pods = (await podsWithNetwork(ctx)).filter(({ isDns }) => !isDns)
  if (pods.length === 0) return
  const more = pods.length > most ? ` and ${pods.length - most} more` : ''
  throw new CoxswainError(
    'task-failed',
    `pods need the pod network ${record.manifest}: ${pods.slice(0, most).map(podText).join(', ')}${more}`,
    {
      hint: 'remove what runs there, or accept that these pods end and start again with the next network: -e cni_accept_pods=true; nothing was changed',
    },
  )
}

const notConfirmed = (record: NetworkRecord, there: readonly RecordedObject[]): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `the pod network ${record.manifest} is only removed if that is confirmed: ${inWords(there)}`,
    {
      hint: 'set confirm (the playbook: -e cni_remove=true), or set cni_manifest to what it was; nothing was changed',
    },
  )

/** Removes a namespace unless others have something in it. */
const removeNamespace = async (ctx: ApplyContext, one: RecordedObject): Promise<void> => {
  const kinds = 'pods,services,deployments,daemonsets,statefulsets,jobs,persistentvolumeclaims'
  const found = await kubectl(ctx, ['-n', one.name, 'get', kinds, '-o', 'name']).lines()
  if (found.length === 0) return deleteObjects(ctx, [one])
  throw new CoxswainError('task-failed', `the namespace ${one.name} has other objects: ${found.join(', ')}`, {
    hint: 'move or delete them, and run again, which completes the removal',
  })
}

/** Removes the objects; the pods of DaemonSets have ended before anything that they use goes. */
const removeAll = async (ctx: ApplyContext, objects: readonly RecordedObject[]): Promise<void> => {
  const sets = objects.filter(({ kind }) => kind === 'DaemonSet')
  const pods = (await runningSets(ctx, sets)).flatMap((set) => set.pods.map(({ name }) => name))
  await deleteObjects(ctx, sets)
  const left = async (): Promise<string[]> => {
    const there = await kubectl(ctx, [
      'get',
      'pods',
      '--all-namespaces',
      '-o',
      'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}{"\\n"}{end}',
    ]).lines()
    return pods.filter((name) => there.includes(name)).map((name) => `the pod ${name} has not ended`)
  }
  await eventually(ctx, left, {
    seconds: 180,
    every: 1,
    hint: 'check the kubelets of their nodes: kubectl get pods -A -o wide; then run again',
  })
  await deleteObjects(
    ctx,
    objects.filter(({ kind }) => kind !== 'DaemonSet' && kind !== 'Namespace'),
  )
  for (const one of objects) if (one.kind === 'Namespace') await removeNamespace(ctx, one)
}

/**
 * Removes from a cluster what Coxswain has applied for its pod network, and did not exist before.
 *
 * What the network has left on the hosts is the subject of `cni-leftovers`; `cni-removed` ends the removal.
 */
export const cniRemove = defineTask({
  name: 'cni-remove',
  description:
    'Removes from a cluster what apply-cni has applied for its pod network, as the record in the cluster has it. A network that others installed is left as it is.',
  reads: 'the record of what was applied, its objects, and the pods that have an address of the pod network',
  example: { confirm: true },
  params,
  title: () => 'no pod network of Coxswain',

  async check(ctx, given: Params) {
    const record = await readRecord(ctx)
    if (record === undefined) return driftUnlessEmpty([])
    const there = await existingOf(ctx, ownOf(record))
    if (record.state !== 'removing') {
      if (!given.confirm) throw notConfirmed(record, there)
      refuseOthers(record)
      if (!given.acceptPods) await refusePods(ctx, record)
    }
    return driftUnlessEmpty([
      ...(record.state === 'removing' ? [] : [{ what: recordText, from: record.state, to: 'removing' }]),
      ...there.map((one) => ({ what: objectText(one), from: 'present', to: 'removed' })),
    ])
  },

  async apply(ctx) {
    const record = await readRecord(ctx)
    if (record === undefined) return
    await writeRecord(ctx, { ...record, state: 'removing' })
    await removeAll(ctx, await existingOf(ctx, ownOf(record)))
    for (const other of await podNetworksOf(ctx)) ctx.log(`left as it is: ${other}`)
  },
})
