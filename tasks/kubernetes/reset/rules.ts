/** Firewall rules that kube-proxy and pod networks make. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'

const listFile = shellFile(import.meta.url, 'list-rules.sh')
const removeFile = shellFile(import.meta.url, 'remove-rules.sh')
const flushFile = shellFile(import.meta.url, 'flush-iptables.sh')

/** The kinds of rules that are on a host, in words. */
export const kubernetesRules = ({ remote }: CheckContext): Promise<string[]> =>
  remote.query({ label: 'list firewall rules of Kubernetes' })`${shellProgram(listFile)}`.lines()

/** Removes them, and reports what it leaves that could be theirs. Rules of others are not touched. */
export const removeKubernetesRules = async ({ remote, log, host }: ApplyContext): Promise<void> => {
  const left = await remote.run({
    timeout: 120,
    label: 'remove firewall rules of Kubernetes',
  })`${shellProgram(removeFile)}`.lines()
  for (const what of left) log(`left on ${host.name}: ${what}`)
}

/** Removes all rules, of others too. */
export const flushRules = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.run({ label: 'flush iptables' })`${shellProgram(flushFile)}`
}
