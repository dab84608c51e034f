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
  z,
} from '../../engine/index.ts'
import type { ApplyContext, CheckContext, Command } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { bootIdPath, missingUntilUp, rebootReason } from './booting/boot.ts'

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
    const why = await rebootReason(ctx)
    return why === undefined ? ok() : drift({ what: 'reboot', from: why, to: 'done' })
  },

  async apply(ctx, given) {
    const before = await bootIdOf(ctx)
    const began = performance.now()
    await requestReboot(ctx, given)
    await eventually(ctx, () => missingUntilUp(ctx, before), {
      seconds: given.timeout,
      every: given.every,
      hint: 'check its console before you run again: another run would reboot the host once more',
    })
    ctx.log(`up again after ${Math.round((performance.now() - began) / 1000)} s`)
  },
})
