import { CoxswainError, defineTask, driftUnlessEmpty, flag, unknown, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../engine/index.ts'

interface Unit {
  readonly loaded: boolean
  /** Linked to /dev/null, so that nothing can start it. */
  readonly masked: boolean
  readonly active: string
  readonly enabled: string
}

const unitState = async ({ remote }: CheckContext, name: string): Promise<Unit> => {
  // `show` answers for units that do not exist as well, and in a form made for programs (systemctl(1))
  const text =
    await remote.query`systemctl show ${name} --property=LoadState,ActiveState,UnitFileState`.text()
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  return {
    // one that was masked while it runs can still be stopped
    loaded: ['loaded', 'masked'].includes(value('LoadState')),
    masked: value('LoadState') === 'masked',
    active: value('ActiveState'),
    enabled: value('UnitFileState'),
  }
}

/** Runs systemctl; when it fails, the service's own last words say more than systemctl's. */
const systemctl = async ({ remote }: ApplyContext, words: readonly string[], name: string): Promise<void> => {
  const result = await remote.run({ timeout: 300 })`systemctl ${words} ${name}`.result()
  if (result.ok) return
  const journal = await remote.query`journalctl -u ${name} -n 12 --no-pager -o cat`.result()
  throw new CoxswainError(
    'command-failed',
    `systemctl ${words.join(' ')} ${name}: exit status ${result.code}`,
    {
      output: `${result.stderr.trim()}\n${journal.stdout.trim()}`.trim(),
      hint: `look further on the host: systemctl status ${name}; journalctl -u ${name}`,
    },
  )
}

const running = ({ active }: Unit): boolean => active === 'active' || active === 'reloading'

/** What starts at every boot, or when another unit asks for it (systemctl(1), is-enabled). */
const atBoot = new Set(['enabled', 'static', 'alias', 'indirect', 'generated'])
/** What `disable` can change: the others have nothing that could be taken away. */
const removable = new Set(['enabled', 'enabled-runtime', 'alias', 'indirect'])

const wrongAtBoot = ({ enabled }: Unit, wanted: boolean | undefined): boolean => {
  if (wanted === undefined) return false
  return wanted ? !atBoot.has(enabled) : removable.has(enabled)
}

/** @throws `task-failed` for a unit that shall start, and cannot. */
const refuseMasked = ({ masked }: Unit, name: string, starts: boolean): void => {
  if (!masked || !starts) return
  throw new CoxswainError('task-failed', `the service ${name} is masked: somebody forbade that it starts`, {
    hint: `if it shall start after all: systemctl unmask ${name}`,
  })
}

/** Takes away what enables it for good, and then what does until the next boot, which `disable` alone leaves. */
const disable = async (ctx: ApplyContext, name: string): Promise<void> => {
  await systemctl(ctx, ['disable'], name)
  if ((await unitState(ctx, name)).enabled === 'enabled-runtime')
    await systemctl(ctx, ['disable', '--runtime'], name)
}

/** Hold a systemd service started or stopped, now and at boot. */
export const service = defineTask({
  name: 'service',
  description: 'Holds a systemd service started or stopped, and enabled or disabled at boot.',
  reads: 'systemctl show',
  example: { name: 'ssh', state: 'started', enabled: true },
  params: z.object({
    name: z.string().describe('the unit, such as haproxy or haproxy.service'),
    state: z.enum(['started', 'stopped']).optional().describe('what it shall be now; as it is when absent'),
    enabled: flag().optional().describe('whether it starts at boot; as it is when absent'),
  }),
  title: ({ name, state, enabled }) =>
    `service ${name} ${[state, enabled === undefined ? undefined : enabled ? 'enabled' : 'disabled'].filter((word) => word !== undefined).join(' and ')}`,

  async check(ctx, { name, state, enabled }) {
    const unit = await unitState(ctx, name)
    if (!unit.loaded) {
      if (state !== 'started' && enabled !== true) return driftUnlessEmpty([])
      return unknown(`the service ${name} does not exist yet`)
    }
    refuseMasked(unit, name, state === 'started' || enabled === true)
    const changes = [
      state !== undefined &&
        (state === 'started') !== running(unit) && { what: `service ${name}`, from: unit.active, to: state },
      wrongAtBoot(unit, enabled) && {
        what: `service ${name} at boot`,
        from: unit.enabled,
        to: enabled ? 'enabled' : 'disabled',
      },
    ]
    return driftUnlessEmpty(changes.filter((change) => change !== false))
  },

  async apply(ctx, { name, state, enabled }) {
    const unit = await unitState(ctx, name)
    if (!unit.loaded) {
      throw new CoxswainError('task-failed', `the service ${name} does not exist`, {
        hint: 'install the package that brings it; after writing a unit file, run systemctl daemon-reload',
      })
    }
    if (wrongAtBoot(unit, enabled)) await (enabled ? systemctl(ctx, ['enable'], name) : disable(ctx, name))
    if (state !== undefined && (state === 'started') !== running(unit))
      await systemctl(ctx, [state === 'started' ? 'start' : 'stop'], name)
  },
})

/** Restart or reload a systemd service: what a handler does. */
export const serviceRestart = defineTask({
  name: 'service-restart',
  description: 'Restarts a systemd service, or reloads it where it can; every time.',
  example: { name: 'ssh' },
  params: z.object({
    name: z.string().describe('the unit'),
    reload: flag().default(false).describe('reload where the unit can, restart where it cannot'),
  }),
  title: ({ name, reload }) => `${reload ? 'reload' : 'restart'} ${name}`,
  async apply(ctx, { name, reload }) {
    await systemctl(ctx, [reload ? 'reload-or-restart' : 'restart'], name)
  },
})
