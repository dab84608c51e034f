/** Command lines of kubeadm. */
import type { CheckContext } from '../../../engine/index.ts'
import { factsOf } from './versions.ts'

/**
 * Reads the version of kubeadm, before anything is changed that requires it.
 *
 * @throws `command-failed` if it is not installed.
 */
export const requireKubeadm = ({ remote }: CheckContext): Promise<string> =>
  remote.query`kubeadm version -o short`.text()

/**
 * Arguments of `kubeadm reset` without the phase that removes the etcd member, because the engine removes the member
 * itself:
 * kubeadm would look for the member again, and wait long for one that is leaving.
 *
 * @param criSocket required if there are several runtimes, because `reset` does not read a configuration before 1.31.
 */
export const resetWords = async (ctx: CheckContext, criSocket: string | undefined): Promise<string[]> => {
  // without phases, it does not remove members
  const phased = factsOf(await requireKubeadm(ctx)).resetPhases.length > 0
  return [
    'kubeadm',
    'reset',
    '-f',
    ...(phased ? ['--skip-phases=remove-etcd-member'] : []),
    ...(criSocket === undefined ? [] : [`--cri-socket=${criSocket}`]),
  ]
}

/** The socket of the container runtime in a kubeadm configuration. */
export const criSocketIn = (config: string | undefined): string | undefined =>
  /criSocket: (\S+)/.exec(config ?? '')?.[1]

/** `--ignore-preflight-errors`, if there are errors to ignore. */
export const ignoring = (errors: readonly string[]): string[] =>
  errors.length === 0 ? [] : [`--ignore-preflight-errors=${errors.join(',')}`]
