import { defineTask, drift, duration, flag, ok, pending, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { adminConf } from './kubeadm/paths.ts'
import { applyManifest, deleteObjects, differencesOf, existingOf } from './networks/applied-manifest.ts'
import type { Differences } from './networks/applied-manifest.ts'
import { heldBack } from './networks/held-back.ts'
import { filesIn, objectText, objectsIn } from './networks/manifest-objects.ts'
import { runningSets } from './networks/network-pods.ts'
import type { RunningSet } from './networks/network-pods.ts'
import { networksOfManifest, refuseOtherNetwork } from './networks/other-network.ts'
import { droppedObjects, isTakenOver, recordedObjects } from './networks/ownership.ts'
import { missingOf, refuseNodes, refuseRemoval } from './networks/pod-network-state.ts'
import { readRecord, recordText, writeRecord } from './networks/record.ts'
import type { NetworkRecord } from './networks/record.ts'
import { rollOut } from './networks/roll-out.ts'
import { daemonSets, manifestFault, podNetwork, podNetworkManifest } from './pod-networks.ts'
import { testImage } from './smoke/test-image.ts'

const params = () =>
  podNetwork()
    .extend({
      nodes: z
        .string()
        .optional()
        .describe(
          'more nodes, as a host pattern, which must not have a network of their own before the manifest is applied for the first time; this host must not in any case',
        ),
      takeOver: flag()
        .default(false)
        .describe(
          'record objects that were there before as applied by Coxswain, so that an upgrade or a removal can remove them',
        ),
      testImage: testImage()
        .unwrap()
        .optional()
        .describe(
          'an image with busybox, its httpd and wget included, for pods that try the network before a change and after each node; by default, only the pods of the network and the nodes are looked at',
        ),
      timeout: duration({ zero: true })
        .default(300)
        .describe('seconds to wait for DaemonSets and nodes, in a rollout for each node'),
      steady: duration({ zero: true })
        .default(5)
        .describe('seconds for which new pods must be ready in a rollout before the next node follows'),
    })
    .superRefine((given, context) => {
      const fault = manifestFault(given)
      if (fault !== undefined) context.addIssue({ code: 'custom', path: ['sha256'], message: fault })
    })
type Params = z.output<ReturnType<typeof params>>

const textOf = (ctx: CheckContext, { manifest, podCidr, version, sha256, mtu }: Params): Promise<string> =>
  ctx.fact(podNetworkManifest({ manifest, podCidr, version, sha256, mtu }))

/** This host, and those of a pattern. */
const hostsWith = async (ctx: CheckContext, pattern: string | undefined): Promise<CheckContext[]> => {
  const names = pattern === undefined ? [] : await ctx.hostsOf(pattern)
  const others = names.filter((name) => name !== ctx.host.name)
  return [ctx, ...(await Promise.all(others.map((name) => ctx.on(name))))]
}

/** What a manifest and the cluster differ in, as changes. */
const changesOf = ({ any, objects }: Differences, what: string): Change[] => {
  if (!any) return []
  if (objects.length === 0) return [{ what, from: undefined, to: 'applied' }]
  return objects.map((object) => ({ what: object, from: 'not as in the manifest', to: 'applied' }))
}

/** What pods of a network read when they start: they must be started again when it changes. */
const isConfiguration = (object: string): boolean => /^(ConfigMap|Secret) /.test(object)

/** Pods that must be started again although their DaemonSet could be the same. */
const outdatedBy = ({ any, objects }: Differences, running: readonly RunningSet[]): string[] => {
  // without names, any of them can differ
  const isChanged = any && (objects.length === 0 || objects.some(isConfiguration))
  return isChanged ? running.flatMap(({ pods }) => pods.map(({ name }) => name)) : []
}

/** Removes what the former manifest had and this one lacks, and names what stays. */
const removeDropped = async (ctx: ApplyContext, record: NetworkRecord, text: string): Promise<void> => {
  const { removed, left } = droppedObjects(record, objectsIn(text))
  const [there, staying] = await Promise.all([existingOf(ctx, removed), existingOf(ctx, left)])
  for (const one of staying)
    ctx.log(
      `the manifest lacks ${objectText(one)}, which stays: it was there before, or can have objects of others`,
    )
  for (const one of there) ctx.log(`the manifest lacks ${objectText(one)}, which is removed`)
  await deleteObjects(ctx, there)
}

/**
 * Applies the manifest of a pod network, and waits until its DaemonSets run and the nodes have a network.
 *
 * A network that is there already is changed one node after the other: the pods of a node are replaced, and the next one follows when
 * they work. The cluster keeps a record of what was applied and did not exist before; only that is removed where a later manifest lacks it.
 */
export const applyCni = defineTask({
  name: 'apply-cni',
  description:
    'Applies the manifest of a pod network, with the pod CIDR inserted, and waits for its DaemonSets and for the nodes. A network that runs is changed one node at a time. The cluster keeps a record of what was applied.',
  reads:
    'kubectl diff of the manifest, the record of what was applied, the DaemonSets of other pod networks, the nodes, and /etc/cni/net.d on this host and the other nodes',
  example: { manifest: 'flannel', podCidr: '10.244.0.0/16' },
  params,
  title: ({ manifest }) => `pod network ${manifest.split('/').at(-1) ?? manifest}`,
  sends: ({ manifest }) => [manifest],
  until: ({ timeout }) => ({ timeout, every: 1 }),

  async check(ctx, given) {
    const text = await textOf(ctx, given)
    const what = `pod network ${given.manifest}`
    if (!(await ctx.remote.exists(adminConf))) return drift({ what, to: 'applied' })
    const [differences, record] = await Promise.all([differencesOf(ctx, text), readRecord(ctx)])
    refuseRemoval(record)
    const objects = objectsIn(text)
    const removed = await existingOf(ctx, droppedObjects(record, objects).removed)
    const changes = [
      ...changesOf(differences, what),
      ...removed.map((one) => ({ what: objectText(one), from: 'present', to: 'removed' })),
    ]
    const isInterrupted = record?.state === 'applying' && changes.length === 0
    if (changes.length > 0 || isInterrupted) {
      await refuseOtherNetwork(ctx, () => hostsWith(ctx, given.nodes), given.manifest, text)
      const isRunning = (await runningSets(ctx, daemonSets(text))).length > 0
      await refuseNodes(ctx, { text, podCidr: given.podCidr, isRunning })
    }
    if (isInterrupted) changes.push({ what, from: 'interrupted', to: 'complete' })
    if (given.takeOver && !isTakenOver(objects, record))
      changes.push({ what: recordText, from: undefined, to: 'has the objects of the manifest' })
    if (changes.length > 0) return drift(...changes)
    const lacking = await missingOf(ctx, text)
    return lacking.length === 0 ? ok() : pending(lacking.join(', '))
  },

  async apply(ctx, given) {
    const text = await textOf(ctx, given)
    const [objects, sets] = [objectsIn(text), daemonSets(text)]
    const [former, existing, running] = await Promise.all([
      readRecord(ctx),
      existingOf(ctx, objects),
      runningSets(ctx, sets),
    ])
    const differences = running.length === 0 ? { any: true, objects: [] } : await differencesOf(ctx, text)
    const record: NetworkRecord = {
      state: 'applying',
      manifest: given.manifest,
      version: given.version,
      files: [...new Set([...filesIn(text), ...(former?.files ?? [])])],
      networks: [...new Set([...networksOfManifest(text), ...(former?.networks ?? [])])],
      objects: recordedObjects(objects, { record: former, existing, takeOver: given.takeOver }),
      outdated: [...new Set([...(former?.outdated ?? []), ...outdatedBy(differences, running)])],
    }
    const goesOn = former?.state === 'applying'
    if (running.length === 0 || !(differences.any || goesOn)) await writeRecord(ctx, record)
    else
      await rollOut(ctx, { sets, goesOn, ...given, outdated: record.outdated }, async () => {
        await writeRecord(ctx, record)
        await applyManifest(ctx, heldBack(text))
      })
    await applyManifest(ctx, text)
    await removeDropped(ctx, record, text)
    const own = recordedObjects(objects, { record, existing, takeOver: given.takeOver })
    await writeRecord(ctx, {
      ...record,
      state: 'applied',
      objects: own.slice(0, objects.length),
      outdated: [],
    })
  },
})
