import { CoxswainError, defineTask, drift, duration, isCoxswainError, ok, z } from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { adminConf } from './kubeadm/paths.ts'
import { findNode, nodeParams, viaOf } from './nodes/node.ts'

const notLost = (name: string): CoxswainError =>
  new CoxswainError('task-failed', `${name} is not lost: its kubelet reports`, {
    hint: `if ${name} was stopped just now, wait a minute; else drain it, and remove it with reset-node`,
  })

/** Waits until the cluster has noticed that a kubelet does not report. */
const waitUntilLost = async (ctx: ApplyContext, via: ApplyContext, name: string, seconds: number) => {
  const missing = async (): Promise<string[]> =>
    (await findNode(via, name))?.reports === true ? [`the kubelet of ${name} reports`] : []
  try {
    await eventually(ctx, missing, { seconds, every: 2, hint: '' })
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'wait-timeout') throw error
    throw notLost(name)
  }
}

/** Deletes the Node object of a host that is lost; its pods are then made again on other nodes. */
export const nodeDelete = defineTask({
  name: 'node-delete',
  description:
    'Deletes the Node object of a host that is lost, so that its pods are made again elsewhere. It is refused while its kubelet reports.',
  reads: 'the Node object, by kubectl',
  example: { node: 'm3' },
  params: () =>
    z.object({
      ...nodeParams(),
      timeout: duration({ zero: true })
        .default(0)
        .describe('seconds to wait for the cluster to notice that its kubelet does not report'),
    }),
  title: ({ node }) => `the cluster does not have the node ${node}`,

  async check(ctx, { node: name, via, timeout }) {
    const node = await findNode(await viaOf(ctx, via), name)
    if (node === undefined) return ok()
    if (node.reports && timeout === 0) throw notLost(name)
    return drift({ what: `node ${name}`, from: 'present', to: undefined })
  },

  async apply(ctx, { node: name, via: asked, timeout }) {
    const via = await viaOf(ctx, asked)
    await waitUntilLost(ctx, via, name, timeout)
    await via.remote.run({
      timeout: 60,
    })`kubectl --kubeconfig ${adminConf} --request-timeout=15s delete node ${name} --ignore-not-found --wait=false`
  },
})
