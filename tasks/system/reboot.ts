import { readFile } from 'node:fs/promises'
import { CoxswainError, defineTask, drift, flag, isCoxswainError, ok, shell, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Command, ErrorCode } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'

const params = z
  .object({
    whenNeeded: flag()
      .default(false)
      .describe(
        'reboot only if the host needs it: /run/reboot-required exists, or needs-restarting reports it',
      ),
    timeout: z.coerce.number().positive().default(600).describe('seconds to wait until the host is up again'),
    every: z.coerce.number().positive().default(2).describe('seconds between two attempts'),
    message: z.string().optional().describe('a message for users who are logged in'),
    command: z.string().optional().describe('another command to reboot the host, run by a shell'),
  })
  .refine(({ message, command }) => message === undefined || command === undefined, {
    message: 'a message is sent by the default command only: put it into yours',
  })
type Params = z.output<typeof params>

/** Files by which Debian and its kin ask for a reboot, `.pkgs` names the packages that do (update-notifier-common). */
const requests = ['/run/reboot-required', '/var/run/reboot-required']

/** Why the system asks for a reboot; undefined when it does not. */
const reason = async ({ remote }: CheckContext): Promise<string | undefined> => {
  const [asked, packages, hint] = await Promise.all([
    Promise.all(requests.map((path) => remote.exists(path))),
    Promise.all(requests.map((path) => remote.read(`${path}.pkgs`))),
    // of dnf-plugins-core and yum-utils; it ends with 1 where it fails too, so its words count (LC_ALL is C)
    remote.query`if command -v needs-restarting >/dev/null; then needs-restarting -r; fi`.result(),
  ])
  if (asked.includes(true)) {
    const names = new Set(packages.flatMap((text) => text?.split('\n') ?? []).filter((name) => name !== ''))
    return names.size === 0 ? 'asked for' : `asked for by ${[...names].join(', ')}`
  }
  return hint.code === 1 && /reboot is required/i.test(hint.stdout)
    ? 'asked for by needs-restarting'
    : undefined
}

/** What shows that the host is a new one in an old coat: random, made by the kernel when it starts (random(4)). */
const bootIdPath = '/proc/sys/kernel/random/boot_id'

/**
 * The boot id of a host that can be rebooted from here.
 *
 * @throws `task-failed` for one that has none, and for this very machine: containers on it share its boot id too.
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

const asking = ({ remote }: ApplyContext, { command, message, timeout }: Params): Command => {
  if (command !== undefined) return remote.run({ timeout })`sh -c ${command}`
  // busybox has no shutdown
  return remote.run({
    timeout,
    label: 'shutdown -r now',
  })`if command -v shutdown >/dev/null; then shutdown -r now ${message ?? shell``}; else reboot; fi`
}

/**
 * Asks for the reboot. Where the connection, or the shell, ends in the middle it may have been heard: from then on only the
 * boot id counts, and nothing asks again.
 *
 * @throws `command-failed` when it was refused.
 */
const ask = async (ctx: ApplyContext, given: Params): Promise<void> => {
  const command = asking(ctx, given)
  try {
    const { code } = await command.result()
    // 128 + n: a signal ended it, such as that of the shutdown
    if (code < 128) await command
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'connection-lost') throw error
  }
}

/** Failures of a look that a host which goes down or comes up may give: among others, it lets only root in for a while. */
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

/** What systemd says while it still starts (systemctl(1), is-system-running). */
const starting = new Set(['initializing', 'starting'])

/** What is missing until the host is up again, with another boot id and all that starts with it. */
const missing = async ({ remote, signal }: ApplyContext, before: string): Promise<string[]> => {
  try {
    const [id, state = ''] = await remote.query({
      timeout: 20,
      label: 'read the boot id and the state of systemd',
    })`cat ${bootIdPath} && if [ -d /run/systemd/system ]; then systemctl is-system-running; fi; true`.lines()
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

/** Reboot, with proof. */
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
    await ask(ctx, given)
    await eventually(ctx, () => missing(ctx, before), {
      seconds: given.timeout,
      every: given.every,
      hint: 'check its console; run again only when you know why: that would reboot the host once more',
    })
    ctx.log(`up again after ${Math.round((performance.now() - began) / 1000)} s`)
  },
})
