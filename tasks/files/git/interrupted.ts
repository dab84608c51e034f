/** What a checkout that was interrupted has left, so that the next run can complete it and loses nothing. */
import { shell } from '../../../engine/index.ts'
import type { CheckContext, Remote, ShellText } from '../../../engine/index.ts'

/** Shell text that sets `$b` to the file that says which commit is being checked out; it is there only meanwhile. */
const noteOf = (git: ShellText): ShellText => shell`b=$(${git} rev-parse --absolute-git-dir)/coxswain-begun`

/** Prints the commit whose checkout was begun and has not ended; nothing where there is none. */
export const printNote = (git: ShellText): ShellText =>
  shell`${noteOf(git)}; if [ -f "$b" ]; then cat "$b"; fi`

/** Whether a git may be at work in the folder that is the current one: then its locks are its own. */
const busy = shell`busy() { for d in /proc/[0-9]*; do { read -r c <"$d/comm"; } 2>/dev/null || continue; case $c in git*) c=$(readlink "$d/cwd") || return 0; case $c/ in "$PWD"/*) return 0 ;; esac ;; esac; done; return 1; }`

/**
 * Notes that a commit is about to be checked out. What an earlier attempt left that was killed is removed before: locks and
 * temporary files of git that are younger than its note.
 */
export const begin = async (remote: Remote, git: ShellText, dest: string, commit: string): Promise<void> => {
  await remote.run({
    label: `begin a checkout in ${dest}`,
  })`set -e; ${noteOf(git)}; if [ -f "$b" ]; then cd -P -- ${dest}; ${busy}; busy || find "\${b%/*}" -type f '(' -name '*.lock' -o -name 'tmp_pack_*' -o -name 'tmp_idx_*' -o -name 'tmp_obj_*' ')' -newer "$b" -exec rm -f -- {} +; fi; echo ${commit} >"$b"`
}

/** Shell text that notes the commit itself, when it is known. */
export const note = (git: ShellText, commit: string): ShellText =>
  shell`${noteOf(git)} && ${git} rev-parse ${commit} >"$b"`

/** Removes the note. */
export const end = async (remote: Remote, git: ShellText, dest: string): Promise<void> => {
  await remote.run({ label: `end a checkout in ${dest}` })`${noteOf(git)}; rm -f -- "$b"`
}

/** What stands in a tree, by path. */
const treeOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\0').flatMap((line): [string, string][] => {
      const [, mode, object, path] = /^(\d+) \w+ ([0-9a-f]+)\t([^]*)$/.exec(line) ?? []
      return mode === undefined || object === undefined || path === undefined
        ? []
        : [[path, `${object} ${mode}`]]
    }),
  )

/** Names that a line of a shell's `read` gives back as they are. */
const plain = (path: string): boolean => !/^\s|\s$|[\n"]/.test(path)

/** For each line `OBJECT MODE PATH`, 1 where the path is absent, or holds what the object does or the beginning of it. */
const judging = shell`while read -r o m p; do
if [ ! -e "./$p" ] && [ ! -L "./$p" ]; then echo 1; continue; fi
case $m in
100*) [ ! -L "./$p" ] && [ -f "./$p" ] && git cat-file blob "$o" | head -c "$(($(wc -c <"./$p")))" | cmp -s - "./$p" ;;
120000) [ -L "./$p" ] && [ "$(readlink -- "./$p")" = "$(git cat-file blob "$o")" ] ;;
*) false ;;
esac && echo 1 || echo 0
done`

/** What became of an interrupted checkout. */
export interface Interrupted {
  /** Files that git calls modified and that are no one's work. */
  readonly own: ReadonlySet<string>
  /** Whether all that stands in its way has come from it, so that it can be overwritten. */
  readonly safe: boolean
}

/**
 * Tells what a checkout of a commit has done to the files of a folder before it was interrupted: each is as in the commit, is
 * the beginning of that, or is gone. Any other is somebody's work.
 *
 * @param modified what git calls modified.
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
  // it never came as far as that
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
  })`cd -- ${dest}; ${judging}`.orFail()
  const verdicts = judged.stdout.split('\n')
  const own = new Set(paths.filter((_, at) => verdicts[at] === '1'))
  return { own, safe: own.size === all.length }
}
