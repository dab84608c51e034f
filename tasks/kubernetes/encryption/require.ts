/** What must hold before a key of encryption at rest is replaced, and before each step of that. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { readNodes } from '../cluster-state/read-api.ts'
import { countLeft, resourcesOf } from './left.ts'
import { masterStage, onMaster, readKeys } from './record.ts'
import type { EncryptionRecord } from './record.ts'
import { whyNot } from './stages.ts'
import type { MasterStage, Stage } from './stages.ts'

const again = 'run rotate-keys again without --limit, --tags and --start-at-task'

/**
 * Checks that no other API server uses the same etcd: one that does not know the new key could not read what the others write.
 *
 * @throws `task-failed` with the names of control-plane nodes that are not in the inventory.
 */
export const requireAllMasters = async (
  ctx: CheckContext,
  masters: readonly string[],
  server: string,
): Promise<void> => {
  const others = (await readNodes(ctx, server)).filter(
    ({ name, controlPlane }) => controlPlane && !masters.includes(name),
  )
  if (others.length === 0) return
  const names = others.map(({ name }) => name).join(', ')
  throw new CoxswainError(
    'task-failed',
    `the cluster has control-plane nodes that are not masters of the inventory: ${names}`,
    {
      hint: `their API servers would not get the new key: add ${names} to the group masters, or remove them with playbooks/remove-master.ts; nothing was changed`,
    },
  )
}

/** How far all control-plane nodes are. */
export const stagesOf = (
  ctx: CheckContext,
  record: EncryptionRecord,
  masters: readonly string[],
): Promise<MasterStage[]> =>
  Promise.all(
    masters.map(async (name) => {
      const on = await onMaster(ctx, name)
      return masterStage(on, await readKeys(on, record.path), record)
    }),
  )

const refused: Readonly<Record<Stage, string>> = {
  former: 'nothing is changed',
  both: 'the new key is not added',
  'new first': 'the new key does not encrypt yet',
  new: 'the former keys stay',
}

/** @throws `task-failed` with problems, if there are any. */
export const refuseStage = (stage: Stage, problems: readonly string[]): void => {
  if (problems.length > 0)
    throw new CoxswainError('task-failed', `${refused[stage]}: ${problems.join('; ')}`, { hint: again })
}

/**
 * Checks that a host can go on to a stage: all control-plane nodes are far enough, and, before former keys go, nothing is left under them.
 *
 * @throws `task-failed` with what is missing; a connection error for a node that cannot be reached.
 */
export const requireStage = async (
  ctx: CheckContext,
  stage: Stage,
  record: EncryptionRecord,
  masters: readonly string[],
): Promise<void> => {
  const all = await stagesOf(ctx, record, masters)
  refuseStage(stage, whyNot(stage, all, 0))
  if (stage === 'new') refuseStage(stage, whyNot(stage, all, await leftOver(ctx, record, masters)))
}

/** How many objects may be left under former keys. Under `--check`, none if a task of the run would write them again. */
export const leftOver = async (
  ctx: CheckContext,
  record: EncryptionRecord,
  masters: readonly string[],
): Promise<number> => {
  const on = await onMaster(ctx, masters[0] ?? ctx.host.name)
  return on.predicted(rewrittenObjects) ? 0 : countLeft(ctx, resourcesOf(record.former), record.next)
}

/** The name under which the rewriting is predicted under `--check`. */
export const rewrittenObjects = 'objects under the new key of encryption at rest'
