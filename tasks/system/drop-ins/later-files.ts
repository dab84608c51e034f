/** Files of configuration that are read after another one, so that what they say counts. */
import { CoxswainError, quote } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

/** A file, and those of its lines that may matter. */
export interface FoundFile {
  readonly path: string
  readonly lines: readonly string[]
}

/** Where the files are that a program reads. */
export interface Places {
  /** Folders of files; of two files of one name, that in the folder named first counts. */
  readonly folders: readonly string[]
  /** A file that is read before those of the folders, or after them. */
  readonly first?: string
  readonly last?: string
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Whether a program reads a file of its own accord. */
export const isRead = ({ folders, first, last }: Places, path: string): boolean =>
  path === first || path === last || (folders.includes(folderOf(path)) && path.endsWith('.conf'))

/** The files there are but one, with their lines that have a word in them. Links to that one are left out. */
export const otherFiles = async (
  { remote }: CheckContext,
  { folders, first, last }: Places,
  own: string,
  word: string,
): Promise<FoundFile[]> => {
  const globs = folders.map((folder) => `${folder}/*.conf`)
  const all = [first, ...globs, last].filter((path) => path !== undefined).join(' ')
  const pattern = word.replaceAll(/[^\w-]/g, '.')
  const script = [
    `own=$(readlink -f ${quote(own)}) || own=${quote(own)}`,
    `for f in ${all}; do [ -e "$f" ] || [ -L "$f" ] || continue`,
    '[ "$(readlink -f "$f")" != "$own" ] || continue',
    `printf '%s\\n' "$f"; [ ! -f "$f" ] || sed -n '/${pattern}/s/^/ /p' "$f"; done`,
  ].join('; ')
  const text = await remote.query({ label: `look for ${word} in ${all}` })`sh -c ${script}`.text()
  const files: { path: string; lines: string[] }[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith(' ')) files.at(-1)?.lines.push(line.slice(1))
    else if (line !== '') files.push({ path: line, lines: [] })
  }
  return files
}

/** The files that count instead of one, the last one of them last: that which hides it, or those read after it. */
export const filesAfter = (
  { folders, first, last }: Places,
  own: string,
  files: readonly FoundFile[],
): FoundFile[] => {
  const rank = (path: string): number => folders.indexOf(folderOf(path))
  const inFolders = files.filter(({ path }) => path !== first && path !== last)
  const hidden = inFolders.filter(
    ({ path }) => own !== first && own !== last && nameOf(path) === nameOf(own) && rank(path) < rank(own),
  )
  if (hidden.length > 0) return hidden.slice(0, 1)
  const visible = inFolders.filter(
    ({ path }) =>
      nameOf(path) !== nameOf(own) &&
      !inFolders.some((other) => nameOf(other.path) === nameOf(path) && rank(other.path) < rank(path)),
  )
  const after = visible.filter(({ path }) => own === first || (own !== last && nameOf(path) > nameOf(own)))
  return [
    ...after.toSorted((a, b) => (nameOf(a.path) < nameOf(b.path) ? -1 : 1)),
    ...files.filter(({ path }) => path === last && own !== last),
  ]
}

/** Why a setting has no effect in its file. */
export const countsElsewhere = (what: string, own: string, there: string): CoxswainError =>
  new CoxswainError('task-failed', `${what} in ${there} counts, not what ${own} says: it is read later`, {
    hint: `set file=${there}, or remove the line in that file`,
  })
