/** Makes a folder on a host as it was planned: what differs goes there in one stream. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { shell } from '../../../engine/index.ts'
import type { Remote } from '../../../engine/index.ts'
import type { TreePlan, TreeWishes } from './plan.ts'
import { tarOf, tarSize } from './tar.ts'

/**
 * Moves all but folders from `$1` into the folder of the same name below `$0`, each by a rename. The braces are apart, or
 * the find around it would put a name in their place.
 */
const moveFiles = `find "$1" -maxdepth 1 ! -type d -exec sh -c 'mv -f -- "$@" "$0/"' "$0/$1" {""} +`

/** Moves the folder `$1` whole to below `$0`, where there is none; fails where there is one. */
const moveFolder = `[ ! -e "$0/$1" ] && mv -- "$1" "$0/$1"`

const nul = (paths: readonly string[]): string => paths.map((path) => `${path}\0`).join('')

const whose = ({ owner, group }: TreeWishes): string =>
  `${owner ?? ''}${group === undefined ? '' : `:${group}`}`

/** Sends what differs into a folder beside what is there, and moves it into place when all of it has come. */
const send = async (remote: Remote, src: string, plan: TreePlan, wishes: TreeWishes): Promise<void> => {
  const { dest, owner, group } = wishes
  const entries = plan.send.map(({ entry, ...attributes }) => ({
    ...attributes,
    path: entry.path,
    kind: entry.kind,
    size: entry.kind === 'file' ? entry.size : 0,
    target: entry.kind === 'link' ? entry.target : '',
  }))
  const stdin = tarOf(entries, ({ path }) => createReadStream(join(src, path)))
  const chown = owner === undefined && group === undefined ? shell`` : shell`chown -hR ${whose(wishes)} .;`
  await remote.run({ stdin, transfer: { path: dest, size: tarSize(entries) } })`set -e; cd -- ${dest}; d=$PWD
    s=$(mktemp -d "$d/.coxswain.XXXXXX"); trap 'cd /; rm -rf -- "$s"' EXIT; trap 'exit 143' HUP INT TERM; cd "$s"
    tar -xpmf -; ${chown} sync -f . 2>/dev/null || sync
    find . ! -name . -type d -exec sh -c ${moveFolder} "$d" {} \\; -prune
    find . -type d -exec sh -c ${moveFiles} "$d" {} \\;
    left=$(find . ! -type d | head -n 1); if [ -n "$left" ]; then echo "cannot move $left into place" >&2; exit 1; fi`
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
  const { dest } = wishes
  // before there is anything in it that not everybody may read
  if (plan.root !== undefined) await remote.makeDirectory(dest, plan.root)
  if (plan.send.length > 0) await send(remote, src, plan, wishes)
  // owners first: a change of owner takes set-user-id away
  if (plan.owners.length > 0)
    await remote.run({ stdin: nul(plan.owners) })`cd -- ${dest} && xargs -0 chown ${whose(wishes)} --`
  for (const [mode, paths] of plan.modes)
    await remote.run({ stdin: nul(paths) })`cd -- ${dest} && xargs -0 chmod ${mode} --`
  if (plan.remove.length > 0)
    await remote.run({ stdin: nul(plan.remove) })`cd -- ${dest} && xargs -0 rm -rf --`
}
