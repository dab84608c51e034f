/** Whether a host is up, which boot it is in, and whether it needs another one. */
import { CoxswainError, isCoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext, ErrorCode } from '../../../engine/index.ts'

/** The boot ID, which shows that the host has rebooted: a random value that the kernel creates at boot (random(4)). */
const bootState = shellFile(import.meta.url, 'boot-state.sh')

/** Where the kernel says the boot ID. */
export const bootIdPath = '/proc/sys/kernel/random/boot_id'

/** Files with which Debian and its derivatives request a reboot; `.pkgs` names the packages (update-notifier-common). */
const requests = ['/run/reboot-required', '/var/run/reboot-required']

/** Why the system needs a reboot; undefined if it does not. */
export const rebootReason = async ({ remote }: CheckContext): Promise<string | undefined> => {
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

/** Errors of a host that cannot be reached. */
const away: readonly ErrorCode[] = ['connect-failed', 'connection-lost', 'channel-refused', 'shell-failed']

/** Errors that a host can cause in addition while it goes down or comes up; for example, it can refuse logins except for root. */
const booting: readonly ErrorCode[] = [
  ...away,
  'auth-failed',
  'become-failed',
  'command-failed',
  'command-timeout',
]

/** States of systemd during startup (systemctl(1), is-system-running). */
const starting = new Set(['initializing', 'starting'])

/**
 * What is missing until a host is up, with all services started.
 *
 * @param before a boot ID that it must not have any more, for a host that was asked to reboot. For another one, a login that is refused
 * is an error at once: repeated attempts can lock an account.
 * @throws `task-failed` for a host in maintenance mode.
 */
export const missingUntilUp = async (
  { remote, signal }: Pick<CheckContext, 'remote' | 'signal'>,
  before?: string,
): Promise<string[]> => {
  try {
    const [id, state = ''] = await remote.query({
      timeout: 20,
      label: 'read the boot id and the state of systemd',
    })`${shellProgram(bootState, bootIdPath)}`.lines()
    if (before !== undefined && (id === undefined || id === before)) return ['it has not gone down yet']
    if (starting.has(state)) return ['it is up, but systemd is still starting']
    if (state === 'stopping') return ['it is going down']
    if (state !== 'maintenance') return []
  } catch (error) {
    const passing = before === undefined ? away : booting
    if (signal.aborted || !isCoxswainError(error) || !passing.includes(error.code)) throw error
    return [before === undefined ? `it does not answer: ${error.message}` : 'it does not answer']
  }
  throw new CoxswainError('task-failed', 'the host is in maintenance mode', {
    hint: 'check its console, or `systemctl list-jobs` and `journalctl -b` on it',
  })
}
