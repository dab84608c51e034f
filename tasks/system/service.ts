import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import { serviceManagerOf } from './service-managers/managers.ts'
import type { Service } from './service-managers/types.ts'

/** A service name. A dash at its start would begin an option. */
const serviceName = () => z.string().regex(/^[^\s-]\S*$/, 'must be the name of a service')

const wrongAtBoot = ({ atBoot, removable }: Service, wanted: boolean | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted ? !atBoot : removable
}

const isWrong = ({ running, stopped }: Service, wanted: 'started' | 'stopped' | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted === 'started' ? !running : !stopped
}

/** @throws `task-failed` for a service that must start, but is not allowed to. */
const refuseForbidden = ({ forbidden }: Service, name: string, starts: boolean): void => {
  if (forbidden === undefined || !starts) return
  throw new CoxswainError('task-failed', `the service ${name} is masked, so it cannot start`, {
    hint: `allow it to start first: ${forbidden}`,
  })
}

/** Starts or stops a service of systemd or OpenRC, and enables or disables it at boot. */
export const service = defineTask({
  name: 'service',
  description: 'Starts or stops a service of systemd or OpenRC, and enables or disables it at boot.',
  reads: 'systemctl show, and for a oneshot the journal; with OpenRC rc-service and rc-update',
  example: { name: 'ssh', state: 'started', enabled: true },
  params: () =>
    z.object({
      name: serviceName().describe(
        'the name of the service, such as haproxy; with systemd also haproxy.service',
      ),
      state: z
        .enum(['started', 'stopped'])
        .optional()
        .describe(
          'the wanted state; unchanged by default. A service that runs once and ends (oneshot) counts as started if it succeeded since boot',
        ),
      enabled: flag()
        .optional()
        .describe('whether it starts at boot (OpenRC: in the runlevel default); unchanged by default'),
    }),
  title: ({ name, state, enabled }) =>
    `service ${name} ${[state, enabled === undefined ? undefined : enabled ? 'enabled' : 'disabled'].filter((word) => word !== undefined).join(' and ')}`,

  async check(ctx, { name, state, enabled }) {
    const manager = await serviceManagerOf(ctx)
    const found = await manager.state(ctx, name)
    if (!found.exists) {
      if (state !== 'started' && enabled !== true) {
        ctx.absent(`the service ${name}`)
        return driftUnlessEmpty([])
      }
      return unknown(`the service ${name} does not exist yet`)
    }
    refuseForbidden(found, name, state === 'started' || enabled === true)
    const changes = [
      isWrong(found, state) && { what: `service ${name}`, from: found.active, to: state },
      wrongAtBoot(found, enabled) && {
        what: `service ${name} at boot`,
        from: found.enabled,
        to: enabled ? 'enabled' : 'disabled',
      },
    ]
    return driftUnlessEmpty(changes.filter((change) => change !== false))
  },

  async apply(ctx, { name, state, enabled }) {
    const manager = await serviceManagerOf(ctx)
    const found = await manager.state(ctx, name)
    if (!found.exists) {
      throw new CoxswainError('task-failed', `the service ${name} does not exist`, {
        hint: manager.whenMissing,
      })
    }
    if (wrongAtBoot(found, enabled)) await (enabled ? manager.enable(ctx, name) : manager.disable(ctx, name))
    if (isWrong(found, state))
      await (state === 'started' ? manager.start(ctx, name) : manager.stop(ctx, name))
  },
})

/** Restarts or reloads a service; usually a handler. */
export const serviceRestart = defineTask({
  name: 'service-restart',
  description: 'Restarts or reloads a service of systemd or OpenRC, at every run.',
  example: { name: 'ssh' },
  params: () =>
    z.object({
      name: serviceName().describe('the name of the service'),
      reload: flag().default(false).describe('reload the service if it supports that, else restart it'),
    }),
  title: ({ name, reload }) => `${reload ? 'reload' : 'restart'} ${name}`,
  async apply(ctx, { name, reload }) {
    const manager = await serviceManagerOf(ctx)
    await (reload ? manager.reload(ctx, name) : manager.restart(ctx, name))
  },
})
