import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import { serviceManagerOf } from './service-managers/managers.ts'
import type { Service } from './service-managers/types.ts'

/** A dash before a name would begin an option. */
const serviceName = () => z.string().regex(/^[^\s-]\S*$/, 'the name of a service is needed')

const wrongAtBoot = ({ atBoot, removable }: Service, wanted: boolean | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted ? !atBoot : removable
}

const isWrong = ({ running, stopped }: Service, wanted: 'started' | 'stopped' | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted === 'started' ? !running : !stopped
}

/** @throws `task-failed` for a service that shall start, and may not. */
const refuseForbidden = ({ forbidden }: Service, name: string, starts: boolean): void => {
  if (forbidden === undefined || !starts) return
  throw new CoxswainError('task-failed', `the service ${name} is masked: somebody forbade that it starts`, {
    hint: `if it shall start after all: ${forbidden}`,
  })
}

/** Hold a service of systemd or OpenRC started or stopped, now and at boot. */
export const service = defineTask({
  name: 'service',
  description: 'Holds a service of systemd or OpenRC started or stopped, and enabled or disabled at boot.',
  reads: 'systemctl show, of a oneshot the journal; rc-service and rc-update where OpenRC is',
  example: { name: 'ssh', state: 'started', enabled: true },
  params: z.object({
    name: serviceName().describe('its name, such as haproxy, or with systemd haproxy.service'),
    state: z
      .enum(['started', 'stopped'])
      .optional()
      .describe(
        'what it must be now; as it is when absent. One that runs once and ends (oneshot) is started when it ran well since the boot',
      ),
    enabled: flag()
      .optional()
      .describe('whether it starts at boot (OpenRC: in the runlevel default); as it is when absent'),
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

/** Restart or reload a service: what a handler does. */
export const serviceRestart = defineTask({
  name: 'service-restart',
  description: 'Restarts a service of systemd or OpenRC, or reloads it where it can; every time.',
  example: { name: 'ssh' },
  params: z.object({
    name: serviceName().describe('its name'),
    reload: flag().default(false).describe('reload where the service can, restart where it cannot'),
  }),
  title: ({ name, reload }) => `${reload ? 'reload' : 'restart'} ${name}`,
  async apply(ctx, { name, reload }) {
    const manager = await serviceManagerOf(ctx)
    await (reload ? manager.reload(ctx, name) : manager.restart(ctx, name))
  },
})
