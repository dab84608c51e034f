/** Owner, group and mode of everything below a folder: the parameter `recurse` of tasks that set those of a folder. */
import { flag } from '../../../engine/index.ts'
import type { Attributes, Change, Remote, RemoteReader } from '../../../engine/index.ts'
import { findBelow } from '../finding/find-below.ts'
import type { Found } from '../finding/find-below.ts'
import { isSymbolic, modeOn } from '../../shared/modes.ts'
import { attributeChanges } from './attributes.ts'
import type { FollowingAttributes } from './attributes.ts'

/** Parameter of tasks that set owner, group and mode of a folder. */
export const recurseParam = {
  recurse: flag()
    .default(false)
    .describe(
      'also set owner, group and mode of everything below the folder, but not of links and what they lead to; a mode such as u=rwX,go=rX lets folders be entered and leaves files that are not executable so',
    ),
}

/**
 * Why these parameters cannot be applied to everything below a folder; undefined if they can. With a mode such as 0644, no folder
 * could be entered.
 */
export const recurseFault = ({ mode, owner, group }: Attributes): string | undefined => {
  if (mode === undefined)
    return owner === undefined && group === undefined
      ? 'recurse needs an owner, a group or a mode'
      : undefined
  if (isSymbolic(mode) || (Number.parseInt(mode, 8) & 0o100) !== 0) return undefined
  return `with recurse, folders with the mode ${mode} could not be entered: use a symbolic mode, such as u=rwX,go=rX`
}

/** What is below the folder and can have a mode, in one read. Links are left out. */
const belowOf = async (
  remote: RemoteReader,
  path: string,
  { follow }: FollowingAttributes,
): Promise<readonly Found[]> => {
  const all = {
    path,
    type: 'all',
    patterns: [],
    exclude: [],
    recurse: true,
    hidden: true,
    tooMany: 'set owner and mode of its subfolders one by one',
    follow,
  } as const
  return ((await findBelow(remote, all)) ?? []).filter(({ type }) => type !== 'link')
}

const changesOf = (one: Found, attributes: Attributes): Change[] =>
  attributeChanges(one.path, { ...one, target: undefined }, attributes)

/** Maximum number of changes that are listed one by one. */
const maxListed = 50

/** The differences below a folder; beyond 50, their number. */
export const changesBelow = async (
  remote: RemoteReader,
  path: string,
  attributes: FollowingAttributes,
): Promise<Change[]> => {
  const changes = (await belowOf(remote, path, attributes)).flatMap((one) => changesOf(one, attributes))
  const more = changes.length - maxListed
  if (more <= 0) return changes
  return [
    ...changes.slice(0, maxListed),
    { what: `${more} more owners, groups and modes below ${path}`, from: 'different', to: 'as given' },
  ]
}

/**
 * Sets owner, group and mode of what differs below a folder.
 *
 * @throws `task-failed` for a mode that would change again at each run.
 */
export const setBelow = async (
  remote: Remote,
  path: string,
  attributes: FollowingAttributes,
): Promise<void> => {
  const { mode, owner, group, follow } = attributes
  const below = (await belowOf(remote, path, attributes)).filter(
    (one) => changesOf(one, attributes).length > 0,
  )
  const folder = path.replace(/(?<=.)\/+$/, '')
  const start = folder === '/' ? 0 : folder.length
  const byMode = new Map<string | undefined, string[]>()
  for (const { path: one, type, mode: there } of below) {
    // five digits are set exactly
    const digits = mode === undefined ? undefined : modeOn(mode, { type, there }).padStart(5, '0')
    const names = byMode.get(digits) ?? []
    names.push(`.${one.slice(start)}`)
    byMode.set(digits, names)
  }
  for (const [digits, names] of byMode)
    await remote.setAttributesBelow(folder, names, {
      owner,
      group,
      mode: digits,
      ...(follow === true && { follow }),
    })
}
