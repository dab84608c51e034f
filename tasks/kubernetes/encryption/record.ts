/** What the replacement of a key of encryption at rest has left on a host. Everything is read from files of the hosts. */
import { dirname } from 'node:path/posix'
import { CoxswainError, Secret, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { encryptionRecord, manifest, movedManifests, restartsPath } from '../kubeadm/paths.ts'
import { argumentOf, containerIn } from '../kubeadm/pod-manifests.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import { configIn, configText, providerNames } from './config.ts'
import type { Config } from './config.ts'
import { configAt, stageOf, stages } from './stages.ts'
import type { MasterStage, Pair, Stage } from './stages.ts'

/** The argument of the API server that names the file. */
export const encryptionFlag = 'encryption-provider-config'

/** A replacement that has begun. */
export interface EncryptionRecord extends Pair {
  /** Whether the cluster did not encrypt before. */
  readonly turnsOn: boolean
  /** The file that the argument of the API servers names. */
  readonly path: string
}

const recordSchema = z.strictObject({
  provider: z.enum(providerNames),
  name: z.string().min(1).max(253),
  secret: z.string().min(1).max(200),
  former: z.string(),
  turnsOn: z.boolean(),
  path: z.string().regex(/^\/\S+$/),
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const recordIn = (text: string, host: string): EncryptionRecord => {
  const { data } = recordSchema.safeParse(parsed(text))
  if (data === undefined)
    throw new CoxswainError('task-failed', `${encryptionRecord} on ${host} cannot be read`, {
      hint: 'copy it from another control-plane node that has it; without it on any of them, complete the replacement by hand',
    })
  const former = configIn(data.former, { path: `${encryptionRecord} (former)`, host })
  const { provider, name, secret, turnsOn, path } = data
  return { former, next: { provider, key: { name, secret } }, turnsOn, path }
}

/** Writes the record of a replacement on a host, for root only. */
export const writeRecord = async (
  { remote }: ApplyContext,
  { former, next, turnsOn, path }: EncryptionRecord,
): Promise<void> => {
  const { provider, key } = next
  await remote.makeDirectory('/etc/coxswain')
  await remote.makeDirectory(dirname(encryptionRecord), { mode: '0700', owner: 'root', group: 'root' })
  const text = `${JSON.stringify({ provider, ...key, former: configText(former), turnsOn, path })}\n`
  await remote.write(encryptionRecord, new Secret(text), { mode: '0600', owner: 'root', group: 'root' })
}

/** What a control-plane node has. */
export interface MasterKeys {
  readonly name: string
  /** The file that the argument of its API server names; undefined without the argument. */
  readonly path: string | undefined
  /** What that file has; undefined if there is no file. */
  readonly config: Config | undefined
  /** The replacement that has begun there. */
  readonly record: EncryptionRecord | undefined
  /** Whether its API server might not have read its files yet. */
  readonly pending: boolean
  /** Whether its API server reads the file again by itself. */
  readonly reloads: boolean
  /** The version of its API server, as the image says it. */
  readonly version: string | undefined
}

/**
 * Reads what a control-plane node has.
 *
 * @param planned the file that the configuration names, for an API server without the argument.
 * @throws `task-failed` for a host without an API server, and for files that cannot be read.
 */
export const readKeys = async (ctx: CheckContext, planned: string | undefined): Promise<MasterKeys> => {
  const { remote, host } = ctx
  const [text, restarts, moved, recorded] = await Promise.all([
    manifestText(ctx, 'kube-apiserver'),
    remote.read(restartsPath),
    remote.exists(`${movedManifests}/kube-apiserver.yaml`),
    remote.read(encryptionRecord),
  ])
  if (text === undefined)
    throw new CoxswainError('task-failed', `${host.name} does not have ${manifest('kube-apiserver')}`, {
      hint: 'all hosts of the group masters must be control-plane nodes: run ha-masters first, or take the host out of the group',
    })
  const container = containerIn(text, `${manifest('kube-apiserver')} on ${host.name}`)
  const path = argumentOf(container, encryptionFlag)
  const record = recorded === undefined ? undefined : recordIn(recorded, host.name)
  const file = path ?? record?.path ?? planned
  const there = file === undefined ? undefined : await remote.read(file)
  return {
    name: host.name,
    path,
    config:
      there === undefined || file === undefined
        ? undefined
        : configIn(there, { path: file, host: host.name }),
    record,
    pending: moved || (restarts ?? '').split('\n').includes('kube-apiserver'),
    reloads: argumentOf(container, `${encryptionFlag}-automatic-reload`) === 'true',
    version: /:([^:/@]+)(?:@.*)?$/.exec(container.image ?? '')?.[1],
  }
}

/** The context of a control-plane node. */
export const onMaster = async (ctx: CheckContext, name: string): Promise<CheckContext> =>
  name === ctx.host.name ? ctx : ctx.on(name)

/** The name under which a stage is predicted under `--check`. */
export const predictedStage = (stage: Stage): string => `encryption at rest: ${stage}`

/**
 * How far the file of a host is.
 *
 * @throws `task-failed` for a file that no stage has.
 */
export const stageThere = ({ name, path, config }: MasterKeys, record: EncryptionRecord): Stage => {
  if (path !== undefined && path !== record.path)
    throw new CoxswainError(
      'task-failed',
      `the API server of ${name} reads ${path}, and the new key is for ${record.path}`,
      { hint: `let --${encryptionFlag} name ${record.path} again, and run again; nothing was changed` },
    )
  // a cluster that did not encrypt does not have a file
  if (config === undefined && record.turnsOn) return 'former'
  const stage = config === undefined ? undefined : stageOf(config, record)
  if (stage !== undefined) return stage
  throw new CoxswainError(
    'task-failed',
    config === undefined
      ? `the file of --${encryptionFlag} does not exist on ${name}`
      : `the file of --${encryptionFlag} on ${name} has other keys than the former ones and ${record.next.key.name} in ${encryptionRecord}`,
    {
      hint: 'compare it with the other control-plane nodes, and copy it from one that works; nothing was changed',
    },
  )
}

/** How far a control-plane node is. Under `--check`, as it would be after the earlier tasks of the run. */
export const masterStage = (on: CheckContext, keys: MasterKeys, record: EncryptionRecord): MasterStage => {
  const there = stageThere(keys, record)
  const predicted = stages.filter((one) => on.predicted(predictedStage(one)))
  return {
    name: keys.name,
    stage: stages.findLast((one) => one === there || predicted.includes(one)) ?? there,
    // without the argument, its API server does not read the file at all
    pending: predicted.length === 0 && (keys.pending || (keys.path === undefined && there !== 'former')),
  }
}

/** The file that a host has at a stage. */
export const fileAt = (stage: Stage, record: EncryptionRecord): Secret =>
  new Secret(configText(configAt(stage, record)))
