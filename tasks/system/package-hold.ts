import { CoxswainError, defineTask, driftUnlessEmpty, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { managerOf } from './package-managers/managers.ts'
import type { Holding } from './package-managers/types.ts'

const holdingOf = async (ctx: CheckContext): Promise<Holding> => {
  const { holding } = await managerOf(ctx)
  if (holding !== undefined) return holding
  throw new CoxswainError('task-failed', `this task cannot hold packages on ${ctx.host.name}`, {
    hint: 'it supports apt-mark, dnf versionlock, zypper addlock and IgnorePkg of pacman; on other hosts install a fixed version: package name=NAME=VERSION',
  })
}

interface Held {
  readonly holding: Holding
  /** The package for each name: for a virtual package, the package that provides it. */
  readonly real: ReadonlyMap<string, string>
  /** The names that are not in the wanted state. */
  readonly wrong: readonly string[]
}

const heldOf = async (ctx: CheckContext, names: readonly string[], wanted: boolean): Promise<Held> => {
  const holding = await holdingOf(ctx)
  const direct = await holding.held(ctx, names)
  const others = names.filter((name) => !direct.includes(name))
  const providers = others.length === 0 ? undefined : await holding.providers?.(ctx, others)
  const real = new Map(names.map((name) => [name, providers?.get(name) ?? name]))
  const provided = [...new Set(providers?.values())]
  const through = provided.length === 0 ? [] : await holding.held(ctx, provided)
  const isHeld = (name: string): boolean => direct.includes(name) || through.includes(real.get(name) ?? name)
  return { holding, real, wrong: names.filter((name) => isHeld(name) !== wanted) }
}

/** Keeps packages at their installed version, or releases them. */
export const packageHold = defineTask({
  name: 'package-hold',
  description: 'Keeps packages at their installed version, so that upgrades skip them, or releases them.',
  reads: 'apt-mark showhold, the list of dnf versionlock, /etc/zypp/locks or IgnorePkg of pacman',
  example: { name: ['kubeadm', 'kubelet'] },
  params: () =>
    z.object({
      name: words().describe('names of packages'),
      state: z
        .enum(['held', 'free'])
        .default('held')
        .describe('held keeps the installed version; free lets it be upgraded again'),
    }),
  title: ({ name, state }) => `package ${name.join(', ')} ${state}`,

  async check(ctx, { name, state }) {
    const { wrong, real } = await heldOf(ctx, name, state === 'held')
    const from = state === 'held' ? 'free' : 'held'
    const called = (one: string): string =>
      real.get(one) === one ? one : `${real.get(one)}, which provides ${one}`
    return driftUnlessEmpty(wrong.map((one) => ({ what: `package ${called(one)}`, from, to: state })))
  },

  async apply(ctx, { name, state }) {
    const { holding, real, wrong } = await heldOf(ctx, name, state === 'held')
    await holding.hold(ctx, [...new Set(wrong.map((one) => real.get(one) ?? one))], state === 'held')
  },
})
