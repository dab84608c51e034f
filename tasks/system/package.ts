import {
  CoxswainError,
  defineTask,
  drift,
  flag,
  ok,
  duration,
  unknown,
  words,
  z,
} from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { isGroup } from './package-managers/dnf-groups.ts'
import { ageOfLists } from './package-managers/lists.ts'
import { managerOf } from './package-managers/managers.ts'
import { versionPattern } from './package-managers/types.ts'
import type { PackageManager, PackageRequest } from './package-managers/types.ts'

const parse = (word: string): PackageRequest => {
  const [name = '', version] = word.split('=')
  return { name, version }
}

/**
 * A package name. A dash at its start would begin an option, and apt takes a dash at its end as a request to remove the
 * package.
 */
const packageName = () =>
  z
    .string()
    .regex(
      /^[^\s-](?:\S*[^\s-])?$/,
      'must be a package: without blanks, and without a dash at the beginning or end',
    )

const params = () =>
  z
    .object({
      name: words()
        .pipe(z.array(packageName()))
        .describe(
          'names, or name=version; * in a version matches any text; @ID is a group of packages (dnf)',
        ),
      state: z
        .enum(['present', 'latest', 'absent'])
        .default('present')
        .describe('latest installs the newest version in the package lists of the host'),
      refresh: flag()
        .default(true)
        .describe(
          'refresh the package lists before an installation; for latest, if they are older than cacheAge',
        ),
      cacheAge: duration()
        .min(60)
        .optional()
        .describe(
          'seconds until the package lists are refreshed again; by default they are refreshed before each installation, and for latest after 3600 s. A refresh without new versions does not count as a change',
        ),
      recommends: flag()
        .optional()
        .describe(
          'whether recommended packages are installed, too; by default as the host is configured (not for apk and pacman)',
        ),
      enableRepo: words()
        .pipe(z.array(z.string().regex(/^[\w*][\w.*-]*$/, 'must be a repository')))
        .default([])
        .describe('repositories to enable for this task alone (dnf)'),
      disableRepo: words()
        .pipe(z.array(z.string().regex(/^[\w*][\w.*-]*$/, 'must be a repository')))
        .default([])
        .describe('repositories to leave out for this task alone (dnf)'),
      release: z
        .string()
        .regex(/^[\w][\w./-]*$/, 'must be a release, such as bookworm-backports')
        .optional()
        .describe('the release to prefer over others for this task alone, such as bookworm-backports (apt)'),
      purge: flag().default(false).describe('with state=absent, also remove the configuration files (apt)'),
    })
    .refine(({ release, state }) => release === undefined || state === 'present', {
      message: 'release chooses what is installed if a package is missing: it works with state present only',
      path: ['release'],
    })
    .refine(({ name, state }) => state !== 'latest' || !name.some((word) => word.includes('=')), {
      message: 'latest and a version exclude each other',
      path: ['name'],
    })
    .refine(({ name, state }) => state !== 'latest' || !name.some(isGroup), {
      message: 'latest is for packages, not for groups of packages: package-upgrade upgrades all',
      path: ['name'],
    })
type Params = z.output<ReturnType<typeof params>>

/** What is installed after the task. */
export interface PackageVersions {
  /** The versions of the packages that it names, by these names; without those that are not installed. */
  readonly versions: Readonly<Record<string, string>>
}

interface Findings extends PackageVersions {
  readonly changes: readonly Wrong[]
}

type Wrong = Change & { readonly wanted: PackageRequest }

const nothing: ReadonlyMap<string, string> = new Map()
const none: readonly string[] = []

const changesFor = async (
  ctx: CheckContext,
  manager: PackageManager,
  { name: names, state, purge, enableRepo, disableRepo, release }: Params,
): Promise<Findings> => {
  if (release !== undefined && manager.releases !== true)
    throw new CoxswainError(
      'task-failed',
      'release works with apt only, and this host has another package manager',
      { hint: 'leave it out for this host' },
    )
  if (enableRepo.length + disableRepo.length > 0 && manager.enables !== true)
    throw new CoxswainError(
      'task-failed',
      'enableRepo and disableRepo work with dnf only, and this host has another package manager',
      {
        hint: 'leave it out for this host; package-repository adds a repository',
      },
    )
  const group = names.find(isGroup)
  if (group !== undefined && manager.groups !== true)
    throw new CoxswainError(
      'task-failed',
      `${group} is a group of packages, which works with dnf only, and this host has another package manager`,
      { hint: 'name the packages of the group for this host' },
    )
  const packages = names.map(parse)
  const plain = packages.map(({ name }) => name)
  const installed = await manager.installed(ctx, plain)
  const [upgrades, remains] = await Promise.all([
    state === 'latest'
      ? manager.upgrades(
          ctx,
          plain.map((name) => installed.get(name)?.as ?? name),
          { enable: enableRepo, disable: disableRepo },
        )
      : nothing,
    purge && manager.remains !== undefined ? manager.remains(ctx, plain) : none,
  ])
  const versions = Object.fromEntries(
    plain.flatMap((name) => {
      const version = installed.get(name)?.version
      return version === undefined ? [] : [[name, version] as const]
    }),
  )
  const changes = packages.flatMap((wanted): Wrong[] => {
    const { name, version } = wanted
    const what = `package ${name}`
    const found = installed.get(name)
    const have = found?.version
    if (state === 'absent' && found?.provides === true)
      throw new CoxswainError('task-failed', `${name} is not a package: ${found.as} provides it`, {
        hint: `set name=${found.as} to remove it`,
      })
    if (state === 'absent') {
      const left = remains.includes(name) ? 'only its settings' : undefined
      return have === undefined && left === undefined
        ? []
        : [{ wanted, what, from: have ?? left, to: undefined }]
    }
    const newer = found === undefined ? undefined : upgrades.get(found.as)
    const right =
      have !== undefined &&
      newer === undefined &&
      (version === undefined || versionPattern(version).test(have))
    return right ? [] : [{ wanted, what, from: have, to: version ?? newer ?? 'installed' }]
  })
  return { changes, versions }
}

const changesOnly = (changes: readonly Wrong[]): Change[] =>
  changes.map(({ what, from, to }) => ({ what, from, to }))

/** Why the package lists must be refreshed; undefined if they are recent, or must not be refreshed. */
const tooOld = async (
  ctx: CheckContext,
  manager: PackageManager,
  { refresh, cacheAge = 3600 }: Params,
): Promise<string | undefined> => {
  if (!refresh) return undefined
  const age = await ageOfLists(ctx, manager)
  if (age === undefined) return 'the host has no package lists yet'
  return age > cacheAge ? `the package lists are ${age} s old, and cacheAge is ${cacheAge} s` : undefined
}

/** Packages that would have to change, but are held at their version. */
const heldAmong = async (
  ctx: CheckContext,
  { holding }: PackageManager,
  changes: readonly Wrong[],
): Promise<readonly string[]> => {
  if (holding === undefined || changes.length === 0) return []
  const names = changes
    .filter(({ from, wanted }) => (from !== undefined || holding.holdsMissing) && !isGroup(wanted.name))
    .map(({ wanted }) => wanted.name)
  return names.length === 0 ? [] : holding.held(ctx, names)
}

/** Installs or removes packages with the distribution's package manager. */
export const packages = defineTask({
  name: 'package',
  description: 'Installs packages, at a given or at the newest version, or removes them.',
  reads:
    'dpkg-query, rpm -q, pacman -Q, or the database of apk; for latest also apt-cache policy, dnf repoquery, zypper list-updates, pacman -Qu or apk version',
  example: { name: ['curl', 'jq'] },
  params,
  title: ({ name, state }) => `package ${name.join(', ')}${state === 'present' ? '' : ` ${state}`}`,

  brings: ({ state }) => state !== 'absent',

  async check(ctx, given) {
    const manager = await managerOf(ctx)
    const [{ changes, versions }, old] = await Promise.all([
      changesFor(ctx, manager, given),
      given.state === 'latest' ? tooOld(ctx, manager, given) : undefined,
    ])
    if (changes.length === 0) return old === undefined ? ok({ versions }) : unknown(old)
    const held = await heldAmong(ctx, manager, changes)
    // an earlier task could release them
    return held.length === 0
      ? drift(...changesOnly(changes))
      : unknown(`held at its version: ${held.join(', ')}`)
  },

  async apply(ctx, given) {
    const { state, refresh, cacheAge, recommends, purge, release } = given
    const { enableRepo: enable, disableRepo: disable } = given
    const latest = state === 'latest'
    const manager = await managerOf(ctx)
    if (state !== 'absent' && refresh) {
      const whenOld = latest || cacheAge !== undefined
      if (!whenOld || (await tooOld(ctx, manager, given)) !== undefined) await manager.refresh(ctx)
    }
    const { changes, versions } = await changesFor(ctx, manager, given)
    const held = await heldAmong(ctx, manager, changes)
    if (held.length > 0)
      throw new CoxswainError('task-failed', `held at its version: ${held.join(', ')}`, {
        hint: `release it first, and hold it again afterwards: package-hold name=${held.join(',')} state=free`,
      })
    const wanted = changes.map((change) => change.wanted)
    if (state === 'absent') {
      const names = wanted.map(({ name }) => name)
      await manager.remove(ctx, names, purge)
    } else if (wanted.length > 0)
      await manager.install(ctx, wanted, { latest, recommends, enable, disable, release })
    return changes.length === 0 ? ok({ versions }) : drift(...changesOnly(changes))
  },
})
