/** Fields of a kubelet that are not changed while its node runs pods. */
import { CoxswainError } from '../../../engine/index.ts'
import type { Change } from '../../../engine/index.ts'
import { changeInWords } from './master-files.ts'

const reasons: Readonly<Record<string, string>> = {
  cgroupDriver:
    'it must be that of the container runtime, and no new container would start: drain the node, stop its kubelet and all containers, and change both by hand',
  clusterDomain: 'it is the domain that the DNS of the cluster answers for, which does not change',
}

/** @throws `task-failed` for changes of fields that cannot be changed on a node that runs. */
export const refuseFixedFields = (host: string, changes: readonly Change[]): void => {
  const found = changes.flatMap((change) => {
    const [, field = ''] = /^(\w+) of the kubelet/.exec(change.what) ?? []
    const reason = reasons[field]
    return reason === undefined ? [] : [{ field, text: `${changeInWords(change)}: ${reason}` }]
  })
  if (found.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `${host} has other settings than the configuration, which are not changed while a node runs`,
    {
      output: found.map(({ text }) => text).join('\n'),
      hint: `set ${found.map(({ field }) => field).join(' and ')} in the configuration of the kubelets to what is there; nothing was changed`,
    },
  )
}
