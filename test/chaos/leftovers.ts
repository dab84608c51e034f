/** What a run must not leave on a host: drafts, temporary files, processes, a held lock. */
import type { ChaosHost } from './host.ts'

const processes = `ps -eo pid=,ppid=,args= --sort=pid`

/** Commands of all processes except kernel threads and this command itself, sorted. */
const running = async (host: ChaosHost): Promise<string[]> =>
  (await host.sh(`: looks; ${processes}`))
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^\d+\s+\d+\s+/, '')
        .replaceAll(/[0-9a-f]{64}/g, 'ID'),
    )
    .filter((args) => args !== '' && !args.includes(processes) && !/^(ps -eo|sleep 0|\(sd-pam\))/.test(args))
    .toSorted()

/** Files that only Coxswain creates, and everything in the folders for temporary files. */
const files = async (host: ChaosHost): Promise<string[]> => {
  const found = await host.sh(
    `find / \\( -path /proc -o -path /sys -o -path /var/lib/containers \\) -prune -o -name '*.coxswain*' -print
find /tmp /var/tmp /dev/shm -mindepth 1 -maxdepth 1 ! -name 'systemd-private-*' ! -name '.*-unix' ! -name 'podman-run-*' ! -name 'containers-user-*' ! -name 'storage-run-*'; true`,
  )
  return found.split('\n').filter((line) => line !== '')
}

const lock = async (host: ChaosHost): Promise<string[]> => {
  const held = await host.sh(
    '[ ! -e /run/coxswain/lock ] || flock -n -x /run/coxswain/lock true || { echo held by; cat /run/coxswain/holder; }',
  )
  return held === '' ? [] : [`the lock is ${held.replaceAll('\n', ' ')}`]
}

/** Everything that could be a leftover, as lines. */
export const traces = async (host: ChaosHost): Promise<string[]> => [
  ...(await files(host)).map((path) => `file ${path}`),
  ...(await running(host)).map((args) => `process ${args}`),
  ...(await lock(host)),
]

/** Lines that occur more often than usual. */
const beyond = (usual: readonly string[], found: readonly string[]): string[] => {
  const left = [...usual]
  return found.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** More seconds than the watchdog of a killed run takes to end everything: only what stays is a leftover. */
const settleTimeout = 20

/** Everything on a host that is not usual there, and stays. */
export const leftovers = async (host: ChaosHost, usual: readonly string[]): Promise<string[]> => {
  for (const end = Date.now() + settleTimeout * 1000; ;) {
    const found = beyond(usual, await traces(host))
    if (found.length === 0 || Date.now() > end) return found
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}
