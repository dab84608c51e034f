/** Arguments of the kubelet of a worker that has joined, which kubeadm does not write again. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { isSameValue } from '../../network/addresses/same-value.ts'
import type { Arguments } from '../kubeadm/component-settings.ts'
import { kubeletFlags } from '../kubeadm/paths.ts'
import { extraKubeletFlagsIn } from '../reconfigure/differences.ts'
import { changeInWords } from '../reconfigure/master-files.ts'
import { withoutReportedOf } from '../reconfigure/reported-address.ts'
import { extraFlagFiles, kubeletArgumentChanges } from '../reconfigure/without-dry-run.ts'

/** What a worker joins with. */
interface Wanted {
  readonly name: string
  readonly nodeIp?: string | undefined
  readonly kubeletExtraArgs: Arguments
}

/**
 * Refuses arguments that the kubelet of a worker does not have: they are set when it joins. One that is no longer wanted is not found.
 *
 * @param via a control-plane node.
 * @throws `task-failed` with the arguments, and how to set them.
 */
export const refuseOtherArguments = async (
  ctx: CheckContext,
  via: CheckContext,
  { name, nodeIp, kubeletExtraArgs }: Wanted,
): Promise<void> => {
  const wanted: Arguments = { ...(nodeIp !== undefined && { 'node-ip': nodeIp }), ...kubeletExtraArgs }
  if (Object.keys(wanted).length === 0) return
  const [flags, ...extra] = await Promise.all(
    [kubeletFlags, ...extraFlagFiles].map((path) => ctx.remote.read(path)),
  )
  if (flags === undefined) return
  // the later ones have precedence
  const others = new Map(extra.flatMap((text) => [...extraKubeletFlagsIn(text ?? '')]))
  const isSetThere = (argument: string): boolean =>
    isSameValue(others.get(argument), [wanted[argument] ?? []].flat().join(','))
  const asked = Object.fromEntries(Object.entries(wanted).filter(([argument]) => !isSetThere(argument)))
  const changes = await withoutReportedOf(via, name, kubeletArgumentChanges(flags, asked, {}))
  if (changes.length === 0) return
  const { host } = ctx
  throw new CoxswainError(
    'task-failed',
    `${host.name} has joined with other arguments of its kubelet than the inventory has`,
    {
      output: changes.map(changeInWords).join('\n'),
      hint: `set them in ${kubeletFlags} on ${host.name}, and restart the kubelet; or set kubelet_extra_args and node_ip as they are there; nothing was changed`,
    },
  )
}
