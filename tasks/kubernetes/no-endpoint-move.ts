import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { recordedMove } from './endpoint/move.ts'
import { isSameEndpoint } from './endpoint/servers.ts'

/** Fails while a cluster is being moved to another endpoint, before anything is written: nodes would get different ones. */
export const noEndpointMove = defineTask({
  name: 'no-endpoint-move',
  description:
    'Fails while the playbook move-endpoint has not moved a cluster to another endpoint completely.',
  reads:
    'the record that move-endpoint keeps on each control-plane node until nothing refers to the former endpoint',
  example: {},
  params: () => z.object({}),
  title: () => 'the endpoint is not being moved',

  async check(ctx) {
    const move = await recordedMove(ctx)
    if (move === undefined) return ok()
    const from = move.from.filter((one) => !isSameEndpoint(one, move.to))
    throw new CoxswainError(
      'task-failed',
      `the cluster of ${ctx.host.name} is being moved from ${from.join(', ') || 'another endpoint'} to ${move.to}`,
      {
        hint: `run playbooks/move-endpoint.ts with control_plane_endpoint: ${move.to}, which completes it, or with ${from.at(-1) ?? 'the former one'}, which goes back; then run this again; nothing was changed`,
      },
    )
  },
})
