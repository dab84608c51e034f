/** Configuration files that are read after another one, and so override it. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const otherFilesScript = shellFile(import.meta.url, 'other-files.sh')

/** A file, and its lines that could be relevant. */
export interface FoundFile {
  readonly path: string
  readonly lines: readonly string[]
}

/** The files that a program reads. */
export interface Places {
  /** Folders with files. If two files have the same name, only the one in the first folder is read. */
  readonly folders: readonly string[]
  /** A file that is read before the files in the folders. */
  readonly first?: string
  readonly last?: string
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Whether a program reads a file by default. */
export const isRead = ({ folders, first, last }: Places, path: string): boolean =>
  path === first || path === last || (folders.includes(folderOf(path)) && path.endsWith('.conf'))

/** All files except one, with their lines that contain a word. Links to that one are omitted. */
export const otherFiles = async (
  { remote }: CheckContext,
  { folders, first, last }: Places,
  own: string,
  word: string,
): Promise<FoundFile[]> => {
  const globs = folders.map((folder) => `${folder}/*.conf`)
  const patterns = [first, ...globs, last].filter((path) => path !== undefined)
  const pattern = word.replaceAll(/[^\w-]/g, '.')
  const text = await remote.query({
    label: `look for ${word} in ${patterns.join(' ')}`,
  })`${shellProgram(otherFilesScript, own, pattern, patterns)}`.text()
  const files: { path: string; lines: string[] }[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith(' ')) files.at(-1)?.lines.push(line.slice(1))
    else if (line !== '') files.push({ path: line, lines: [] })
  }
  return files
}

/** The files that override a file, in the order in which they are read: a file that replaces it, or those read after it. */
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

/** All files in the order in which they are read, without those that another one of the same name replaces. */
export const filesInOrder = (places: Places, files: readonly FoundFile[]): FoundFile[] => [
  ...files.filter(({ path }) => path === places.first),
  // a name before all others, in the folder that comes first
  ...filesAfter(places, `${places.folders[0] ?? ''}/`, files),
]

/** The error for a setting that another file overrides. */
export const countsElsewhere = (what: string, own: string, there: string): CoxswainError =>
  new CoxswainError('task-failed', `${what} in ${there} overrides ${own}: it is read later`, {
    hint: `set file=${there}, or remove the line in that file`,
  })
