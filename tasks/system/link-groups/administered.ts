/**
 * Link groups of update-alternatives (Debian, SUSE) and alternatives (Red Hat): both keep a group in a file of the same layout.
 * Sources: update-alternatives(1) of dpkg, and readConfig and writeState in alternatives.c of chkconfig.
 */
import { CoxswainError } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'

/** Folders with a file for each group: of dpkg, and of Red Hat and SUSE. */
const folders = ['/var/lib/dpkg/alternatives', '/var/lib/alternatives']

/** A link that is switched together with the main one, as for a manual page. */
export interface Follower {
  readonly name: string
  readonly link: string
  readonly path: string
}

/** One of the programs to choose from. */
export interface Choice {
  readonly path: string
  readonly priority: number
  readonly followers: readonly Follower[]
  /** Options of Red Hat that must be given again: a family, a service. */
  readonly options: readonly string[]
}

/** A group. */
export interface LinkGroup {
  readonly mode: 'auto' | 'manual'
  readonly link: string
  readonly choices: readonly Choice[]
}

/**
 * Parses the file of a group: the mode, the link, name and link of each follower, an empty line; then for each choice its path, its
 * priority, and a path for each follower, which is empty where there is none.
 *
 * @throws `read-failed` for any other layout.
 */
export const parseGroup = (text: string, file: string): LinkGroup => {
  const lines = text.split('\n')
  const invalid = (): CoxswainError =>
    new CoxswainError('read-failed', `${file} does not have the layout of update-alternatives`)
  const [mode = '', link = ''] = lines
  if ((mode !== 'auto' && mode !== 'manual') || !link.startsWith('/')) throw invalid()
  const end = lines.indexOf('', 2)
  if (end < 0 || end % 2 !== 0) throw invalid()
  const names = Array.from({ length: (end - 2) / 2 }, (_, at) => ({
    name: lines[2 + at * 2] ?? '',
    link: lines[3 + at * 2] ?? '',
  }))
  const choices: Choice[] = []
  for (let at = end + 1; (lines[at] ?? '') !== ''; at += 2 + names.length) {
    const path = lines[at] ?? ''
    const [, family, priority, service] = /^(?:@([^@]+)@)?(-?\d+)(?: (\S+))?$/.exec(lines[at + 1] ?? '') ?? []
    if (!path.startsWith('/') || priority === undefined) throw invalid()
    choices.push({
      path,
      priority: Number(priority),
      followers: names.flatMap((one, index) => {
        const target = lines[at + 2 + index] ?? ''
        return target === '' ? [] : [{ ...one, path: target }]
      }),
      options: [
        ...(family === undefined ? [] : ['--family', family]),
        ...(service === undefined ? [] : ['--initscript', service]),
      ],
    })
  }
  return { mode, link, choices }
}

/** A group and what it leads to now; undefined if it does not exist. */
export const readGroup = async (
  remote: RemoteReader,
  name: string,
): Promise<(LinkGroup & { readonly current: string | undefined }) | undefined> => {
  const [stat, ...texts] = await Promise.all([
    remote.stat(`/etc/alternatives/${name}`),
    ...folders.map((folder) => remote.read(`${folder}/${name}`)),
  ])
  const at = texts.findIndex((text) => text !== undefined)
  const text = texts[at]
  if (text === undefined) return undefined
  return { ...parseGroup(text, `${folders[at]}/${name}`), current: stat?.target }
}
