import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { osRelease } from '../os-release.ts'
import { apk } from './apk.ts'
import { apt } from './apt.ts'
import { dnf } from './dnf.ts'
import { pacman } from './pacman.ts'
import type { PackageManager } from './types.ts'
import { zypperManager } from './zypper.ts'

/** The package manager for each family of distributions. */
const managers: Readonly<Record<string, PackageManager>> = {
  debian: apt,
  ubuntu: apt,
  fedora: dnf,
  rhel: dnf,
  centos: dnf,
  alpine: apk,
  suse: zypperManager,
  arch: pacman,
}

/**
 * The package manager of a host.
 *
 * @throws `task-failed` for an unsupported distribution.
 */
export const managerOf = async (ctx: CheckContext): Promise<PackageManager> => {
  const { id, family } = await ctx.fact(osRelease())
  const manager = family.map((name) => managers[name]).find((found) => found !== undefined)
  if (manager !== undefined) return manager
  throw new CoxswainError('task-failed', `this task does not support the packages of ${id}`, {
    hint: `it supports the families of ${Object.keys(managers).join(', ')}`,
  })
}
