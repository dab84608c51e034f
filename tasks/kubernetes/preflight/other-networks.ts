/** Pod networks on a host that are not the one that the inventory wants. */
import { hostSelector, isCoxswainError } from '../../../engine/index.ts'
import type { CheckContext, z } from '../../../engine/index.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { otherNetworkOf } from '../networks/other-network.ts'
import {
  ofCluster,
  ofManifest,
  readRemains,
  remainsInWords,
  remainsOfOthers,
  removal,
} from '../networks/remains.ts'
import type { OwnNetwork } from '../networks/remains.ts'
import { isNode } from '../nodes/worker.ts'
import { podNetwork, podNetworkManifest } from '../pod-networks.ts'

/** The parameters of the network that is wanted. */
export const wantedNetworkSchema = () =>
  podNetwork().extend({
    via: hostSelector().describe('a control-plane node, whose cluster says it if there is no manifest'),
    manifest: podNetwork().shape.manifest.optional().describe('its manifest; by default that of the cluster'),
  })
/** The network that is wanted. */
export type WantedNetwork = z.output<ReturnType<typeof wantedNetworkSchema>>

/** Another network than the wanted one. */
export interface OtherNetworks {
  /** What there is of others, in words. */
  readonly found: readonly string[]
  /** What to do with it. */
  readonly cure: string
  /** Why it is not known; undefined if it is. */
  readonly notKnown?: string
}
/** Nothing of other networks. */
export const noOtherNetworks: OtherNetworks = { found: [], cure: '' }

const keep =
  'set cni_manifest to none to keep that network, or to the path of the manifest that it was made from'

/** What a host that is to join has of other networks. */
const left = async (
  ctx: CheckContext,
  own: () => Promise<OwnNetwork | undefined>,
): Promise<OtherNetworks> => {
  const there = await readRemains(ctx)
  const wanted = there.files.length + there.devices.length === 0 ? undefined : await own()
  if (wanted === undefined) return noOtherNetworks
  const others = remainsOfOthers(there, wanted)
  return { found: remainsInWords(others), cure: `if a former cluster has left it: ${removal(others)}` }
}

const read = async (ctx: CheckContext, { via, ...given }: WantedNetwork): Promise<OtherNetworks> => {
  const { manifest } = given
  const textOf = (name: string): Promise<string> => ctx.fact(podNetworkManifest({ ...given, manifest: name }))
  if (!(await isNode(ctx)))
    return left(ctx, async () =>
      manifest === undefined ? ofCluster(await ctx.on(via)) : ofManifest(manifest, await textOf(manifest)),
    )
  if (manifest === undefined || !(await ctx.remote.exists(adminConf))) return noOtherNetworks
  const text = await textOf(manifest)
  const { found, isApplied } = await otherNetworkOf(ctx, text)
  if (found !== undefined) return { found: [found], cure: keep }
  // from its first application on, the network writes its own files
  if (isApplied) return noOtherNetworks
  const { files } = remainsOfOthers(await readRemains(ctx), ofManifest(manifest, text))
  return { found: files, cure: keep }
}

/** Reads what a host, or the cluster that it belongs to, has of other pod networks. */
export const readOtherNetworks = async (
  ctx: CheckContext,
  wanted: WantedNetwork | undefined,
): Promise<OtherNetworks> => {
  if (wanted === undefined) return noOtherNetworks
  try {
    return await read(ctx, wanted)
  } catch (error) {
    if (!isCoxswainError(error)) throw error
    return { ...noOtherNetworks, notKnown: error.message, cure: error.hint ?? 'correct cni_manifest' }
  }
}
