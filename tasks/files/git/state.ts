/** Reads the state of a checkout and of its repository. */
import { CoxswainError, quote, shell, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext, CommandResult, ShellText } from '../../../engine/index.ts'
import { lookAtInterrupted } from './interrupted.ts'

const readCheckout = shellFile(import.meta.url, 'read-checkout.sh')

/** A version in the repository. */
export interface GitVersion {
  readonly kind: 'branch' | 'tag' | 'commit'
  readonly name: string
  readonly commit: string
}

/** The current state of a checkout. */
export interface Checkout {
  /** Undefined when nothing was ever checked out. */
  readonly commit: string | undefined
  readonly repo: string
  /** Modified files that git tracks. */
  readonly modified: readonly string[]
  /** Whether a branch has commits that did not come from the repository. */
  readonly ahead: boolean
  /** Of an interrupted checkout: whether it wrote all files that block the next one. */
  readonly interrupted: { readonly safe: boolean } | undefined
  /**
   * Submodules that are missing or at another commit than the checked out version needs; empty if submodules are not
   * managed.
   */
  readonly submodules: readonly string[]
}

/** What exists at the destination. */
export type DestState = Checkout | 'nothing' | 'something else'

/** How to reach the repository. */
export interface Access {
  readonly repo: string
  readonly key?: string | undefined
  readonly timeout: number
}

/** What the task manages in a checkout, and how git can act there. */
export interface CheckoutOptions {
  readonly dest: string
  readonly submodules: boolean
  readonly hooks: boolean
}

/**
 * git in a checkout. Its hooks, and the program that watches its files (core.fsmonitor), are commands that any user who can
 * write there has chosen. They are disabled, because we could be root.
 */
export const gitIn = ({ dest, hooks }: Pick<CheckoutOptions, 'dest' | 'hooks'>): ShellText =>
  hooks ? shell`git -C ${dest}` : shell`git -c core.hooksPath=/dev/null -c core.fsmonitor= -C ${dest}`

/**
 * The ref that records what the task checked out. Commits it contains came from the repository, even if the repository no
 * longer has them.
 */
export const ownRef = ({ kind, name }: GitVersion): string =>
  kind === 'branch' ? `refs/coxswain/branch/${name}` : 'refs/coxswain/detached'

const noGit = 101
const nothing = 102
const something = 103

const fullCommit = /^[0-9a-f]{40}$/

/** Environment of git: no prompts, and SSH only to known hosts. */
export const access = ({ key, timeout }: Access) => ({
  timeout,
  env: {
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: `ssh -o BatchMode=yes -o StrictHostKeyChecking=yes${
      key === undefined ? '' : ` -o IdentitiesOnly=yes -i ${quote(key)}`
    }`,
  },
})

/** The error of a git command, with a hint for the usual causes. */
export const gitFailure = (what: string, { stderr }: CommandResult): CoxswainError => {
  const hint = /dubious ownership/.test(stderr)
    ? 'run the task as the owner of the checkout: become, becomeUser'
    : /Host key verification failed/.test(stderr)
      ? 'add the key of its host with the task known-host, after checking the key with someone you trust'
      : /could not read (Username|Password)|Permission denied \(publickey/.test(stderr)
        ? 'the repository requires credentials: set `key` to the path of an SSH key on the host'
        : 'run git by hand on the host, as the same user, to see details'
  return new CoxswainError('task-failed', what, {
    output: stderr.trim().split('\n').slice(-10).join('\n'),
    hint,
  })
}

/**
 * The number of fields between the submodule field and the path, by kind of line (git-status(1), Porcelain Format Version
 * 2).
 */
const fieldsBefore: ReadonlyMap<string, number> = new Map([
  ['1', 5],
  ['2', 6],
  ['u', 7],
])

/**
 * The path in a line of `git status --porcelain=v2`. A submodule that is only at another commit does not count as modified:
 * updating it loses nothing.
 */
const modifiedIn = (line: string): string[] => {
  const [kind = '', , submodule = '', ...rest] = line.split(' ')
  const before = fieldsBefore.get(kind)
  if (before === undefined || submodule.startsWith('SC.')) return []
  return [rest.slice(before).join(' ').split('\t')[0] ?? '']
}

/** Separates the output about files from that about submodules. */
const divider = '=== submodules ==='

/** Separates that from the commit of an interrupted checkout. */
const begunDivider = '=== begun ==='

/** What exists at the destination; undefined if git is not installed on the host. */
export const readPlace = async (
  ctx: CheckContext,
  { dest, submodules, timeout }: Pick<CheckoutOptions, 'dest' | 'submodules'> & Pick<Access, 'timeout'>,
): Promise<DestState | undefined> => {
  const { remote } = ctx
  // git status can write the index without this option
  const git = shell`${gitIn({ dest, hooks: false })} --no-optional-locks`
  // submodules that are not managed can be at any commit
  const result =
    await remote.query`${shellProgram(readCheckout, dest, submodules ? 'untracked' : 'all', submodules ? '1' : '', git)}`.result()
  if (result.code === noGit) return undefined
  if (result.code === nothing) return 'nothing'
  if (result.code === something) return 'something else'
  if (!result.ok) throw gitFailure(`git cannot read the checkout ${dest}`, result)
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

/** The version in the output of `git ls-remote`; a branch takes precedence over a tag of the same name. */
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
  // an annotated tag is an object of its own; ^{} is the commit that it points to
  const tag = commitOf(`refs/tags/${name}^{}`) ?? commitOf(`refs/tags/${name}`)
  return tag === undefined ? undefined : { kind: 'tag', name, commit: tag }
}

/**
 * The commit of a version in the repository now.
 *
 * @throws `task-failed` if the repository cannot be reached or does not have the version.
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
