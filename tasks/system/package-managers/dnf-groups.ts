/** Groups of packages of dnf, such as `@development`. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import type { Installed } from './types.ts'

/** Whether a name is that of a group. */
export const isGroup = (name: string): boolean => name.startsWith('@')

/**
 * The installed groups in the lists of dnf 4 (`   Development Tools (development)` below a heading) and of dnf 5
 * (`development-tools  Development Tools  yes`), by their IDs. Pure.
 */
export const installedGroups = (text: string): ReadonlySet<string> => {
  const found = new Set<string>()
  let counts = true
  for (const line of text.split('\n')) {
    if (/^\S.*:\s*$/.test(line)) counts = line.startsWith('Installed ')
    const [, of4] = /^\s+\S.*\(([^()\s]+)\)\s*$/.exec(line) ?? []
    const [, of5] = /^(\S+)\s.*\syes\s*$/.exec(line) ?? []
    const id = of4 ?? of5
    if (counts && id !== undefined) found.add(id)
  }
  return found
}

/** The groups among names that are installed. */
export const groupsAmong = async (
  { remote }: CheckContext,
  names: readonly string[],
): Promise<ReadonlyMap<string, Installed>> => {
  const wanted = names.filter(isGroup)
  const environment = wanted.find((name) => name.startsWith('@^'))
  if (environment !== undefined)
    throw new CoxswainError('task-failed', `${environment} is an environment, not a group of packages`, {
      hint: 'name its groups, such as @development',
    })
  if (wanted.length === 0) return new Map()
  const list = ['-q', '--cacheonly', 'group', 'list', '--installed', '--hidden']
  // dnf 5 always shows the IDs, and does not have the option
  const answer = await remote.query`dnf ${[...list, '--ids']} 2>/dev/null || dnf ${list}`.text()
  const installed = installedGroups(answer)
  return new Map(
    wanted
      .filter((name) => installed.has(name.slice(1)))
      .map((name) => [name, { version: 'installed', as: name, provides: false }]),
  )
}
