import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { serviceManager } from '../service-manager.ts'
import { openrc } from './openrc.ts'
import { systemd } from './systemd.ts'
import type { ServiceManager } from './types.ts'

const managers: Readonly<Record<string, ServiceManager>> = { systemd, openrc }

/**
 * The service manager of a host.
 *
 * @throws `task-failed` if the host does not have a supported one.
 */
export const serviceManagerOf = async (ctx: CheckContext): Promise<ServiceManager> => {
  const manager = managers[await ctx.fact(serviceManager())]
  if (manager !== undefined) return manager
  throw new CoxswainError('task-failed', 'the host does not have a service manager', {
    hint: 'this task supports systemd and OpenRC',
  })
}
