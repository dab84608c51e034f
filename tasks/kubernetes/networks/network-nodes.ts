/** The nodes of a cluster as a pod network needs them. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from '../kubeadm/kubectl.ts'

/** A node. */
export interface NetworkNode {
  readonly name: string
  readonly ready: boolean
  /** Why it is not ready, in the words of its kubelet or of the cluster. */
  readonly message: string
  /** The networks that its pods get their addresses from; empty if the cluster does not give nodes any. */
  readonly podCidrs: readonly string[]
}

const ready = '.status.conditions[?(@.type=="Ready")]'
const row = `{range .items[*]}{.metadata.name}{"\\t"}{.spec.podCIDR}{"\\t"}{.spec.podCIDRs[*]}{"\\t"}{${ready}.status}{"\\t"}{${ready}.message}{"\\n"}{end}`

/**
 * The nodes of a cluster.
 *
 * @throws `task-failed` if the API server cannot be asked.
 */
export const networkNodes = async (ctx: CheckContext): Promise<NetworkNode[]> => {
  const { ok, stdout, stderr } = await kubectl(ctx, ['get', 'nodes', '-o', `jsonpath=${row}`]).result()
  if (!ok)
    throw new CoxswainError('task-failed', 'the API server does not list the nodes', {
      output: stderr.trim(),
      hint: 'check the control plane: run playbooks/status.ts; nothing was changed',
    })
  return stdout.split('\n').flatMap((line) => {
    const [name = '', one = '', all = '', status = '', message = ''] = line.split('\t')
    // before 1.16, a node has one network only
    const podCidrs = (all === '' ? one : all).split(' ').filter((text) => text !== '')
    return name === '' ? [] : [{ name, ready: status === 'True', message, podCidrs }]
  })
}

/** Whether a node is not Ready because it does not have a pod network; other reasons are not the subject of one. */
export const lacksNetwork = ({ ready: isReady, message }: NetworkNode): boolean =>
  !isReady && /network/i.test(message)
