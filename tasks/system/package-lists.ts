import { defineTask, drift, duration, ok, z } from '../../engine/index.ts'
import { ageOfLists } from './package-managers/lists.ts'
import { managerOf } from './package-managers/managers.ts'

/** The name under which refreshed lists are predicted under `--check`: what they offer is not known before. */
export const refreshedLists = 'refreshed package lists'

/** Refreshes the package lists if they are old. */
export const packageLists = defineTask({
  name: 'package-lists',
  description:
    'Refreshes the package lists of a host if they are older than a given age. The task package does it by itself before it installs something.',
  reads: 'when the lists were refreshed: the time of a file that each refresh touches',
  example: { maxAge: 86_400 },
  params: () =>
    z.object({
      maxAge: duration()
        .min(60)
        .default(3600)
        .describe('seconds until the lists are refreshed again, at least 60'),
    }),
  title: () => 'package lists',
  makes: () => [refreshedLists],

  async check(ctx, { maxAge }) {
    const age = await ageOfLists(ctx, await managerOf(ctx))
    if (age !== undefined && age <= maxAge) return ok()
    return drift({
      what: 'package lists',
      from: age === undefined ? undefined : `${age} s old`,
      to: 'refreshed',
    })
  },

  async apply(ctx) {
    const manager = await managerOf(ctx)
    await manager.refresh(ctx)
  },
})
