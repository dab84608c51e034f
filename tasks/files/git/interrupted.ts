/** Recovers from an interrupted checkout: the next run completes it and keeps the user's changes. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext, Remote, ShellText } from '../../../engine/index.ts'

const beginFile = shellFile(import.meta.url, 'begin.sh')
const keepCommitFile = shellFile(import.meta.url, 'keep-commit.sh')
const endFile = shellFile(import.meta.url, 'end.sh')
const compareFiles = shellFile(import.meta.url, 'compare-files.sh')

/**
 * Writes the note that a commit is about to be checked out. First removes locks and temporary files of git that a killed
 * checkout left: those that are newer than its note.
 */
export const begin = async (remote: Remote, git: ShellText, dest: string, commit: string): Promise<void> => {
  await remote.run({
    label: `begin a checkout in ${dest}`,
  })`${shellProgram(beginFile, dest, commit, git)}`
}

/** Points a ref at the commit that is about to be checked out, and writes the commit to the note. */
export const keepCommit = async (
  remote: Remote,
  git: ShellText,
  { ref, commit }: { readonly ref: string; readonly commit: string },
): Promise<void> => {
  await remote.run({
    label: `git update-ref ${ref} ${commit}`,
  })`${shellProgram(keepCommitFile, ref, commit, git)}`
}

/** Removes the note after a checkout. */
export const end = async (remote: Remote, git: ShellText, dest: string): Promise<void> => {
  await remote.run({ label: `end a checkout in ${dest}` })`${shellProgram(endFile, git)}`
}

/** The entries of a tree, by path. */
const treeOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\0').flatMap((line): [string, string][] => {
      const [, mode, object, path] = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? []
      return mode === undefined || object === undefined || path === undefined
        ? []
        : [[path, `${object} ${mode}`]]
    }),
  )

/** Whether `read` of a shell returns a path unchanged. */
const plain = (path: string): boolean => !/^\s|\s$|[\n"]/.test(path)

/** What an interrupted checkout left. */
export interface Interrupted {
  /** Files that git reports as modified, but that only the checkout wrote. */
  readonly own: ReadonlySet<string>
  /** Whether the interrupted checkout wrote every file that blocks the next one, so that they can be overwritten. */
  readonly safe: boolean
}

/**
 * Finds the files that an interrupted checkout of a commit wrote or removed: each is as in the commit, is a beginning of
 * it, or does not exist. All other modified files are changes by a user.
 *
 * @param modified the files that git reports as modified.
 */
export const lookAtInterrupted = async (
  { remote }: CheckContext,
  { git, dest, timeout }: { readonly git: ShellText; readonly dest: string; readonly timeout: number },
  commit: string,
  modified: readonly string[],
): Promise<Interrupted> => {
  const nothing = { own: new Set<string>(), safe: false }
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return nothing
  const [listed, others] = await Promise.all([
    remote.query({ timeout })`${git} ls-tree -r -z ${commit}`.result(),
    remote.query({ timeout })`${git} ls-files -z --others`.result(),
  ])
  // the commit was never fetched
  if (!listed.ok || !others.ok) return nothing
  const tree = treeOf(listed.stdout)
  const untracked = others.stdout.split('\0').filter((path) => tree.has(path))
  const all = [...new Set([...modified, ...untracked])]
  const paths = all.filter(plain)
  const stdin = paths.map((path) => `${tree.get(path) ?? '- -'} ${path}\n`).join('')
  const judged = await remote.query({
    timeout,
    stdin,
    label: `compare ${dest} with ${commit}`,
  })`${shellProgram(compareFiles, dest)}`.orFail()
  const verdicts = judged.stdout.split('\n')
  const own = new Set(paths.filter((_, at) => verdicts[at] === '1'))
  return { own, safe: own.size === all.length }
}
