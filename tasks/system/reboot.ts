import { readFile } from 'node:fs/promises'
import {
  CoxswainError,
  defineTask,
  drift,
  flag,
  isCoxswainError,
  ok,
  duration,
  shell,
  shellFile,
  shellProgram,
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Command, ErrorCode } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'

const params = () =>
  z
    .object({
      whenNeeded: flag()
        .default(false)
        .describe(
          'reboot only if the host needs it: /run/reboot-required exists, or needs-restarting reports it',
        ),
      timeout: duration().default(600).describe('seconds to wait until the host is up again'),
      every: duration().default(2).describe('seconds between two attempts'),
      message: z.string().optional().describe('a message for users who are logged in'),
      command: z.string().optional().describe('another command to reboot the host, run by a shell'),
    })
    .refine(({ message, command }) => message === undefined || command === undefined, {
      message: 'only the default command sends a message: include it in your command',
    })
type Params = z.output<ReturnType<typeof params>>

/** Files with which Debian and its derivatives request a reboot; `.pkgs` names the packages (update-notifier-common). */
const requests = ['/run/reboot-required', '/var/run/reboot-required']

/** Why the system needs a reboot; undefined if it does not. */
const reason = async ({ remote }: CheckContext): Promise<string | undefined> => {
  const [asked, packages, hint] = await Promise.all([
    Promise.all(requests.map((path) => remote.exists(path))),
    Promise.all(requests.map((path) => remote.read(`${path}.pkgs`))),
    // from dnf-plugins-core or yum-utils; it also exits with 1 on failure, so its output decides (LC_ALL is C)
    remote.query`if command -v needs-restarting >/dev/null; then needs-restarting -r; fi`.result(),
  ])
  if (asked.includes(true)) {
    const names = new Set(packages.flatMap((text) => text?.split('\n') ?? []).filter((name) => name !== ''))
    return names.size === 0 ? 'required' : `required by ${[...names].join(', ')}`
  }
  return hint.code === 1 && /reboot is required/i.test(hint.stdout)
    ? 'required by needs-restarting'
    : undefined
}

/** The boot ID, which shows that the host has rebooted: a random value that the kernel creates at boot (random(4)). */
const bootState = shellFile(import.meta.url, 'boot-state.sh')

const bootIdPath = '/proc/sys/kernel/random/boot_id'

/**
 * The boot ID of a host that can be rebooted.
 *
 * @throws `task-failed` if the host does not have one, and for this machine itself: containers on it have the same boot ID.
 */
const bootIdOf = async ({ remote }: CheckContext): Promise<string> => {
  const [text, own] = await Promise.all([
    remote.read(bootIdPath),
    readFile(bootIdPath, 'utf8').catch(() => undefined),
  ])
  const id = text?.trim() ?? ''
  if (id === '')
    throw new CoxswainError('task-failed', `${bootIdPath} does not exist: a reboot could not be verified`, {
      hint: 'reboot hosts that do not run Linux with the task command, and wait with wait-for',
    })
  if (id !== own?.trim()) return id
  throw new CoxswainError(
    'task-failed',
    'the host is the machine that this run is on, or a container on it',
    {
      hint: 'exclude it with --limit, or reboot it by hand',
    },
  )
}

const rebootCommand = ({ remote }: ApplyContext, { command, message, timeout }: Params): Command => {
  if (command !== undefined) return remote.run({ timeout })`sh -c ${command}`
  // busybox does not have shutdown
  return remote.run({
    timeout,
    label: 'shutdown -r now',
  })`if command -v shutdown >/dev/null; then shutdown -r now ${message ?? shell``}; else reboot; fi`
}

/**
 * Requests the reboot. If the connection or the shell ends meanwhile, the request could have succeeded: after that only the
 * boot ID decides, and the request is not repeated.
 *
 * @throws `command-failed` if the request was refused.
 */
const requestReboot = async (ctx: ApplyContext, given: Params): Promise<void> => {
  const command = rebootCommand(ctx, given)
  try {
    const { code } = await command.result()
    // 128 + n: ended by a signal, such as that of the shutdown
    if (code < 128) await command
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'connection-lost') throw error
  }
}

/** Errors that a host can cause while it goes down or comes up; for example, it can refuse logins except for root. */
const passing = new Set<ErrorCode>([
  'connect-failed',
  'connection-lost',
  'auth-failed',
  'channel-refused',
  'shell-failed',
  'become-failed',
  'command-failed',
  'command-timeout',
])

/** States of systemd during startup (systemctl(1), is-system-running). */
const starting = new Set(['initializing', 'starting'])

/** What is missing until the host is up again, with another boot ID and all services started. */
const missing = async ({ remote, signal }: ApplyContext, before: string): Promise<string[]> => {
  try {
    const [id, state = ''] = await remote.query({
      timeout: 20,
      label: 'read the boot id and the state of systemd',
    })`${shellProgram(bootState, bootIdPath)}`.lines()
    if (id === undefined || id === before) return ['it has not gone down yet']
    if (starting.has(state)) return ['it is up, but systemd is still starting']
    if (state !== 'maintenance') return []
  } catch (error) {
    if (signal.aborted || !isCoxswainError(error) || !passing.has(error.code)) throw error
    return ['it does not answer']
  }
  throw new CoxswainError('task-failed', 'the host is in maintenance mode', {
    hint: 'check its console, or `systemctl list-jobs` and `journalctl -b` on it',
  })
}

/** Reboots a host, and verifies it. */
export const reboot = defineTask({
  name: 'reboot',
  description:
    'Reboots a host and waits until it is up again with a new boot ID; at every run, or only if needed.',
  reads: 'the boot ID, and whether the host needs a reboot',
  example: { whenNeeded: true },
  params,
  title: ({ whenNeeded }) => (whenNeeded ? 'reboot where needed' : 'reboot'),

  checkable: ({ whenNeeded }) => whenNeeded,

  async check(ctx) {
    const why = await reason(ctx)
    return why === undefined ? ok() : drift({ what: 'reboot', from: why, to: 'done' })
  },

  async apply(ctx, given) {
    const before = await bootIdOf(ctx)
    const began = performance.now()
    await requestReboot(ctx, given)
    await eventually(ctx, () => missing(ctx, before), {
      seconds: given.timeout,
      every: given.every,
      hint: 'check its console before you run again: another run would reboot the host once more',
    })
    ctx.log(`up again after ${Math.round((performance.now() - began) / 1000)} s`)
  },
})
