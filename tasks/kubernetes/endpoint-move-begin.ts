import { CoxswainError, defineTask, driftUnlessEmpty, ok, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { contains, networksOf } from '../network/addresses/networks.ts'
import { readNodes } from './cluster-state/read-api.ts'
import { moveParams, moveRecord, readMove, recordText, recordedMove, serverOf } from './endpoint/move.ts'
import type { Move } from './endpoint/move.ts'
import { allRecords } from './endpoint/records.ts'
import { isOneOf } from './endpoint/servers.ts'
import { apiNamesOf, missingApiNames, presentApiNames } from './kubeadm/certificates.ts'
import { defaultServiceSubnet } from './kubeadm/network-rules.ts'
import { endpointMovePath, pki } from './kubeadm/paths.ts'
import { hostOf } from './kubeadm/settings.ts'
import { knownVersion, minorOf } from './kubeadm/versions.ts'

const params = () =>
  z
    .object({
      ...moveParams(),
      version: z.string().describe('the Kubernetes version of the cluster, such as v1.37.2'),
      allowUnknownVersion: z
        .boolean()
        .default(false)
        .describe('accept a version newer than the newest known one'),
      names: words().describe('names and addresses that the certificates of the API servers get'),
      without: words().default([]).describe('names that they do not have any more'),
      serviceSubnet: z
        .string()
        .default(defaultServiceSubnet)
        .describe('the network of the services, whose first address kubeadm puts into the certificates'),
      workers: words().default([]).describe('the other nodes that are moved'),
    })
    .superRefine(knownVersion('version'))
type Params = z.output<ReturnType<typeof params>>

/** The oldest minor release whose clusters are moved: its kubectl can ask for a certificate of another name. */
const oldest = 20

const refuse = (message: string, hint: string): CoxswainError =>
  new CoxswainError('task-failed', message, { hint: `${hint}; nothing was changed` })

/** @throws `task-failed` if clients of an endpoint that is left would no longer be served. */
const requireNames = ({ from, to }: Move, names: readonly string[]): void => {
  const lacking = [...new Set(from.map(hostOf))].filter((host) => !isOneOf(host, names))
  if (lacking.length === 0) return
  throw refuse(
    `the certificates of the API servers would not name ${lacking.join(', ')}, which is still in use until everything has moved to ${to}`,
    `add ${lacking.join(' and ')} to cert_sans, and remove it there when nothing uses it any more`,
  )
}

/** Whether kubeadm puts a name into the certificate of each API server by itself. */
const isOwnName = (name: string, { host }: CheckContext, { serviceSubnet }: Params): boolean =>
  /^kubernetes(\.default(\.svc(\..+)?)?)?$/.test(name) ||
  name === host.name ||
  networksOf(serviceSubnet).some((one) => one !== undefined && contains(one, name))

/**
 * Checks that a certificate that is made again has all that the present one has.
 *
 * @throws `task-failed` if clients would be refused that use one of its names, or it cannot be made.
 */
const requireCertificate = async (ctx: CheckContext, given: Params): Promise<void> => {
  const { host } = ctx
  const address = given.masters.find(({ name }) => name === host.name)?.address ?? host.address
  const [present, lacking, excess] = await Promise.all([
    apiNamesOf(ctx),
    missingApiNames(ctx, { address, apiNames: given.names }),
    presentApiNames(ctx, given.without),
  ])
  if (lacking.length === 0 && excess.length === 0) return
  if (!(await ctx.remote.exists(`${pki}/ca.key`)))
    throw refuse(
      `the certificate of the API server of ${host.name} must be made again, for other names, and ${pki}/ca.key does not exist`,
      'let the authority, which is kept elsewhere, sign certificates with these names first',
    )
  const lost = present.filter(
    (name) => !isOneOf(name, [address, ...given.names, ...given.without]) && !isOwnName(name, ctx, given),
  )
  if (lost.length === 0) return
  throw refuse(
    `the certificate of the API server of ${host.name} is made again, and would lose ${lost.join(', ')}: clients that use it would be refused`,
    `add ${lost.join(' and ')} to cert_sans, or to remove_api_names if nothing uses it`,
  )
}

/** @throws `task-failed` for nodes that would keep the former endpoint. */
const requireAllNodes = async (ctx: CheckContext, given: Params): Promise<void> => {
  const ours = new Set([...given.masters.map(({ name }) => name), ...given.workers])
  const others = (await readNodes(ctx, serverOf(ctx, given))).flatMap(({ name }) =>
    ours.has(name) ? [] : [name],
  )
  if (others.length === 0) return
  throw refuse(
    `${others.join(', ')} would keep the former endpoint: not in the groups masters and workers of the inventory`,
    `add ${others.join(' and ')} to workers, or remove what does not come back: kubectl delete node ${others.join(' ')}`,
  )
}

/**
 * The move, what is recorded on this node, and what is on all of them: an interrupted run can have left a record on some. What the user has
 * given is not recorded: each run is given it.
 */
const readState = async (ctx: CheckContext, given: Params) => {
  const all = await allRecords(ctx, given)
  const [move, recorded] = await Promise.all([
    readMove(ctx, { ...given, former: [] }, all),
    recordedMove(ctx),
  ])
  return { move, recorded, all }
}

/** Records that a cluster is moved to another endpoint, on each control-plane node before anything is changed. */
export const endpointMoveBegin = defineTask({
  name: 'endpoint-move-begin',
  description:
    'Records on a control-plane node that the cluster is moved to another endpoint, so that an interrupted move is continued and other playbooks wait. It refuses what could not be completed.',
  reads:
    'earlier records on all control-plane nodes, the ConfigMap kubeadm-config (and cluster-info), the nodes of the cluster, and the certificate of the API server',
  example: {
    to: 'api.example.org:6443',
    masters: [{ name: 'm1', address: '10.0.0.11' }],
    version: 'v1.37.2',
    names: ['api.example.org', '10.0.0.10'],
  },
  params,
  title: ({ to }) => `the cluster is moved to ${to}`,
  makes: () => [moveRecord],

  async check(ctx, given) {
    if (minorOf(given.version) < oldest)
      throw refuse(
        `clusters before v1.${oldest} are not moved to another endpoint`,
        'upgrade first: playbooks/upgrade.ts',
      )
    await requireCertificate(ctx, given)
    const { move, recorded, all } = await readState(ctx, given)
    if (move.from.length === 0 && all.length === 0) return ok()
    requireNames({ ...move, from: [...move.from, ...given.former] }, given.names)
    await requireAllNodes(ctx, given)
    const [from, to] = [
      recorded === undefined ? undefined : recordText(recorded).trim(),
      recordText(move.record).trim(),
    ]
    return driftUnlessEmpty(from === to ? [] : [{ what: endpointMovePath, from, to }])
  },

  async apply(ctx, given) {
    const { move } = await readState(ctx, given)
    await ctx.remote.makeDirectory('/etc/coxswain')
    await ctx.remote.write(endpointMovePath, recordText(move.record), { mode: '0600' })
    ctx.log(`from ${move.from.join(', ')} to ${move.to}`)
  },
})
