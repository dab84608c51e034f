/** Reads the state of a cluster, in a few round trips for each host. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { memberStatus } from '../etcd/status.ts'
import { keptConfig } from '../kubeadm/cluster-config.ts'
import type { Difference } from '../kubeadm/cluster-differences.ts'
import { ownServer } from '../kubeadm/kubectl.ts'
import type { HostConfig, Master } from '../kubeadm/settings.ts'
import { factsOf } from '../kubeadm/versions.ts'
import { differencesFrom } from '../config/rendered.ts'
import { asked, notKnown, valueOf } from './known.ts'
import type { Known } from './known.ts'
import { readNodes, readReadiness } from './read-api.ts'
import { readBalancer } from './read-balancer.ts'
import { readEtcd } from './read-etcd.ts'
import { readHost } from './read-host.ts'
import type { ClusterState, MasterView } from './types.ts'

/** Which cluster to read. */
export interface ClusterQuery {
  /** The control-plane nodes; their names are those of the inventory. */
  readonly masters: readonly Master[]
  /** Hosts of the inventory with a load balancer. */
  readonly loadBalancers: readonly string[]
  /** What the inventory says of the cluster. */
  readonly configuration: HostConfig
}

/** A control-plane node, and a way to ask it. */
interface Place {
  readonly view: Omit<MasterView, 'api'>
  readonly server: string
  readonly ctx: CheckContext | undefined
}

const readMaster = async (ctx: CheckContext, { name, address }: Master, port: number): Promise<Place> => {
  const place = await asked(async () => (name === ctx.host.name ? ctx : ctx.on(name)))
  const server = ownServer(address, port)
  if (!place.known) return { view: { name, address, host: place, etcd: place }, server, ctx: undefined }
  const [host, etcd] = await Promise.all([
    asked(() => readHost(place.value)),
    asked(() => memberStatus(place.value)),
  ])
  return { view: { name, address, host, etcd }, server, ctx: place.value }
}

const differences = async (
  ctx: CheckContext,
  server: string,
  configuration: HostConfig,
): Promise<readonly Difference[]> => {
  const kept = await keptConfig(ctx, server)
  if (kept === undefined)
    throw new CoxswainError('task-failed', 'the ConfigMap kubeadm-config cannot be read')
  return differencesFrom(kept, configuration)
}

/** What is asked of hosts whose API server is ready: the first that answers counts. */
const readThrough = async (
  places: readonly { readonly ctx: CheckContext; readonly server: string }[],
  configuration: HostConfig,
  otherwise: string,
): Promise<Pick<ClusterState, 'nodes' | 'differences'>> => {
  let found: Pick<ClusterState, 'nodes' | 'differences'> = {
    nodes: notKnown(otherwise),
    differences: notKnown(otherwise),
  }
  for (const { ctx, server } of places) {
    const [nodes, differs] = await Promise.all([
      asked(() => readNodes(ctx, server)),
      asked(() => differences(ctx, server, configuration)),
    ])
    found = { nodes, differences: differs }
    if (nodes.known && differs.known) break
  }
  return found
}

/**
 * Reads the state of a cluster. It changes nothing, and needs neither crictl, etcdctl nor docker on the hosts.
 *
 * @param ctx a control-plane node: it asks the API servers. The others are asked about themselves.
 */
export const readCluster = async (
  ctx: CheckContext,
  { masters, loadBalancers, configuration }: ClusterQuery,
): Promise<ClusterState> => {
  const { controlPlaneEndpoint, kubernetesVersion, bindPort } = configuration.cluster
  const path = factsOf(kubernetesVersion).readyPath
  const endpoint = `https://${controlPlaneEndpoint}`
  const port = Number(controlPlaneEndpoint.replace(/^.*:/, ''))
  const urlOf = (server: string): string => `${server}${path}`
  const servers = masters.map(({ address }) => ownServer(address, bindPort))
  const [places, answers, balancers] = await Promise.all([
    Promise.all(masters.map((master) => readMaster(ctx, master, bindPort))),
    asked(() => readReadiness(ctx, [...servers, endpoint].map(urlOf))),
    Promise.all(loadBalancers.map((name) => readBalancer(name, ctx.on, { port, path }))),
  ])
  const readyAt = (server: string): MasterView['api'] =>
    answers.known ? (answers.value.get(urlOf(server)) ?? notKnown('there is no answer')) : answers
  const reachable = places.flatMap((place) => (place.ctx === undefined ? [] : [{ ...place, ctx: place.ctx }]))
  const ready = reachable.filter(({ server }) => valueOf(readyAt(server))?.state === 'ready')
  const unknown = servers.map(readyAt).find((answer) => !answer.known)
  const otherwise = unknown?.known === false ? unknown.why : 'no API server is ready'
  // those first whose own member responds
  const byEtcd = reachable.toSorted((one, other) => etcdRank(one.view.etcd) - etcdRank(other.view.etcd))
  const [etcd, through] = await Promise.all([
    asked(() => readEtcd(byEtcd.map((place) => place.ctx))),
    readThrough(ready, configuration, otherwise),
  ])
  return {
    masters: places.map(({ view, server }) => ({ ...view, api: readyAt(server) })),
    etcd,
    endpoint: readyAt(endpoint),
    loadBalancers: balancers,
    ...through,
  }
}

const etcdRank = (etcd: Known<unknown>): number => (etcd.known && etcd.value !== undefined ? 0 : 1)
