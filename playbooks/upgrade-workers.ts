/** The part of the playbook upgrade about workers. */
import { block } from 'coxswain'
import type { Play, Selector, Step, WhenContext } from 'coxswain'
import {
  nodeDrain,
  nodeReady,
  nodeUncordon,
  waitForConnection,
  workerLeftOut,
  workerNeedsUpgrade,
  workerUpgrade,
} from 'coxswain/tasks'
import { imagesOf, programsOf } from './control-plane-programs.ts'
import type { ProgramVars } from './control-plane-programs.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'

/** One worker first: what is wrong with the version shows there. */
export const workersAtATime = [1, '20%'] as const satisfies Play<unknown>['serial']

/** A worker, and what it is upgraded to. */
interface Upgrade {
  readonly node: string
  readonly vars: ControlPlaneVars & ProgramVars & { readonly upgrade_drain: boolean }
  readonly version: string
  /** The version after that; undefined for the last one. */
  readonly next: string | undefined
  /** A master that changes the cluster. */
  readonly via: Selector
}

/** The steps of a worker that can be reached. It has a new kubelet before it is drained, as a master has. */
const reachedSteps = ({ node, vars, version, via }: Upgrade): Step[] => {
  const place = { node, via, version }
  const isOld = (ctx: WhenContext): Promise<boolean> => workerNeedsUpgrade(ctx, place)
  const withoutNetwork = vars.cni_manifest === 'none'
  return [
    // one that is not ready is not drained: what is wrong with it is not the version
    nodeReady({ node, withoutNetwork, timeout: 60 }, { on: via, when: isOld }),
    ...programsOf(vars, version, ['kubeadm', 'kubelet'], isOld),
    ...imagesOf(vars, version, isOld),
    ...(vars.upgrade_drain ? [nodeDrain({ node }, { on: via, when: isOld })] : []),
    workerUpgrade({
      ...place,
      allowUnknownVersion: vars.allow_unknown_version,
      ignorePreflightErrors: vars.ignore_preflight_errors,
    }),
    nodeReady({ node, withoutNetwork }, { on: via }),
    nodeUncordon({ node }, { on: via }),
  ]
}

/**
 * The steps of a worker. One that cannot be reached is left out of a version, as long as the masters can go on to the next one without it.
 * With the last version, it ends the run: the masters are complete then.
 */
export const workerSteps = (upgrade: Upgrade): Step[] => {
  const { node, version, next, via } = upgrade
  if (next === undefined) return reachedSteps(upgrade)
  const reached = waitForConnection({ timeout: 20 })
  return [
    block([reached], {
      rescue: [
        workerLeftOut(
          { node, version, next, allowUnknownVersion: upgrade.vars.allow_unknown_version },
          { on: via },
        ),
      ],
    }),
    block(reachedSteps(upgrade), { when: ({ outcomeOf }) => outcomeOf(reached) !== 'rescued' }),
  ]
}
