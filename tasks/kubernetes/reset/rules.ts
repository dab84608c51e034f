/** Firewall rules that kube-proxy and pod networks make. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'

const listFile = shellFile(import.meta.url, 'list-rules.sh')
const removeFile = shellFile(import.meta.url, 'remove-rules.sh')
const flushFile = shellFile(import.meta.url, 'flush-iptables.sh')

/** All rules of Kubernetes, or those of pod networks alone. */
type Whose = 'all' | 'network'

const list = ({ remote }: CheckContext, whose: Whose): Promise<string[]> =>
  remote.query({ label: 'list firewall rules of Kubernetes' })`${shellProgram(listFile, whose)}`.lines()

const remove = async ({ remote, log, host }: ApplyContext, whose: Whose): Promise<void> => {
  const left = await remote.run({
    timeout: 120,
    label: 'remove firewall rules of Kubernetes',
  })`${shellProgram(removeFile, whose)}`.lines()
  for (const what of left) log(`left on ${host.name}: ${what}`)
}

/** The kinds of rules that are on a host, in words. */
export const kubernetesRules = (ctx: CheckContext): Promise<string[]> => list(ctx, 'all')

/** The kinds of rules of pod networks alone. */
export const networkRules = (ctx: CheckContext): Promise<string[]> => list(ctx, 'network')

/** Removes them, and reports what it leaves that could be theirs. Rules of others are not touched. */
export const removeKubernetesRules = (ctx: ApplyContext): Promise<void> => remove(ctx, 'all')

/** Removes those of pod networks alone: a node that stays needs the others. */
export const removeNetworkRules = (ctx: ApplyContext): Promise<void> => remove(ctx, 'network')

/** Removes all rules, of others too. */
export const flushRules = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.run({ label: 'flush iptables' })`${shellProgram(flushFile)}`
}
