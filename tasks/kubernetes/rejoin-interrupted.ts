import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { rejoinRecord } from './kubeadm/paths.ts'

/** Whether a run has left a host while it got another name or address: used to complete it before another one leaves. */
export const rejoinInterrupted = defineTask({
  name: 'rejoin-interrupted',
  description:
    'Reads whether an interrupted run has left a control-plane node while it left its cluster, or joined it again under another name or address.',
  reads: rejoinRecord,
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return (await remote.exists(rejoinRecord)) ? ok() : drift('no run was interrupted')
  },
})
