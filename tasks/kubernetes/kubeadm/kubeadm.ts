/** Command lines of kubeadm that differ from version to version. */
import type { CheckContext } from '../../../engine/index.ts'
import { minorOf, requireKubeadm } from './version.ts'

/**
 * `kubeadm reset` without its last farewell to etcd, which the engine says itself, to a member that answers: kubeadm
 * would look for the member once more, and wait long for one that has been told to go.
 *
 * @param criSocket kubeadm refuses to guess between several runtimes, and `reset` reads no configuration before 1.31.
 */
export const resetWords = async (ctx: CheckContext, criSocket: string | undefined): Promise<string[]> => {
  // phases of reset came with 1.15; before, it knew nothing of members
  const phased = minorOf(await requireKubeadm(ctx)) >= 15
  return [
    'kubeadm',
    'reset',
    '-f',
    ...(phased ? ['--skip-phases=remove-etcd-member'] : []),
    ...(criSocket === undefined ? [] : [`--cri-socket=${criSocket}`]),
  ]
}

/** The container runtime's socket that a kubeadm configuration names. */
export const criSocketIn = (config: string | undefined): string | undefined =>
  /criSocket: (\S+)/.exec(config ?? '')?.[1]

/** `--ignore-preflight-errors`, where there are some to ignore. */
export const ignoring = (errors: readonly string[]): string[] =>
  errors.length === 0 ? [] : [`--ignore-preflight-errors=${errors.join(',')}`]
