import { CoxswainError } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext } from '../../../engine/index.ts'
import { serviceTime } from './types.ts'
import type { ServiceManager } from './types.ts'

/**
 * Runs systemctl. If it fails, the error contains the last lines of the service's journal.
 *
 * A service that was started five times in ten seconds is not started again (StartLimitBurst= of systemd.unit(5)): a restart by
 * then has stopped it. These starts were asked for, so they are not counted: the same command runs once more.
 */
const systemctl = async ({ remote }: ApplyContext, words: readonly string[], name: string): Promise<void> => {
  const run = () => remote.run({ timeout: serviceTime })`systemctl ${words} ${name}`.result()
  const isRefused = async (): Promise<boolean> =>
    (await remote.query`systemctl show ${name} --property=Result --value`.result()).stdout.trim() ===
    'start-limit-hit'
  let result = await run()
  if (!result.ok && (await isRefused())) {
    await remote.run`systemctl reset-failed ${name}`
    result = await run()
  }
  if (result.ok) return
  const journal = await remote.query`journalctl -u ${name} -n 12 --no-pager -o cat`.result()
  throw new CoxswainError(
    'command-failed',
    `systemctl ${words.join(' ')} ${name}: exit status ${result.code}`,
    {
      output: `${result.stderr.trim()}\n${journal.stdout.trim()}`.trim(),
      hint: `check on the host: systemctl status ${name}; journalctl -u ${name}`,
    },
  )
}

/** States of a unit that starts at every boot, or when another unit requires it (systemctl(1), is-enabled). */
const atBoot = new Set(['enabled', 'static', 'alias', 'indirect', 'generated'])
/** States that `disable` can change. */
const removable = new Set(['enabled', 'enabled-runtime', 'alias', 'indirect'])

/** States of a stopped unit. A unit that is activating could be between two attempts of Restart=. */
const stopped = new Set(['inactive', 'failed', ''])

/** Message IDs for the end of a start: success, or failure (systemd's catalog). */
const startEnds = [
  'MESSAGE_ID=39f53479d3a045ac8e11786248231fbf',
  '+',
  'MESSAGE_ID=be02cf6855d2428ba40df7e9d022f03d',
]

/**
 * Whether a oneshot service has succeeded since boot. systemd itself forgets it if no other unit refers to the service; its
 * journal does not.
 */
const hasRun = async ({ remote }: CheckContext, name: string): Promise<boolean> => {
  const last = await remote.query`journalctl -q -b -u ${name} -n 1 -o export ${startEnds}`.result()
  return /^JOB_RESULT=done$/m.test(last.stdout)
}

/** Reads changed unit files again where there are any: otherwise systemd would start the old version. */
const readChanged = async (ctx: ApplyContext, name: string): Promise<void> => {
  const said = await ctx.remote.query`systemctl show ${name} --property=NeedDaemonReload --value`.text()
  if (said.trim() === 'yes') await systemd.readAgain?.(ctx)
}

export const systemd: ServiceManager = {
  state: async (ctx, name) => {
    const { remote } = ctx
    // `show` also works for units that do not exist, and its output is meant for programs (systemctl(1))
    const show = remote.query`systemctl show ${name} --property=LoadState,ActiveState,UnitFileState,Type,RemainAfterExit,NeedDaemonReload`
    const { stderr } = await show.result()
    if (/not been booted with systemd|connect to bus/.test(stderr))
      throw new CoxswainError('task-failed', 'systemd is installed on this host, but is not running', {
        output: stderr.trim(),
        hint: 'a container or chroot without an init system does not run services',
      })
    const text = await show.text()
    const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? ''
    const active = value('ActiveState')
    const enabled = value('UnitFileState')
    const oneshot = value('Type') === 'oneshot' && value('RemainAfterExit') !== 'yes'
    const ran = oneshot && active === 'inactive' && (await hasRun(ctx, name))
    return {
      // a unit that was masked while running can still be stopped
      exists: ['loaded', 'masked'].includes(value('LoadState')),
      forbidden: value('LoadState') === 'masked' ? `systemctl unmask ${name}` : undefined,
      masked: value('LoadState') === 'masked',
      stale: value('NeedDaemonReload') === 'yes',
      active,
      running: active === 'active' || active === 'reloading' || ran,
      stopped: stopped.has(active),
      enabled,
      atBoot: atBoot.has(enabled),
      removable: removable.has(enabled),
    }
  },
  start: (ctx, name) => systemctl(ctx, ['start'], name),
  stop: (ctx, name) => systemctl(ctx, ['stop'], name),
  enable: (ctx, name) => systemctl(ctx, ['enable'], name),
  disable: async (ctx, name) => {
    await systemctl(ctx, ['disable'], name)
    // `disable` alone does not remove an enablement with --runtime
    const { enabled } = await systemd.state(ctx, name)
    if (enabled === 'enabled-runtime') await systemctl(ctx, ['disable', '--runtime'], name)
  },
  restart: async (ctx, name) => {
    await readChanged(ctx, name)
    await systemctl(ctx, ['restart'], name)
  },
  reload: async (ctx, name) => {
    await readChanged(ctx, name)
    await systemctl(ctx, ['reload-or-restart'], name)
  },
  mask: async (ctx, name, masked) => {
    await systemctl(ctx, [masked ? 'mask' : 'unmask'], name)
    // a mask of --runtime stays otherwise
    if (!masked && (await systemd.state(ctx, name)).masked)
      await systemctl(ctx, ['unmask', '--runtime'], name)
  },
  readAgain: async ({ remote }) => {
    await remote.run({ timeout: serviceTime })`systemctl daemon-reload`
  },
  whenMissing: 'install the package that contains it; after writing a unit file, run systemctl daemon-reload',
}
