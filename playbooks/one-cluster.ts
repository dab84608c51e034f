/** One run is for one cluster: an inventory can have several. */
import { CoxswainError } from 'coxswain'
import type { PlayContext } from 'coxswain'
import { endpointSchema } from 'coxswain/tasks'
import { hostsIfAny } from './control-plane-vars.ts'

/** The variable of {@link oneCluster}, for playbooks that do not need it otherwise. */
export const clusterVars = {
  control_plane_endpoint: endpointSchema
    .optional()
    .describe('host:port of the load balancer: masters that differ in it are of several clusters'),
}

/**
 * Refuses masters of several clusters, which the plays would take for one.
 *
 * @throws `inventory-invalid` if they differ in `control_plane_endpoint`.
 */
export const oneCluster = (
  ctx: Pick<PlayContext<{ control_plane_endpoint?: string | undefined }>, 'group'>,
): void => {
  const masters = hostsIfAny(ctx, 'masters')
  const [first] = masters
  if (first === undefined) return
  const { control_plane_endpoint: endpoint } = first.vars
  const other = masters.find(({ vars }) => vars.control_plane_endpoint !== endpoint)
  if (other === undefined) return
  throw new CoxswainError(
    'inventory-invalid',
    `the hosts of masters are of several clusters: control_plane_endpoint is ${endpoint ?? 'not set'} for ${first.name}, and ${other.vars.control_plane_endpoint ?? 'not set'} for ${other.name}`,
    {
      hint: 'give --within and a group that has the hosts of one cluster; or one control_plane_endpoint, if it is one cluster',
    },
  )
}
