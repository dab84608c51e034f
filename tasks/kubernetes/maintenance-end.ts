import { defineTask, drift, ok, z } from '../../engine/index.ts'
import { maintenancePath } from './kubeadm/paths.ts'
import { dueMaintenance } from './maintenance/record.ts'

/** Removes the record of a maintenance, when all masters are worked on: the next one begins with all of them. */
export const maintenanceEnd = defineTask({
  name: 'maintenance-end',
  description: 'Removes the record of a maintenance from a control-plane node.',
  reads: maintenancePath,
  example: {},
  params: () => z.object({}),
  title: () => 'the maintenance is over',

  async check(ctx) {
    return (await ctx.remote.exists(maintenancePath)) || ctx.predicted(dueMaintenance)
      ? drift({ what: `maintenance of ${ctx.host.name}`, from: 'recorded', to: 'over' })
      : ok()
  },

  async apply({ remote }) {
    await remote.remove(maintenancePath)
  },
})
