/** What hosts are before kubeadm runs on them, as a table for people. Pure. */
import { aligned } from '../../shared/aligned.ts'
import type { PreflightOf, PreflightState } from './types.ts'

const headers = ['HOST', 'CPUS', 'MEMORY', 'FREE', 'CGROUP', 'KUBELET', 'CONTAINERD', 'REACHES']

const reach = ({ peers }: PreflightState): string => {
  if (peers === undefined) return 'not known'
  const well = peers.filter(({ answer }) => answer === 'open' || answer === 'closed')
  return `${well.length} of ${peers.length} ports`
}

/** One line a host. */
export const preflightTable = (states: readonly PreflightOf[]): string =>
  aligned([
    headers,
    ...states.map(({ host, value }) =>
      value === undefined
        ? [host, 'not known']
        : [
            host,
            String(value.cpus),
            `${value.memoryMiB} MiB`,
            value.freeMiB === undefined ? 'not known' : `${value.freeMiB} MiB`,
            `v${value.cgroup}`,
            value.programs['kubelet'] ?? 'none',
            value.programs['containerd'] ?? 'none',
            reach(value),
          ],
    ),
  ]).join('\n')
