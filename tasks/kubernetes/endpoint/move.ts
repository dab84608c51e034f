/** The move of a cluster to another endpoint: which endpoints it leaves, and the record of it on each master. */
import { CoxswainError, hostSelector, portNumber, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { addressOf, hostInUrl } from '../../network/addresses/addresses.ts'
import { jsonReader } from '../../shared/json-reader.ts'
import { keptConfig } from '../kubeadm/cluster-config.ts'
import { clusterInfoKubeconfig } from '../kubeadm/cluster-info.ts'
import { endpointSchema } from '../kubeadm/names.ts'
import { endpointMovePath } from '../kubeadm/paths.ts'
import { masterSchema } from '../kubeadm/settings.ts'
import { endpointsIn, isOneOf, isSameEndpoint } from './servers.ts'

/** The endpoints that a cluster leaves, and the one that it gets. */
export interface Move {
  readonly from: readonly string[]
  readonly to: string
}

const recordSchema = z.object({ from: z.array(endpointSchema), to: endpointSchema })

/** The name under which the record of a move is predicted under `--check`. */
export const moveRecord = 'the record of a move of the endpoint'

/** The name under which the present endpoint in files of a host, or in ConfigMaps, is predicted under `--check`. */
export const movedReferences = 'references to the present endpoint'

/** What is known of a move. */
export interface Known {
  /** What earlier runs have recorded. */
  readonly recorded: readonly Move[]
  /** The endpoint in kubeadm-config. */
  readonly living: string
  /** The endpoints in cluster-info, which is moved first. */
  readonly info: readonly string[]
  /** More endpoints that the cluster leaves. */
  readonly former: readonly string[]
  /** The endpoint that it gets. */
  readonly to: string
}

/**
 * Every endpoint to which something can refer: those that the cluster had since the move began, also if the user has chosen another one
 * meanwhile, or goes back. One that was recorded, and to which nothing was moved yet, such as a mistyped one, is not among them.
 */
export const endpointsOf = ({ recorded, living, info, former }: Known): string[] => {
  const begun = recorded.map((one) => one.to).filter((one) => isOneOf(one, [living, ...info]))
  const all = [...recorded.flatMap((one) => one.from), ...begun, living, ...former]
  return all.filter((one, at) => !isOneOf(one, all.slice(0, at)))
}

/** The move that is left to be made or proven. */
export const moveOf = (known: Known): Move => ({
  from: endpointsOf(known).filter((one) => !isSameEndpoint(one, known.to)),
  to: known.to,
})

/** The text of a record. */
export const recordText = ({ from, to }: Move): string => `${JSON.stringify({ from, to })}\n`

/** The move that is recorded on a control-plane node; undefined if none has begun, or it is complete. */
export const recordedMove = async ({ remote, host }: CheckContext): Promise<Move | undefined> => {
  const text = await remote.read(endpointMovePath)
  return text === undefined
    ? undefined
    : jsonReader(text, { name: endpointMovePath, of: host.name, code: 'task-failed' })(recordSchema)
}

/** The parameters that all tasks of a move have. */
export const moveParams = () => ({
  to: endpointSchema.describe('host:port that is the endpoint of the cluster from now on'),
  former: z
    .array(endpointSchema)
    .default([])
    .describe('more endpoints that the cluster leaves, beside the one in kubeadm-config'),
  masters: z.array(masterSchema).min(1).describe('the control-plane nodes'),
  port: portNumber().default(6443).describe('the port of the API servers'),
})

/** The same for a host that asks a control-plane node. */
export const hostMoveParams = () => ({
  ...moveParams(),
  via: hostSelector()
    .optional()
    .describe('a control-plane node that is ready; by default the host itself, which is one'),
})

/** Where a move is read. */
export interface Asking {
  readonly to: string
  readonly former: readonly string[]
  readonly masters: readonly { readonly name: string; readonly address: string }[]
  readonly port: number
}

/** The address and the port of the API server of a control-plane node itself; undefined for another host. */
export const ownEndpoint = (
  { host }: Pick<CheckContext, 'host'>,
  { masters, port }: Pick<Asking, 'masters' | 'port'>,
): string | undefined => {
  const own = masters.find(({ name }) => name === host.name)
  return own === undefined ? undefined : `${hostInUrl(own.address)}:${port}`
}

/**
 * The URL of the API server of a control-plane node itself.
 *
 * @throws `task-failed` for a host that is not one of the control-plane nodes.
 */
export const serverOf = (on: CheckContext, asking: Pick<Asking, 'masters' | 'port'>): string => {
  const own = ownEndpoint(on, asking)
  if (own !== undefined) return `https://${own}`
  throw new CoxswainError('task-failed', `${on.host.name} is not one of masters, so it cannot be asked`, {
    hint: 'set via to one of masters; nothing was changed',
  })
}

/** An endpoint as kubeadm reads it: without a port, it is that of the API servers. */
export const completed = (endpoint: string, port: number): string =>
  addressOf(endpoint) === undefined && /:\d+$/.test(endpoint) ? endpoint : `${hostInUrl(endpoint)}:${port}`

/**
 * The endpoint in kubeadm-config.
 *
 * @throws `task-failed` if the API server does not say it, or it is none.
 */
export const livingEndpoint = async (
  on: CheckContext,
  asking: Pick<Asking, 'masters' | 'port'>,
): Promise<string> => {
  const server = serverOf(on, asking)
  const found = (await keptConfig(on, server))?.['controlPlaneEndpoint']
  const read = endpointSchema.safeParse(
    typeof found === 'string' && found !== '' ? completed(found, asking.port) : undefined,
  )
  if (read.success) return read.data
  throw new CoxswainError('task-failed', `${on.host.name} does not say which endpoint the cluster has`, {
    hint: `check controlPlaneEndpoint: kubectl --server ${server} -n kube-system get configmap kubeadm-config -o yaml; a cluster that was made without it cannot be moved`,
  })
}

/** A move that is left to be made or proven. */
export interface OpenMove extends Move {
  /** Whether it needs a record: not where all that is left is what the user has given. */
  readonly isRecorded: boolean
  /** What is to be recorded: also the endpoint that the cluster gets, if it had that, because the user can choose another one next. */
  readonly record: Move
}

/**
 * The move that is left to be made or proven, as a control-plane node knows it.
 *
 * @param recorded what is recorded; by default on this node.
 * @throws `task-failed` if its API server does not say which endpoint the cluster has.
 */
export const readMove = async (
  on: CheckContext,
  asking: Asking,
  recorded?: readonly Move[],
): Promise<OpenMove> => {
  const [there, living] = await Promise.all([recorded ?? recordedMove(on), livingEndpoint(on, asking)])
  const records = there === undefined ? [] : [there].flat()
  const isOther = records.some((one) => !isOneOf(one.to, [asking.to, living]))
  const info = isOther ? endpointsIn((await clusterInfoKubeconfig(on, serverOf(on, asking))) ?? '') : []
  const known = { recorded: records, living, info, to: asking.to }
  const own = { ...known, former: [] }
  return {
    ...moveOf({ ...known, former: asking.former }),
    isRecorded: moveOf(own).from.length > 0,
    record: { from: endpointsOf(own), to: asking.to },
  }
}
