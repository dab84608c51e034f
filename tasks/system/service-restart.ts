import { defineTask, drift, flag, ok, z } from '../../engine/index.ts'
import { serviceManagerOf } from './service-managers/managers.ts'
import { serviceName } from './service-managers/name.ts'

/** Restarts or reloads a service; usually a handler. */
export const serviceRestart = defineTask({
  name: 'service-restart',
  description:
    'Restarts or reloads a service of systemd or OpenRC, at every run. If the file of its unit changed, systemd reads it first.',
  example: { name: 'ssh' },
  params: () =>
    z.object({
      name: serviceName().describe('the name of the service'),
      reload: flag().default(false).describe('reload the service if it supports that, else restart it'),
      ifRunning: flag()
        .default(false)
        .describe('do nothing if the service is not running or does not exist, like try-restart of systemd'),
    }),
  title: ({ name, reload, ifRunning }) =>
    `${reload ? 'reload' : 'restart'} ${name}${ifRunning ? ' if it is running' : ''}`,
  knownAfter: ({ ifRunning }) => ifRunning,
  async apply(ctx, { name, reload, ifRunning }) {
    const manager = await serviceManagerOf(ctx)
    if (ifRunning && (await manager.state(ctx, name)).stopped) return ok()
    await (reload ? manager.reload(ctx, name) : manager.restart(ctx, name))
    return drift({ what: `service ${name}`, to: reload ? 'reloaded' : 'restarted' })
  },
})
