import { isDeepStrictEqual } from 'node:util'
import { CoxswainError, Secret, defineTask, driftUnlessEmpty, words, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { isSameValue } from '../network/addresses/same-value.ts'
import { completed, moveParams, movedReferences, readMove, serverOf } from './endpoint/move.ts'
import type { Asking } from './endpoint/move.ts'
import { contextOf, requireRecords } from './endpoint/records.ts'
import { endpointsIn, isOneOf, isSameEndpoint, withEndpoint } from './endpoint/servers.ts'
import { clusterInfoKubeconfig, putClusterInfo } from './kubeadm/cluster-info.ts'
import { adminConf } from './kubeadm/paths.ts'
import { editYaml, readYaml } from './kubeadm/yaml.ts'
import { getRaw } from './reconfigure/kube-proxy.ts'

/** What is in kubeadm-config, and what is to be there. Pure. */
export interface ConfigEdit {
  readonly text: string
  readonly changes: readonly Change[]
}

/** The parts of ClusterConfiguration that are edited. */
const configSchema = z.looseObject({
  kind: z.literal('ClusterConfiguration'),
  controlPlaneEndpoint: z.string().default(''),
  apiServer: z.looseObject({ certSANs: z.array(z.string()).nullish() }).nullish(),
})

/** An endpoint as YAML, in which a bracket begins a list. */
const scalar = (endpoint: string): string => (endpoint.startsWith('[') ? `'${endpoint}'` : endpoint)

/** Names that certificates of API servers get, and those that they do not have any more. */
interface Names {
  readonly names: readonly string[]
  readonly without: readonly string[]
}

/**
 * The configuration of a cluster with another endpoint and with other names. Names that are in neither list stay.
 *
 * @param port the port of an endpoint that does not have one there.
 */
export const editedConfig = (
  text: string,
  { to, port }: Pick<Asking, 'to' | 'port'>,
  { names, without }: Names,
): ConfigEdit => {
  const found = readYaml(text, 'kubeadm-config').flatMap((one) => configSchema.safeParse(one).data ?? [])
  const [document] = found
  if (document === undefined) return { text, changes: [] }
  const there = document.apiServer?.certSANs ?? []
  const has = (list: readonly string[], name: string): boolean => list.some((one) => isSameValue(one, name))
  const wanted = [
    ...there.filter((name) => !has(without, name)),
    ...names.filter((name) => !has(there, name)),
  ]
  const moves = !isSameEndpoint(completed(document.controlPlaneEndpoint, port), to)
  const renames = !isDeepStrictEqual(there, wanted)
  const changes: Change[] = [
    ...(moves
      ? [{ what: 'controlPlaneEndpoint in kubeadm-config', from: document.controlPlaneEndpoint, to }]
      : []),
    ...(renames
      ? [{ what: 'apiServer.certSANs in kubeadm-config', from: there.join(', '), to: wanted.join(', ') }]
      : []),
  ]
  const moved = moves
    ? text.replace(/^controlPlaneEndpoint:.*$/m, () => `controlPlaneEndpoint: ${scalar(to)}`)
    : text
  const rename = (one: Parameters<Parameters<typeof editYaml>[1]>[0]): void => {
    if (one.get('kind') === 'ClusterConfiguration') one.setIn(['apiServer', 'certSANs'], wanted)
  }
  return { text: renames ? editYaml(moved, rename) : moved, changes }
}

const configMapSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  data: z.looseObject({ ClusterConfiguration: z.string() }),
})

/** The ConfigMap kubeadm-config as the API server keeps it. */
const readConfig = async (ctx: CheckContext, server: string): Promise<z.output<typeof configMapSchema>> => {
  const path = '/api/v1/namespaces/kube-system/configmaps/kubeadm-config'
  const found = await getRaw(ctx, path, server, configMapSchema)
  if (found !== undefined) return found
  throw new CoxswainError('task-failed', `the cluster of ${ctx.host.name} does not have kubeadm-config`, {
    hint: `check it: kubectl --server ${server} -n kube-system get configmap kubeadm-config; then run again`,
  })
}

/** Replaces kubeadm-config if it was not changed since it was read. It is not an argument: it can have secrets. */
const putConfig = async (
  { remote }: ApplyContext,
  server: string,
  there: z.output<typeof configMapSchema>,
  text: string,
): Promise<void> => {
  const stdin = JSON.stringify({ ...there, data: { ...there.data, ClusterConfiguration: text } })
  const access = ['--kubeconfig', adminConf, '--request-timeout=15s', '--server', server]
  await remote.run({
    stdin: new Secret(stdin),
    timeout: 40,
    label: 'replace the ConfigMap kubeadm-config',
  })`kubectl ${access} replace -f /dev/stdin`
}

/** What both ConfigMaps have and are to have. */
const readEdits = async (ctx: CheckContext, given: Asking & Names) => {
  const server = serverOf(ctx, given)
  const [move, there, info, on] = await Promise.all([
    readMove(ctx, given),
    readConfig(ctx, server),
    clusterInfoKubeconfig(ctx, server),
    Promise.all(given.masters.map(({ name }) => contextOf(ctx, name))),
  ])
  await requireRecords(on, move)
  const wrong = endpointsIn(info ?? '').filter((one) => isOneOf(one, move.from))
  // another name is not a reason by itself: reconfigure writes those
  const names = move.from.length === 0 ? [] : given.names
  const config = editedConfig(there.data.ClusterConfiguration, given, { names, without: given.without })
  return { move, server, there, info, wrong, config }
}

/** Lets nodes that join, and kubeadm, use another endpoint. */
export const endpointRecords = defineTask({
  name: 'endpoint-records',
  description:
    'Writes another endpoint into the ConfigMaps kubeadm-config and cluster-info, from which kubeadm and nodes that join have it. Nothing else in them changes.',
  reads: 'both ConfigMaps, and the record of the move',
  example: { to: 'api.example.org:6443', masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params: () =>
    z.object({
      ...moveParams(),
      names: words()
        .default([])
        .describe('names that the certificates of API servers have beside that of the endpoint'),
      without: words().default([]).describe('names that they do not have any more'),
    }),
  title: ({ to }) => `nodes that join use ${to}`,
  makes: () => [movedReferences],

  async check(ctx, given) {
    const { move, wrong, config } = await readEdits(ctx, given)
    return driftUnlessEmpty([
      ...config.changes,
      ...wrong.map((from) => ({ what: 'server in the ConfigMap cluster-info', from, to: move.to })),
    ])
  },

  async apply(ctx, given) {
    const { move, server, there, info, wrong, config } = await readEdits(ctx, given)
    // before kubeadm-config: a run that ends in between finds the former endpoint there, and its record
    if (wrong.length > 0 && info !== undefined) await putClusterInfo(ctx, server, withEndpoint(info, move))
    if (config.changes.length > 0) await putConfig(ctx, server, there, config.text)
  },
})
