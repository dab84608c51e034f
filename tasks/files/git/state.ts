/** What git says of a checkout and of the repository that it comes from. It only reads. */
import { CoxswainError, quote, shell } from '../../../engine/index.ts'
import type { CheckContext, CommandResult, ShellText } from '../../../engine/index.ts'
import { lookAtInterrupted, printNote } from './interrupted.ts'

/** A version, as the repository knows it. */
export interface GitVersion {
  readonly kind: 'branch' | 'tag' | 'commit'
  readonly name: string
  readonly commit: string
}

/** A checkout, as it is. */
export interface Checkout {
  /** Undefined when nothing was ever checked out. */
  readonly commit: string | undefined
  readonly repo: string
  /** Files that are not as they were committed; those that git does not know are left out. */
  readonly modified: readonly string[]
  /** Whether there are commits, on any branch, that the repository has not given. */
  readonly ahead: boolean
  /** Of a checkout that was begun and has not ended: whether only what it has written itself stands in its way. */
  readonly interrupted: { readonly safe: boolean } | undefined
  /** Submodules that are not at the commit that is checked out, or not there; none where they are left alone. */
  readonly submodules: readonly string[]
}

/** What is where the checkout shall be. */
export type Place = Checkout | 'nothing' | 'something else'

/** How to reach the repository. */
export interface Access {
  readonly repo: string
  readonly key?: string | undefined
  readonly timeout: number
}

/** What of a checkout is held, and how git may act in it. */
export interface Manner {
  readonly dest: string
  readonly submodules: boolean
  readonly hooks: boolean
}

/**
 * git in a checkout. Its hooks, and the program that watches its files (core.fsmonitor), are commands that whoever can write
 * there has chosen: none runs, for we may be root.
 */
export const gitIn = ({ dest, hooks }: Pick<Manner, 'dest' | 'hooks'>): ShellText =>
  hooks ? shell`git -C ${dest}` : shell`git -c core.hooksPath=/dev/null -c core.fsmonitor= -C ${dest}`

/** Where the task keeps what it has checked out: what is behind it came from the repository, which may have forgotten it. */
export const ownRef = ({ kind, name }: GitVersion): string =>
  kind === 'branch' ? `refs/coxswain/branch/${name}` : 'refs/coxswain/detached'

const noGit = 101
const nothing = 102
const something = 103

const fullCommit = /^[0-9a-f]{40}$/

/** git asks nobody, and ssh trusts no host that is not known. */
export const access = ({ key, timeout }: Access) => ({
  timeout,
  env: {
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o StrictHostKeyChecking=yes${
      key === undefined ? '' : ` -o IdentitiesOnly=yes -i ${quote(key)}`
    }`,
  },
})

/** The error of a git command, with what helps against the usual reasons. */
export const gitFailure = (what: string, { stderr }: CommandResult): CoxswainError => {
  const hint = /dubious ownership/.test(stderr)
    ? 'act as the user whose it is: become, becomeUser'
    : /Host key verification failed/.test(stderr)
      ? 'known-host makes the key of its host known, which is looked up by somebody who can be sure of it'
      : /could not read (Username|Password)|Permission denied \(publickey/.test(stderr)
        ? 'it lets nobody in without credentials: give `key`, the path of an SSH key on the host'
        : 'run git by hand on the host, as the same user, to see more'
  return new CoxswainError('task-failed', what, {
    output: stderr.trim().split('\n').slice(-10).join('\n'),
    hint,
  })
}

/** Fields between that of a submodule and the path, by the kind of line (git-status(1), Porcelain Format Version 2). */
const fieldsBefore: ReadonlyMap<string, number> = new Map([
  ['1', 5],
  ['2', 6],
  ['u', 7],
])

/**
 * The path in a line of `git status --porcelain=v2`. A submodule that is only at another commit is not modified: it is brought
 * to the right one, and nothing is lost.
 */
const modifiedIn = (line: string): string[] => {
  const [kind = '', , submodule = '', ...rest] = line.split(' ')
  const before = fieldsBefore.get(kind)
  if (before === undefined || submodule.startsWith('SC.')) return []
  return [rest.slice(before).join(' ').split('\t')[0] ?? '']
}

/** Divides what git says of submodules from what it says of files. */
const divider = '=== submodules ==='

/** Divides that from the commit of a checkout that was interrupted. */
const begunDivider = '=== begun ==='

/** What is at the path; undefined when there is no git on the host. */
export const readPlace = async (
  ctx: CheckContext,
  { dest, submodules, timeout }: Pick<Manner, 'dest' | 'submodules'> & Pick<Access, 'timeout'>,
): Promise<Place | undefined> => {
  const { remote } = ctx
  // a status may write the index, unless it is told not to
  const git = shell`${gitIn({ dest, hooks: false })} --no-optional-locks`
  // one that is left alone may be at any commit
  const ignored = submodules ? 'untracked' : 'all'
  const ownCommits = '[ "$(git rev-list --count HEAD --not --remotes --tags)" = 0 ] || echo "A $displaypath"'
  const ofSubmodules = submodules
    ? shell`; echo ${divider}; ${git} submodule status --recursive; ${git} submodule -q foreach --recursive ${ownCommits}`
    : shell``
  const result =
    await remote.query`command -v git >/dev/null || exit ${noGit}; if [ ! -e ${`${dest}/.git`} ]; then if [ ! -e ${dest} ] || { [ -d ${dest} ] && [ -z "$(ls -A ${dest})" ]; }; then exit ${nothing}; fi; exit ${something}; fi; ${git} rev-parse --git-dir >/dev/null || exit; ${git} rev-parse -q --verify HEAD || echo; ${git} config --get remote.origin.url || echo; ${git} rev-list --count HEAD --branches --not --remotes --tags --glob=refs/coxswain 2>/dev/null || echo; ${git} status --porcelain=v2 --untracked-files=no ${`--ignore-submodules=${ignored}`}${ofSubmodules}; s=$?; echo ${begunDivider}; ${printNote(git)}; exit $s`.result()
  if (result.code === noGit) return undefined
  if (result.code === nothing) return 'nothing'
  if (result.code === something) return 'something else'
  if (!result.ok) throw gitFailure(`git cannot tell about ${dest}`, result)
  const [state = '', begun = ''] = result.stdout.split(`${begunDivider}\n`)
  const [of = '', ofModules = ''] = state.split(`${divider}\n`)
  const [commit = '', repo = '', own = '', ...status] = of.split('\n')
  const modules = ofModules.split('\n')
  const moved = modules.flatMap((line) => /^[-+U][0-9a-f]+ (.*?)(?: \(.*\))?$/.exec(line)?.[1] ?? [])
  const modified = status.flatMap(modifiedIn)
  const interrupted =
    begun === '' ? undefined : await lookAtInterrupted(ctx, { git, dest, timeout }, begun.trim(), modified)
  return {
    commit: commit === '' ? undefined : commit,
    interrupted,
    repo,
    ahead: (commit !== '' && own !== '0') || moved.some((path) => modules.includes(`A ${path}`)),
    submodules: moved,
    modified: modified.filter((path) => interrupted?.own.has(path) !== true),
  }
}

/** The version among the lines of `git ls-remote`; a branch comes before a tag of the same name. */
export const findVersion = (text: string, version: string | undefined): GitVersion | undefined => {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const commitOf = (ref: string): string | undefined => lines.find(([, name]) => name === ref)?.[0]
  if (version === undefined) {
    const head = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(text)?.[1]
    const commit = lines.find(([first, name]) => name === 'HEAD' && fullCommit.test(first ?? ''))?.[0]
    if (commit === undefined) return undefined
    return head === undefined
      ? { kind: 'commit', name: commit, commit }
      : { kind: 'branch', name: head, commit }
  }
  const name = version.replace(/^refs\/(heads|tags)\//, '')
  const branch = version.startsWith('refs/tags/') ? undefined : commitOf(`refs/heads/${name}`)
  if (branch !== undefined) return { kind: 'branch', name, commit: branch }
  if (version.startsWith('refs/heads/')) return undefined
  // an annotated tag is an object of its own; ^{} is the commit that it stands for
  const tag = commitOf(`refs/tags/${name}^{}`) ?? commitOf(`refs/tags/${name}`)
  return tag === undefined ? undefined : { kind: 'tag', name, commit: tag }
}

/**
 * The commit that a version is in the repository now.
 *
 * @throws `task-failed` when the repository cannot be reached or does not have it.
 */
export const readWanted = async (
  { remote }: CheckContext,
  given: Access & { readonly version?: string | undefined },
): Promise<GitVersion> => {
  const { repo, version } = given
  if (version !== undefined && fullCommit.test(version))
    return { kind: 'commit', name: version, commit: version }
  const names =
    version === undefined
      ? ['HEAD']
      : version.startsWith('refs/')
        ? [version, `${version}^{}`]
        : [`refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`]
  const result = await remote.query(access(given))`git ls-remote --symref -- ${repo} ${names}`.result()
  if (!result.ok) throw gitFailure(`git cannot read ${repo}`, result)
  const found = findVersion(result.stdout, version)
  if (found !== undefined) return found
  throw new CoxswainError('task-failed', `${repo} has no ${version ?? 'HEAD'}`, {
    hint: 'set a branch, a tag, or a commit by all its 40 digits',
  })
}
