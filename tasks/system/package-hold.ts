import { CoxswainError, defineTask, driftUnlessEmpty, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { managerOf } from './package-managers/managers.ts'
import type { Holding } from './package-managers/types.ts'

const holdingOf = async (ctx: CheckContext): Promise<Holding> => {
  const { holding } = await managerOf(ctx)
  if (holding !== undefined) return holding
  throw new CoxswainError('task-failed', `this task cannot hold packages of ${ctx.host.name}`, {
    hint: 'it knows apt-mark and dnf versionlock; elsewhere install them at a version: package name=NAME=VERSION',
  })
}

/** Hold packages at the version that they have, whatever an upgrade would do. */
export const packageHold = defineTask({
  name: 'package-hold',
  description: 'Holds packages at the version that they have, whatever an upgrade would do, or lets them go.',
  reads: 'apt-mark showhold, or the list of dnf versionlock',
  example: { name: ['kubeadm', 'kubelet'] },
  params: z.object({
    name: words().describe('names'),
    state: z.enum(['held', 'free']).default('held'),
  }),
  title: ({ name, state }) => `package ${name.join(', ')} ${state}`,

  async check(ctx, { name, state }) {
    const held = await (await holdingOf(ctx)).held(ctx, name)
    const wrong = name.filter((one) => held.includes(one) !== (state === 'held'))
    const from = state === 'held' ? 'free' : 'held'
    return driftUnlessEmpty(wrong.map((one) => ({ what: `package ${one}`, from, to: state })))
  },

  async apply(ctx, { name, state }) {
    const holding = await holdingOf(ctx)
    const held = await holding.held(ctx, name)
    await holding.hold(
      ctx,
      name.filter((one) => held.includes(one) !== (state === 'held')),
      state === 'held',
    )
  },
})
