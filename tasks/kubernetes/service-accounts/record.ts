/** What the replacement of the service account key has left on a host. Everything is read from files of the hosts. */
import { dirname } from 'node:path/posix'
import { CoxswainError, Secret, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { manifest, movedManifests, pki, restartsPath, serviceAccountRecord } from '../kubeadm/paths.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import { ownServer } from '../kubeadm/kubectl.ts'
import type { Master } from '../kubeadm/settings.ts'
import { externalIn, requireUsualFiles } from './arguments.ts'
import { keyId, publicKeysIn, publicOf, publicText } from './keys.ts'
import type { PublicKey } from './keys.ts'
import { hasLoaded } from './loaded.ts'
import { stageOf, stages } from './stages.ts'
import type { MasterStage, Pair, Stage } from './stages.ts'

/** The files that kubeadm gives to API servers and controller managers. */
export const publicPath = `${pki}/sa.pub`
/** The file of the key that signs. */
export const privatePath = `${pki}/sa.key`

/** A replacement that has begun. */
export interface KeyRecord extends Pair {
  /** When the new key was made. */
  readonly made: Date
  /** The new private key. */
  readonly key: string
  /** The text of sa.pub from before. */
  readonly formerPublic: string
  /** The text of sa.key from before: the only copy on a control plane of one node, until the end. */
  readonly formerKey: string
  /** Until when tokens of the former keys stay accepted; undefined if they do not have to. */
  readonly acceptUntil: Date | undefined
}

const recordSchema = z.strictObject({
  made: z.iso.datetime(),
  key: z.string().max(20_000),
  formerPublic: z.string().max(100_000),
  formerKey: z.string().max(20_000),
  acceptUntil: z.iso.datetime().nullable().default(null),
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const idOfPrivate = (text: string): string | undefined => {
  const key = publicOf(text)
  return key === undefined ? undefined : keyId(key)
}

const recordIn = (text: string, host: string): KeyRecord => {
  const { data } = recordSchema.safeParse(parsed(text))
  const next = idOfPrivate(data?.key ?? '')
  const signer = idOfPrivate(data?.formerKey ?? '')
  const accepted = publicKeysIn(data?.formerPublic ?? '')?.map(({ id }) => id)
  if (data === undefined || next === undefined || signer === undefined || accepted === undefined)
    throw new CoxswainError('task-failed', `${serviceAccountRecord} on ${host} cannot be read`, {
      hint: 'copy it from another control-plane node that has it; without it on any of them, complete the replacement by hand',
    })
  const { made, acceptUntil } = data
  return {
    ...data,
    made: new Date(made),
    acceptUntil: acceptUntil === null ? undefined : new Date(acceptUntil),
    former: { accepted, signer },
    next,
  }
}

/** Writes the record of a replacement on a host, for root only. */
export const writeRecord = async (
  { remote }: ApplyContext,
  { made, key, formerPublic, formerKey, acceptUntil }: Omit<KeyRecord, keyof Pair>,
): Promise<void> => {
  await remote.makeDirectory('/etc/coxswain')
  await remote.makeDirectory(dirname(serviceAccountRecord), { mode: '0700', owner: 'root', group: 'root' })
  const text = `${JSON.stringify({ made: made.toISOString(), key, formerPublic, formerKey, acceptUntil: acceptUntil?.toISOString() ?? null })}\n`
  await remote.write(serviceAccountRecord, new Secret(text), { mode: '0600', owner: 'root', group: 'root' })
}

/** What a control-plane node has. */
export interface MasterKeys {
  readonly name: string
  /** The keys whose tokens are accepted. */
  readonly accepted: readonly PublicKey[]
  readonly publicText: string
  /** The name of the key that signs. */
  readonly signer: string
  readonly privateText: string
  /** The replacement that has begun there. */
  readonly record: KeyRecord | undefined
  /** Whether its API server might not have read its files yet. */
  readonly pending: boolean
  /** Whether its controller manager must be restarted. */
  readonly controllerPending: boolean
  /** The argument by which tokens may be verified outside of the cluster. */
  readonly external: string | undefined
}

const fail = (message: string, hint: string): never => {
  throw new CoxswainError('task-failed', message, { hint: `${hint}; nothing was changed` })
}

/**
 * Reads what a control-plane node has.
 *
 * @throws `task-failed` for a host that is not a control-plane node, for one whose programs read other files, and for files that cannot be read.
 */
export const readMaster = async (ctx: CheckContext): Promise<MasterKeys> => {
  const { remote, host } = ctx
  const [apiServer, controllers, restarts, apiMoved, controllersMoved, recorded, publics, key] =
    await Promise.all([
      manifestText(ctx, 'kube-apiserver'),
      manifestText(ctx, 'kube-controller-manager'),
      remote.read(restartsPath),
      remote.exists(`${movedManifests}/kube-apiserver.yaml`),
      remote.exists(`${movedManifests}/kube-controller-manager.yaml`),
      remote.read(serviceAccountRecord),
      remote.read(publicPath),
      remote.read(privatePath),
    ])
  if (apiServer === undefined || controllers === undefined)
    return fail(
      `${host.name} does not have ${manifest(apiServer === undefined ? 'kube-apiserver' : 'kube-controller-manager')}`,
      'all hosts of the group masters must be control-plane nodes: run ha-masters first, or take the host out of the group',
    )
  requireUsualFiles({ apiServer, controllers }, host.name)
  const accepted = publicKeysIn(publics ?? '')
  const signer = idOfPrivate(key ?? '')
  if (accepted === undefined || publics === undefined)
    return fail(
      `${publicPath} on ${host.name} ${publics === undefined ? 'does not exist' : 'does not have public keys alone'}`,
      'compare it with the other control-plane nodes',
    )
  if (signer === undefined || key === undefined)
    return fail(
      `${privatePath} on ${host.name} ${key === undefined ? 'does not exist' : 'is not a private key of RSA or of an elliptic curve'}`,
      'compare it with the other control-plane nodes',
    )
  const listed = (restarts ?? '').split('\n')
  return {
    name: host.name,
    accepted,
    publicText: publics,
    signer,
    privateText: key,
    record: recorded === undefined ? undefined : recordIn(recorded, host.name),
    pending: apiMoved || listed.includes('kube-apiserver'),
    external: externalIn(apiServer),
    controllerPending: controllersMoved || listed.includes('kube-controller-manager'),
  }
}

/** The context of a host. */
export const onHost = async (ctx: CheckContext, name: string): Promise<CheckContext> =>
  name === ctx.host.name ? ctx : ctx.on(name)

/** The control-plane nodes of a cluster, and the port of their API servers. */
export interface Plane {
  readonly masters: readonly Master[]
  readonly port: number
}

/** The API server of a host. */
export const serverOn = ({ host }: CheckContext, { masters, port }: Plane): string =>
  ownServer(masters.find(({ name }) => name === host.name)?.address ?? '127.0.0.1', port)

/** What all control-plane nodes have, in their order. */
export const readMasters = (ctx: CheckContext, { masters }: Plane): Promise<MasterKeys[]> =>
  Promise.all(masters.map(async ({ name }) => readMaster(await onHost(ctx, name))))

/** Whether the API server of a host has loaded the keys of its files. One that must be restarted anyway is not asked: it can be stopped. */
export const isLoaded = async (on: CheckContext, keys: MasterKeys, plane: Plane): Promise<boolean> =>
  !keys.pending &&
  (await hasLoaded(
    on,
    serverOn(on, plane),
    keys.accepted.map(({ id }) => id),
  ))

/** The names under which steps are predicted under `--check`. */
export const predictedStage = (stage: Stage): string => `service account key: ${stage}`
/** Of the restart of a controller manager. */
export const restartedController = 'a controller manager that signs with the new service account key'
/** Of the new tokens of the pods of a node. */
export const renewedTokens = 'tokens of the new service account key'
/** Of the new tokens in Secrets. */
export const renewedSecrets = 'Secrets with tokens of the new service account key'

/**
 * How far the files of a host are.
 *
 * @throws `task-failed` for keys that no stage has.
 */
export const stageThere = ({ name, accepted, signer }: MasterKeys, record: KeyRecord): Stage =>
  stageOf({ accepted: accepted.map(({ id }) => id), signer }, record) ??
  fail(
    `${publicPath} or ${privatePath} on ${name} has other keys than the former ones and the new one in ${serviceAccountRecord}`,
    'compare them with the other control-plane nodes, copy them from one that works, and restart the API server',
  )

/** How far a control-plane node is. Under `--check`, as it would be after the earlier tasks of the run. */
export const masterStage = async (
  on: CheckContext,
  keys: MasterKeys,
  record: KeyRecord,
  plane: Plane,
): Promise<MasterStage> => {
  const there = stageThere(keys, record)
  const predicted = stages.filter((one) => on.predicted(predictedStage(one)))
  return {
    name: keys.name,
    stage: stages.findLast((one) => one === there || predicted.includes(one)) ?? there,
    pending: predicted.length === 0 && !(await isLoaded(on, keys, plane)),
    controllerPending: !on.predicted(restartedController) && keys.controllerPending,
  }
}

/** The text of sa.pub at a stage. */
export const publicTextAt = (stage: Stage, record: KeyRecord): string => {
  const key = publicOf(record.key)
  const own = key === undefined ? '' : publicText(key, record.made)
  if (stage === 'new') return own
  return stage === 'former' ? record.formerPublic : `${record.formerPublic.trimEnd()}\n${own}`
}
