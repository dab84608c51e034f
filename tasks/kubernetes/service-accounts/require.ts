/** What must hold before the service account key is replaced, and before each step of that. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { readNodes } from '../cluster-state/read-api.ts'
import { newServiceAccountKey, serviceAccountRecord } from '../kubeadm/paths.ts'
import { stillAccepted } from './dates.ts'
import {
  masterStage,
  onHost,
  readMasters,
  renewedSecrets,
  renewedTokens,
  serverOn,
  stageThere,
} from './record.ts'
import type { KeyRecord, MasterKeys, Plane } from './record.ts'
import { openOf, readSecrets, shown } from './secrets.ts'
import { isAt } from './stages.ts'
import type { MasterStage, Stage } from './stages.ts'
import { refuseMissing, wrongOn } from './tokens.ts'
import type { Wanted } from './tokens.ts'

/** @throws `task-failed` with problems, if there are any. */
export const refuse = (what: string, problems: readonly string[]): void => {
  if (problems.length === 0) return
  const most = 10
  const named = problems.slice(0, most).join('; ')
  throw new CoxswainError(
    'task-failed',
    `${what}: ${named}${problems.length > most ? `; and ${problems.length - most} more` : ''}`,
    {
      output: problems.join('\n'),
      hint: 'run rotate-service-accounts again without --limit, --tags and --start-at-task',
    },
  )
}

/**
 * Checks that all nodes of the cluster are hosts of the inventory: tokens of others could not be looked at.
 *
 * @throws `task-failed` with the names of the others.
 */
export const requireAllNodes = async (
  ctx: CheckContext,
  plane: Plane,
  nodes: readonly string[],
): Promise<void> => {
  const masters = plane.masters.map(({ name }) => name)
  const there = await readNodes(ctx, serverOn(ctx, plane))
  const lacking = [...masters, ...nodes].filter((name) => there.every((node) => node.name !== name))
  if (lacking.length > 0)
    throw new CoxswainError(
      'task-failed',
      `the cluster does not have all masters and workers of the inventory as nodes: ${lacking.join(', ')}`,
      {
        hint: 'let them join, with ha-masters or workers, or take them out of the inventory; nothing was changed',
      },
    )
  const others = there.filter(
    ({ name, controlPlane }) => !(controlPlane ? masters : [...masters, ...nodes]).includes(name),
  )
  if (others.length === 0) return
  const names = others.map(({ name }) => name).join(', ')
  throw new CoxswainError(
    'task-failed',
    `the cluster has nodes that are not in the groups masters and workers of the inventory: ${names}`,
    {
      hint: `they would not get the new key, or their pods new tokens: add ${names} to the group masters or workers, or remove them from the cluster; nothing was changed`,
    },
  )
}

/** A replacement as all control-plane nodes have it. */
export interface Rotation {
  readonly record: KeyRecord
  /** Until when tokens of former keys stay accepted: the latest time that any node has. */
  readonly acceptUntil: Date | undefined
  readonly stages: readonly MasterStage[]
}

/** The replacement that has begun on any control-plane node; undefined if none has. */
export const rotationOf = async (ctx: CheckContext, plane: Plane): Promise<Rotation | undefined> => {
  const all = await readMasters(ctx, plane)
  const record = begunRecord(all)?.record
  if (record === undefined) return undefined
  const stages = all.map(async (keys) => masterStage(await onHost(ctx, keys.name), keys, record, plane))
  const times = all
    .flatMap((one) => one.record?.acceptUntil ?? [])
    .toSorted((a, b) => a.getTime() - b.getTime())
  return { record, acceptUntil: times.at(-1), stages: await Promise.all(stages) }
}

/**
 * The replacement that has begun on any host, and the name of that host.
 *
 * @throws `task-failed` unless all of those that have it have the same.
 */
export const begunRecord = (
  all: readonly MasterKeys[],
): { readonly record: KeyRecord; readonly name: string } | undefined => {
  const having = all.flatMap(({ name, record }) => (record === undefined ? [] : [{ name, record }]))
  const [first] = having
  const other = having.find(({ record }) => record.next !== first?.record.next)
  if (first !== undefined && other !== undefined)
    throw new CoxswainError(
      'task-failed',
      `${first.name} and ${other.name} have different new service account keys in /etc/coxswain/rotate-service-accounts`,
      {
        hint: 'remove key.json on the host whose key is in sa.pub of no control-plane node; if both keys are in files, neither may go: complete both by hand; nothing was changed',
      },
    )
  return first
}

/**
 * Checks that a host takes part in a replacement that has begun elsewhere, or has ended in it.
 *
 * @throws `task-failed` for a host without the record whose files are at an earlier stage.
 */
export const requireRecord = (rotation: Rotation | undefined, own: MasterKeys, least: Stage): void => {
  if (rotation === undefined || own.record !== undefined) return
  if (isAt(stageThere(own, rotation.record), least)) return
  refuse('nothing is changed', [`${own.name} does not have ${serviceAccountRecord}`])
}

/** What a task says that waits until tokens of former keys need not be accepted; undefined if that is over, or a node refuses them already. */
export const waitsFor = async (
  ctx: CheckContext,
  given: string | undefined,
  rotation: Rotation | undefined,
): Promise<string | undefined> =>
  rotation?.stages.some(({ stage }) => stage === 'new') === true
    ? undefined
    : stillAccepted(ctx, given, rotation?.acceptUntil)

/** The context of the first control-plane node, which lists pods and Secrets. */
export const firstOf = (ctx: CheckContext, { masters }: Plane): Promise<CheckContext> =>
  onHost(ctx, masters[0]?.name ?? ctx.host.name)

/** The keys of the tokens to look for. Under `--check`, those that are accepted now are former ones as soon as there is a new key. */
export const wantedOf = async (
  ctx: CheckContext,
  plane: Plane,
  rotation: Rotation | undefined,
): Promise<Wanted | undefined> => {
  if (rotation !== undefined) return { former: rotation.record.former.accepted, next: rotation.record.next }
  const first = await firstOf(ctx, plane)
  if (!first.predicted(newServiceAccountKey)) return undefined
  const [keys] = await readMasters(ctx, plane)
  return { former: keys?.accepted.map(({ id }) => id) ?? [], next: undefined }
}

/** What still has tokens of a former key. Under `--check`, without what earlier tasks of the run would renew. */
export const leftOver = async (
  ctx: CheckContext,
  plane: Plane,
  nodes: readonly string[],
  wanted: Wanted,
): Promise<string[]> => {
  const first = await firstOf(ctx, plane)
  const server = serverOn(ctx, plane)
  const hosts = [...plane.masters.map(({ name }) => name), ...nodes]
  const secrets = first.predicted(renewedSecrets)
    ? []
    : openOf(await readSecrets(ctx, server), wanted.next === undefined ? [] : [wanted.next])
  const tokens = hosts.map(async (name) => {
    const on = await onHost(ctx, name)
    if (on.predicted(renewedTokens)) return []
    const wrong = await wrongOn(ctx, server, on, wanted)
    refuseMissing(wrong, name)
    return wrong.former.map((what) => `${name}: a token of a former key is in use: ${what}`)
  })
  return [
    ...secrets.map((one) => `the Secret ${shown(one)} does not have a token of the new key`),
    ...(await Promise.all(tokens)).flat(),
  ]
}
