import { CoxswainError, defineTask, driftUnlessEmpty, unknown, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { managerOf } from './package-managers/managers.ts'
import { versionPattern } from './package-managers/types.ts'
import type { PackageManager } from './package-managers/types.ts'
import { refreshedLists } from './package-lists.ts'

/** The upgrades of a host without those of some packages. */
const upgradesOf = async (
  ctx: CheckContext,
  { allUpgrades }: PackageManager,
  except: readonly string[],
): Promise<readonly (readonly [name: string, version: string])[]> => {
  if (allUpgrades === undefined)
    throw new CoxswainError('task-failed', `this task cannot upgrade all packages of ${ctx.host.name}`, {
      hint: 'it supports apt and dnf; on other hosts, run the package manager with the task shell',
    })
  const kept = except.map(versionPattern)
  return [...(await allUpgrades(ctx))].filter(([name]) => !kept.some((one) => one.test(name)))
}

/**
 * Upgrades all packages that have a newer version in the package lists, in one transaction.
 *
 * Packages that are held stay at their version, and so do those of `except`, unless another package requires a newer one. The lists
 * are not refreshed: put the task package-lists before it.
 */
export const packageUpgrade = defineTask({
  name: 'package-upgrade',
  description:
    'Upgrades all installed packages that have a newer version in the package lists of the host, except some.',
  reads: 'apt-get --simulate upgrade, or dnf repoquery --upgrades',
  example: { except: ['kubeadm', 'kubelet', 'kubectl'] },
  params: () =>
    z.object({
      except: words().default([]).describe('names of packages that keep their version; * matches any text'),
    }),
  title: ({ except }) =>
    except.length === 0
      ? 'all packages are up to date'
      : `all packages but ${except.join(', ')} are up to date`,
  brings: () => true,

  async check(ctx, { except }) {
    if (ctx.predicted(refreshedLists)) return unknown('the package lists are refreshed before')
    const manager = await managerOf(ctx)
    const [upgrades, isUnfinished] = await Promise.all([
      upgradesOf(ctx, manager, except),
      manager.unfinished?.found(ctx),
    ])
    return driftUnlessEmpty([
      ...(isUnfinished === true
        ? [{ what: 'packages', from: 'an interrupted installation', to: 'configured' }]
        : []),
      ...upgrades.map(([name, version]) => ({ what: `package ${name}`, from: 'older', to: version })),
    ])
  },

  async apply(ctx, { except }) {
    const manager = await managerOf(ctx)
    // an earlier run was interrupted while packages were installed
    if ((await manager.unfinished?.found(ctx)) === true) await manager.unfinished?.complete(ctx)
    const upgrades = await upgradesOf(ctx, manager, except)
    if (upgrades.length === 0) return
    const wanted = upgrades.map(([name]) => ({ name, version: undefined }))
    await manager.install(ctx, wanted, {
      latest: true,
      recommends: undefined,
      enable: [],
      keepAll: true,
    })
  },
})
