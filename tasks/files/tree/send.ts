/** Makes a folder on a host as it was planned: what differs goes there in one stream. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { shell } from '../../../engine/index.ts'
import type { Remote } from '../../../engine/index.ts'
import type { TreePlan, TreeWishes } from './plan.ts'
import { tarOf, tarSize } from './tar.ts'

/** Sends what differs into a folder beside what is there, and moves it into place when all of it has come. */
const send = async (remote: Remote, src: string, plan: TreePlan, wishes: TreeWishes): Promise<void> => {
  const { dest, owner, group, follow } = wishes
  const entries = plan.send.map(({ entry, ...attributes }) => ({
    ...attributes,
    path: entry.path,
    kind: entry.kind,
    size: entry.kind === 'file' ? entry.size : 0,
    target: entry.kind === 'link' ? entry.target : '',
  }))
  const stdin = tarOf(entries, ({ path }) => createReadStream(join(src, path)))
  const transfer = { path: dest, size: tarSize(entries) }
  // it is ours: what it has of special bits was asked for
  await remote.writeTree(dest, shell`tar -xpmf -`, { owner, group, stdin, transfer, follow, special: true })
}

/**
 * Does what was planned.
 *
 * @param src the folder here.
 */
export const applyTree = async (
  remote: Remote,
  src: string,
  plan: TreePlan,
  wishes: TreeWishes,
): Promise<void> => {
  const { dest, owner, group, follow } = wishes
  // before there is anything in it that not everybody may read
  if (plan.root !== undefined) await remote.makeDirectory(dest, { ...plan.root, follow })
  if (plan.send.length > 0) await send(remote, src, plan, wishes)
  // owners first: a change of owner takes set-user-id away
  if (plan.owners.length > 0) await remote.setAttributesBelow(dest, plan.owners, { owner, group, follow })
  for (const [mode, paths] of plan.modes) await remote.setAttributesBelow(dest, paths, { mode, follow })
  if (plan.remove.length > 0) await remote.removeBelow(dest, plan.remove, { follow })
}
