/** Applies the plan for a folder on a host. All differences are sent in one stream. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { shell } from '../../../engine/index.ts'
import type { Remote } from '../../../engine/index.ts'
import type { TreePlan, TreeOptions } from './plan.ts'
import { tarOf, tarSize } from './tar.ts'

/** Sends the differences to a folder beside the destination, and moves them into place when all have arrived. */
const send = async (remote: Remote, src: string, plan: TreePlan, wishes: TreeOptions): Promise<void> => {
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
  // we made this archive: its special bits are those that the user set
  await remote.writeTree(dest, shell`tar -xpmf -`, { owner, group, stdin, transfer, follow, special: true })
}

/**
 * Applies a plan.
 *
 * @param src the local folder.
 */
export const applyTree = async (
  remote: Remote,
  src: string,
  plan: TreePlan,
  wishes: TreeOptions,
): Promise<void> => {
  const { dest, owner, group, follow } = wishes
  // set the mode before the folder contains files that not every user can read
  if (plan.root !== undefined) await remote.makeDirectory(dest, { ...plan.root, follow })
  if (plan.send.length > 0) await send(remote, src, plan, wishes)
  // owners first: chown clears the set-user-ID bit
  if (plan.owners.length > 0) await remote.setAttributesBelow(dest, plan.owners, { owner, group, follow })
  for (const [mode, paths] of plan.modes) await remote.setAttributesBelow(dest, paths, { mode, follow })
  if (plan.remove.length > 0) await remote.removeBelow(dest, plan.remove, { follow })
}
