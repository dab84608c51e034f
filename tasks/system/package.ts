import { CoxswainError, defineTask, drift, flag, ok, words, z } from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { osRelease } from './os-release.ts'
import { apt } from './package-managers/apt.ts'
import { dnf } from './package-managers/dnf.ts'
import type { PackageManager, Wanted } from './package-managers/types.ts'

/** The package manager of each family of distributions. */
const managers: Readonly<Record<string, PackageManager>> = {
  debian: apt,
  ubuntu: apt,
  fedora: dnf,
  rhel: dnf,
  centos: dnf,
}

const managerOf = async (ctx: CheckContext): Promise<PackageManager> => {
  const { id, family } = await ctx.fact(osRelease())
  const manager = family.map((name) => managers[name]).find((found) => found !== undefined)
  if (manager !== undefined) return manager
  throw new CoxswainError('task-failed', `packages of ${id} are not known to this task`, {
    hint: `it knows the families of ${Object.keys(managers).join(', ')}`,
  })
}

const parse = (word: string): Wanted => {
  const [name = '', version] = word.split('=')
  return { name, version }
}

const changesFor = async (
  ctx: CheckContext,
  packages: readonly Wanted[],
  present: boolean,
): Promise<(Change & { wanted: Wanted })[]> => {
  const installed = await (
    await managerOf(ctx)
  ).installed(
    ctx,
    packages.map(({ name }) => name),
  )
  return packages.flatMap((wanted) => {
    const { name, version } = wanted
    const have = installed.get(name)
    const right = present
      ? have !== undefined && (version === undefined || version === have)
      : have === undefined
    return right
      ? []
      : [{ wanted, what: `package ${name}`, from: have, to: present ? (version ?? 'installed') : undefined }]
  })
}

/** Hold packages installed or not installed, with the distribution's own package manager. */
export const packages = defineTask({
  name: 'package',
  description: 'Holds packages installed, at a version where one is given, or not installed.',
  reads: 'dpkg-query or rpm -q',
  example: { name: ['curl', 'jq'] },
  params: z.object({
    name: words().describe('names, or name=version'),
    state: z.enum(['present', 'absent']).default('present'),
    refresh: flag().default(true).describe('refresh the package lists before installing'),
  }),
  title: ({ name, state }) => `package ${name.join(', ')}${state === 'absent' ? ' absent' : ''}`,

  async check(ctx, { name, state }) {
    const changes = await changesFor(ctx, name.map(parse), state === 'present')
    return changes.length === 0 ? ok() : drift(...changes.map(({ what, from, to }) => ({ what, from, to })))
  },

  async apply(ctx, { name, state, refresh }) {
    const manager = await managerOf(ctx)
    const changes = await changesFor(ctx, name.map(parse), state === 'present')
    if (state === 'absent')
      return manager.remove(
        ctx,
        changes.map(({ wanted }) => wanted.name),
      )
    if (refresh) await manager.refresh(ctx)
    await manager.install(
      ctx,
      changes.map(({ wanted }) => wanted),
    )
  },
})
