import {
  CoxswainError,
  defineTask,
  drift,
  flag,
  ok,
  remotePath,
  duration,
  shell,
  unknown,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, Change, Verdict } from '../../engine/index.ts'
import { begin, end, keepCommit } from './git/interrupted.ts'
import { access, gitFailure, gitIn, ownRef, readPlace, readWanted } from './git/state.ts'
import type { Checkout, DestState, GitVersion } from './git/state.ts'

const params = () =>
  z.object({
    repo: z
      .string()
      .regex(/^[^-\s][^\s\0]*$/, 'must be a URL or path of a repository')
      .refine((repo) => !/^https?:\/\/[^/]*@/.test(repo), {
        message:
          'the URL must not contain a password or token: use SSH with `key`, or a credential helper on the host',
      })
      .describe('the repository, such as git@git.example:app.git'),
    dest: remotePath().describe('the folder on the host to check it out to'),
    version: z
      .string()
      .regex(/^[^-\s~^:?*[\\][^\s~^:?*[\\]*$/, 'must be a branch, a tag or a commit')
      .optional()
      .describe(
        "a branch, a tag, or a commit by all its 40 digits; by default the repository's default branch",
      ),
    force: flag().default(false).describe('discard changes in the checkout, committed or not'),
    depth: z.coerce
      .number<number | string>()
      .int()
      .min(1)
      .optional()
      .describe('how many commits of history to fetch; all by default'),
    submodules: flag()
      .default(false)
      .describe('check out submodules at the commits of this version; false leaves them alone'),
    hooks: flag()
      .default(false)
      .describe('run the hooks of the checkout (post-checkout …), as the acting user'),
    key: remotePath().optional().describe('the path on the host of the SSH key to log in with'),
    timeout: duration().default(300).describe('seconds until git is stopped'),
  })
type Params = z.output<ReturnType<typeof params>>

const short = (commit: string): string => commit.slice(0, 12)

const named = ({ kind, name, commit }: GitVersion): string =>
  kind === 'commit' ? short(commit) : `${short(commit)} (${name})`

/** @throws `task-failed` if the checkout would discard changes, or files that are not from git, without `force`. */
const refuseToDiscard = (place: DestState, { dest, force }: Params): void => {
  if (place === 'nothing') return
  if (place === 'something else')
    throw new CoxswainError('task-failed', `${dest} exists, but is not a git checkout`, {
      hint: 'move it away, or set another dest',
    })
  if (force) return
  if (place.modified.length > 0)
    throw new CoxswainError('task-failed', `files in ${dest} were changed`, {
      output: place.modified.slice(0, 10).join('\n'),
      hint: 'commit and push them, or set force=true to discard the changes',
    })
  if (place.ahead)
    throw new CoxswainError('task-failed', `${dest} has commits that are not in the repository`, {
      hint: 'push them, or set force=true to discard them',
    })
}

const changesOf = (place: Checkout, wanted: GitVersion, { dest, repo }: Params): Change[] => [
  ...(place.repo === repo
    ? []
    : [{ what: `repository of ${dest}`, from: place.repo || undefined, to: repo }]),
  ...(place.commit === wanted.commit
    ? []
    : [{ what: dest, from: place.commit && short(place.commit), to: named(wanted) }]),
  ...(place.interrupted === undefined ? [] : [{ what: `interrupted checkout of ${dest}`, to: 'complete' }]),
  ...place.submodules.map((path) => ({ what: `submodule ${path} of ${dest}`, to: 'its commit' })),
  ...(place.modified.length === 0
    ? []
    : [{ what: `changes in ${dest}`, from: place.modified.join('\n'), to: undefined }]),
]

/** Fetches the wanted version, and returns the commit to check out: a branch can have moved since it was looked up. */
const fetch = async ({ remote }: ApplyContext, given: Params, wanted: GitVersion): Promise<string> => {
  const { depth } = given
  const git = gitIn(given)
  const { kind, name, commit } = wanted
  const has = async (): Promise<boolean> =>
    remote.query`${gitIn({ ...given, hooks: false })} cat-file -e ${`${commit}^{commit}`}`.succeeds()
  const get = async (...refs: readonly string[]): Promise<void> => {
    const flags = depth === undefined ? shell`--tags --prune` : shell`--no-tags --depth ${depth}`
    const result = await remote.run(
      access(given),
    )`${git} fetch -q --force --no-recurse-submodules ${flags} origin ${refs}`.result()
    if (!result.ok) throw gitFailure(`git cannot fetch ${name} from ${given.repo}`, result)
  }
  if (depth === undefined) await get('+refs/heads/*:refs/remotes/origin/*')
  else if (kind === 'branch') await get(`+refs/heads/${name}:refs/remotes/origin/${name}`)
  else if (kind === 'tag') await get(`+refs/tags/${name}:refs/tags/${name}`)
  if (kind === 'branch') return `refs/remotes/origin/${name}`
  if (kind === 'tag') return `refs/tags/${name}`
  // a commit that is not on a branch must be fetched by its name
  if (!(await has())) await get(commit)
  return commit
}

/**
 * Updates submodules to the commits of the checked out version. Update commands from their own configuration are not run.
 */
const updateSubmodules = async ({ remote }: ApplyContext, given: Params): Promise<void> => {
  const git = gitIn(given)
  const more = [
    ...(given.force ? ['--force'] : []),
    ...(given.depth === undefined ? [] : ['--depth', String(given.depth)]),
  ]
  const result = await remote.run(
    access(given),
  )`${git} submodule -q sync --recursive && ${git} submodule -q update --init --recursive --checkout ${more}`.result()
  if (!result.ok) throw gitFailure(`git cannot update the submodules of ${given.dest}`, result)
}

/** The commits of a checkout, before and after the task. */
export interface CheckedOut {
  /** The commit that is checked out, by its 40 digits. */
  readonly commit: string
  /** The commit that was checked out before; undefined if there was none. */
  readonly before: string | undefined
}

/** Checks out a git repository at a version. */
export const gitCheckout = defineTask({
  name: 'git-checkout',
  description:
    'Checks out a git repository at a branch, tag or commit. Changes in the checkout are kept unless force is set. Hooks do not run by default.',
  reads: 'git ls-remote; git rev-parse and git status in the checkout',
  example: { repo: 'https://git.example/app.git', dest: '/srv/app', version: 'v1.2.0' },
  params,
  title: ({ dest, version }) => `${dest} at ${version ?? 'the default branch'}`,
  // git follows all links
  writes: ({ dest }) => [{ path: dest, as: 'folder', follow: true }],

  async check(ctx, given): Promise<Verdict<CheckedOut>> {
    const place = await readPlace(ctx, given)
    if (place === undefined) return unknown('git is not installed')
    refuseToDiscard(place, given)
    const wanted = await readWanted(ctx, given)
    if (place === 'nothing' || place === 'something else')
      return drift({ what: given.dest, to: `${given.repo} at ${named(wanted)}` })
    const changes = changesOf(place, wanted, given)
    return changes.length === 0 ? ok({ commit: wanted.commit, before: wanted.commit }) : drift(...changes)
  },

  async apply(ctx, given) {
    const { dest, repo, force } = given
    const place = await readPlace(ctx, given)
    if (place === undefined)
      throw new CoxswainError('task-failed', 'git is not installed on the host', {
        hint: 'install the package git first',
      })
    refuseToDiscard(place, given)
    const wanted = await readWanted(ctx, given)
    const { run } = ctx.remote
    const git = gitIn(given)
    if (place === 'nothing') await run`git init -q -- ${dest}`
    await begin(ctx.remote, git, dest, wanted.commit)
    await run({
      label: `git config remote.origin.url ${repo}`,
    })`${git} config remote.origin.url ${repo} && ${git} config remote.origin.fetch ${'+refs/heads/*:refs/remotes/origin/*'}`
    const target = await fetch(ctx, given, wanted)
    // files that an interrupted checkout wrote block the next checkout
    const own = typeof place === 'object' && place.interrupted?.safe === true
    const how = [
      ...(force || own ? ['--force'] : []),
      ...(wanted.kind === 'branch' ? ['-B', wanted.name] : ['--detach']),
    ]
    const commit = `${target}^{commit}`
    // before the checkout: if the checkout is interrupted, the next run knows that the commit comes from the repository
    await keepCommit(ctx.remote, git, { ref: ownRef(wanted), commit })
    const result = await run({
      timeout: given.timeout,
    })`${git} checkout -q ${how} ${commit} --`.result()
    if (!result.ok) throw gitFailure(`git cannot check out ${named(wanted)} in ${dest}`, result)
    if (wanted.kind === 'branch')
      await run`${git} branch -q ${`--set-upstream-to=origin/${wanted.name}`} ${wanted.name}`
    if (given.submodules) await updateSubmodules(ctx, given)
    await end(ctx.remote, git, dest)
    const value: CheckedOut = {
      commit: wanted.commit,
      before: typeof place === 'object' && place.commit !== '' ? place.commit : undefined,
    }
    return { ...drift({ what: dest, from: value.before && short(value.before), to: named(wanted) }), value }
  },
})
