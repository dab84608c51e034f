import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import { serviceManagerOf } from './service-managers/managers.ts'
import { serviceName } from './service-managers/name.ts'
import type { Service, ServiceManager } from './service-managers/types.ts'

const wrongAtBoot = ({ atBoot, removable }: Service, wanted: boolean | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted ? !atBoot : removable
}

const isWrong = ({ running, stopped }: Service, wanted: 'started' | 'stopped' | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted === 'started' ? !running : !stopped
}

/** @throws `task-failed` where `masked` is given and the manager does not know masks. */
const refuseMask = ({ mask }: ServiceManager, masked: boolean | undefined): void => {
  if (mask === undefined && masked === true)
    throw new CoxswainError('task-failed', 'OpenRC cannot mask a service', {
      hint: 'use state=stopped enabled=false, which keeps it from starting at boot',
    })
}

/** @throws `task-failed` for a service that must start, but is not allowed to. */
const refuseForbidden = ({ forbidden }: Service, name: string, starts: boolean): void => {
  if (forbidden === undefined || !starts) return
  throw new CoxswainError('task-failed', `the service ${name} is masked, so it cannot start`, {
    hint: `set masked=false, or allow it to start first: ${forbidden}`,
  })
}

/** Starts or stops a service of systemd or OpenRC, and enables or disables it at boot. */
export const service = defineTask({
  name: 'service',
  description:
    'Starts or stops a service of systemd or OpenRC, enables or disables it at boot, and masks it. If the file of its unit changed, systemd reads it again.',
  reads: 'systemctl show, and for a oneshot the journal; with OpenRC rc-service and rc-update',
  example: { name: 'ssh', state: 'started', enabled: true },
  params: () =>
    z
      .object({
        name: serviceName().describe(
          'the name of the service, such as haproxy; with systemd also haproxy.service, or another unit such as backup.timer',
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
        masked: flag()
          .optional()
          .describe(
            'whether systemd links it to /dev/null, so that nothing can start it, even if it is not installed yet; unchanged by default',
          ),
      })
      .refine(({ state, enabled, masked }) => masked !== true || (state !== 'started' && enabled !== true), {
        message: 'a masked service can neither start nor be enabled',
        path: ['masked'],
      }),
  title: ({ name, state, enabled, masked }) => {
    const words = [
      masked === undefined ? undefined : masked ? 'masked' : 'not masked',
      state,
      enabled === undefined ? undefined : enabled ? 'enabled' : 'disabled',
    ]
    return `service ${name} ${words.filter((word) => word !== undefined).join(' and ')}`
  },

  async check(ctx, { name, state, enabled, masked }) {
    const manager = await serviceManagerOf(ctx)
    refuseMask(manager, masked)
    const found = await manager.state(ctx, name)
    const masking = masked !== undefined && masked !== found.masked
    if (!found.exists && !masking) {
      if (state !== 'started' && enabled !== true) {
        ctx.absent(`the service ${name}`)
        return driftUnlessEmpty([])
      }
      return unknown(`the service ${name} does not exist yet`)
    }
    if (masked !== false) refuseForbidden(found, name, state === 'started' || enabled === true)
    const changes = [
      found.stale && {
        what: `service ${name}`,
        from: 'an older version of its file loaded',
        to: 'loaded again',
      },
      masking && {
        what: `mask of service ${name}`,
        from: found.masked ? 'masked' : 'not masked',
        to: masked ? 'masked' : 'not masked',
      },
      found.exists && isWrong(found, state) && { what: `service ${name}`, from: found.active, to: state },
      wrongAtBoot(found, enabled) && {
        what: `service ${name} at boot`,
        from: found.enabled,
        to: enabled ? 'enabled' : 'disabled',
      },
    ]
    return driftUnlessEmpty(changes.filter((change) => change !== false))
  },

  async apply(ctx, { name, state, enabled, masked }) {
    const manager = await serviceManagerOf(ctx)
    refuseMask(manager, masked)
    let found = await manager.state(ctx, name)
    if (found.stale) await manager.readAgain?.(ctx)
    if (masked === false && found.masked) await manager.mask?.(ctx, name, false)
    if (found.stale || found.masked) found = await manager.state(ctx, name)
    if (!found.exists && (state === 'started' || enabled === true)) {
      throw new CoxswainError('task-failed', `the service ${name} does not exist`, {
        hint: manager.whenMissing,
      })
    }
    if (wrongAtBoot(found, enabled)) await (enabled ? manager.enable(ctx, name) : manager.disable(ctx, name))
    if (found.exists && isWrong(found, state))
      await (state === 'started' ? manager.start(ctx, name) : manager.stop(ctx, name))
    // last: a unit that is masked cannot be disabled
    if (masked === true && !found.masked) await manager.mask?.(ctx, name, true)
  },
})
