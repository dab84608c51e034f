import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  duration,
  flag,
  unknown,
  z,
} from '../../engine/index.ts'
import type { Change, CheckContext } from '../../engine/index.ts'
import { oneLine } from '../shared/one-line.ts'
import { serviceManager } from './service-manager.ts'
import { systemd } from './service-managers/systemd.ts'
import { fileOf, reloadUnits, unitChanges, writeUnit } from './units/unit-file.ts'
import type { UnitFile } from './units/unit-file.ts'

const line = (what: string) => oneLine(what).min(1, 'must not be empty')

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^[\w:-][\w:.-]*$/, 'must have letters, digits, :, _, . and - only')
        .refine((name) => !/\.(?:timer|service)$/.test(name), 'must be the name without .timer')
        .describe('the name of the timer and of the service that it starts, without suffix, such as backup'),
      command: line('a command')
        .optional()
        .describe(
          'the command of the service, as in ExecStart of systemd: an absolute path first, and %% for a percent sign; by default the service must exist',
        ),
      calendar: z
        .union([line('a time').transform((one) => [one]), z.array(line('a time')).min(1)])
        .optional()
        .describe("when: OnCalendar of systemd, such as daily, 'Mon *-*-* 03:00', or a list"),
      afterBoot: duration({ zero: true }).optional().describe('how long after boot'),
      every: duration().optional().describe('how long after each start of the service; with afterBoot'),
      persistent: flag()
        .optional()
        .describe('with calendar: start at once if a time was missed while the host was off'),
      randomDelay: duration().optional().describe('wait up to this long, by chance'),
      accuracy: duration().optional().describe('how late it can start; 60 by default of systemd'),
      user: line('a user').optional().describe('the user that the command runs as; root by default'),
      serviceOptions: z
        .array(line('an option'))
        .optional()
        .describe('other lines of [Service], such as WorkingDirectory=/srv/app'),
      description: line('a description').optional().describe('what it does; the name by default'),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe(
          'absent stops the timer, and removes it and its service from /etc/systemd/system; a service that this task did not write stays',
        ),
    })
    .refine(
      ({ state, calendar, afterBoot, every }) =>
        state === 'absent' || calendar !== undefined || afterBoot !== undefined || every !== undefined,
      { message: 'say when: calendar, afterBoot or every' },
    )
    .refine(
      ({ command, user, serviceOptions }) =>
        command !== undefined || (user === undefined && serviceOptions === undefined),
      { message: 'user and serviceOptions need a command', path: ['command'] },
    )
type Params = z.output<ReturnType<typeof params>>

/** A text in a unit, where % would begin a specifier. */
const plain = (text: string): string => text.replaceAll('%', '%%')

const valued = (key: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`${key}=${value}`]

const textOf = (...lines: readonly string[]): string => `${lines.join('\n')}\n`

/** The first line of a service that this task wrote: only such a service is removed. */
const mark = '# written by coxswain (timer); changes are overwritten'

/** The text of the service. */
export const serviceText = ({ name, description, command, user, serviceOptions = [] }: Params): string =>
  textOf(
    mark,
    '[Unit]',
    `Description=${plain(description ?? name)}`,
    '',
    '[Service]',
    'Type=oneshot',
    `ExecStart=${command}`,
    ...valued('User', user),
    ...serviceOptions,
  )

/** The text of the timer. */
export const timerText = (given: Params): string =>
  textOf(
    '[Unit]',
    `Description=${plain(given.description ?? given.name)}`,
    '',
    '[Timer]',
    ...(given.calendar ?? []).map((when) => `OnCalendar=${when}`),
    ...valued('OnBootSec', given.afterBoot),
    ...valued('OnUnitActiveSec', given.every),
    ...(given.persistent === undefined ? [] : [`Persistent=${given.persistent}`]),
    ...valued('RandomizedDelaySec', given.randomDelay),
    ...valued('AccuracySec', given.accuracy),
    '',
    '[Install]',
    'WantedBy=timers.target',
  )

interface Files {
  /** Undefined if it is not written or removed. */
  readonly service: UnitFile | undefined
  readonly timer: UnitFile
  /** Whether the service stays although the timer is removed, because this task did not write it. */
  readonly stays: boolean
}

/** The files, in the order in which they are written. */
const filesOf = async ({ remote }: CheckContext, given: Params): Promise<Files> => {
  const { name, state, command } = given
  const service = { name: `${name}.service`, content: serviceText(given), state }
  const text = state === 'absent' ? await remote.read(fileOf(service)) : undefined
  const stays = text !== undefined && !text.startsWith(`${mark}\n`)
  return {
    service: stays || (command === undefined && state === 'present') ? undefined : service,
    timer: { name: `${name}.timer`, content: timerText(given), state },
    stays,
  }
}

/** A change of the timer's file; it says so if the service stays. */
const withService = (change: Change, { timer: file, stays }: Files, name: string): Change =>
  stays && change.what === fileOf(file)
    ? { ...change, to: `removed; ${name}.service stays, because this task did not write it` }
    : change

/** @throws `task-failed` on a host without systemd. */
const insistOnSystemd = async (ctx: CheckContext, name: string): Promise<void> => {
  if ((await ctx.fact(serviceManager())) === 'systemd') return
  throw new CoxswainError('task-failed', `the timer ${name} needs systemd, which this host does not run`, {
    hint: 'use the task cron',
  })
}

/** Whether the timer would start a service that does not exist: systemd accepts such a timer, but does not start it. */
const lacksService = async (ctx: CheckContext, { name, command, state }: Params): Promise<boolean> =>
  command === undefined && state === 'present' && !(await systemd.state(ctx, `${name}.service`)).exists

/** Writes a systemd timer and its service, and starts the timer, or removes both. */
export const timer = defineTask({
  name: 'timer',
  description:
    'Writes a systemd timer and the service that it starts, and starts and enables the timer, or removes both. systemd verifies the files before they are written.',
  reads: 'both files, and the state of the timer (systemctl show)',
  example: { name: 'clean-up', calendar: 'daily', command: '/usr/bin/find /var/tmp -mtime +30 -delete' },
  params,
  title: ({ name, state }) => `${state === 'absent' ? 'no ' : ''}timer ${name}`,

  async check(ctx, given) {
    const { name, state } = given
    await insistOnSystemd(ctx, name)
    const files = await filesOf(ctx, given)
    const { service, timer: file } = files
    const [ofService, ofTimer, live] = await Promise.all([
      service === undefined ? [] : unitChanges(ctx, service),
      unitChanges(ctx, file),
      systemd.state(ctx, file.name),
    ])
    if (await lacksService(ctx, given)) return unknown(`the service ${name} does not exist yet`)
    const what = `timer ${name}`
    const wrong =
      state === 'absent'
        ? [
            !live.stopped && { what, from: live.active, to: 'stopped' },
            live.removable && { what: `${what} at boot`, from: live.enabled, to: 'disabled' },
          ]
        : [
            !live.running && { what, from: live.active || undefined, to: 'started' },
            !live.atBoot && { what: `${what} at boot`, from: live.enabled || undefined, to: 'enabled' },
          ]
    return driftUnlessEmpty([
      ...ofService,
      ...ofTimer.map((change) => withService(change, files, name)),
      ...wrong.filter((change) => change !== false),
    ])
  },

  async apply(ctx, given) {
    const { service, timer: file } = await filesOf(ctx, given)
    if (given.state === 'absent') {
      const live = await systemd.state(ctx, file.name)
      if (live.removable) await systemd.disable(ctx, file.name)
      if (!live.stopped) await systemd.stop(ctx, file.name)
    }
    if (await lacksService(ctx, given))
      throw new CoxswainError('task-failed', `the service ${given.name} does not exist`, {
        hint: 'set command, which makes the service, or create it first',
      })
    // the service first: systemd verifies a timer together with its service
    if (service !== undefined) await writeUnit(ctx, service)
    const written = await writeUnit(ctx, file)
    await reloadUnits(ctx)
    if (given.state === 'absent') return
    const live = await systemd.state(ctx, file.name)
    if (!live.atBoot) await systemd.enable(ctx, file.name)
    // a timer that runs keeps its next time
    if (!live.running) await systemd.start(ctx, file.name)
    else if (written) await systemd.restart(ctx, file.name)
  },
})
