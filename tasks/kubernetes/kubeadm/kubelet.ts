/** Whether the kubelet of a host runs. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { versionIn } from './skew.ts'

/**
 * Checks that the installed kubelet is of a version, before one that runs is replaced by it.
 *
 * @throws `task-failed` for another version.
 */
export const requireInstalled = async ({ remote, host }: CheckContext, version: string): Promise<void> => {
  const said = versionIn(await remote.query`kubelet --version`.text())
  if (said === version) return
  throw new CoxswainError(
    'task-failed',
    `the kubelet installed on ${host.name} is ${said ?? 'of an unknown version'}, not ${version}`,
    { hint: `install the kubelet ${version} on ${host.name}, and run again` },
  )
}

/** The state of the kubelet's unit in systemd, such as `active`. */
const unitState = async ({ remote }: CheckContext): Promise<string> =>
  (await remote.query`systemctl is-active kubelet`.result()).stdout.trim()

/** What the kubelet lacks; nothing if it is healthy. Its health port is 10248 (kubeadm's default), open to this host only. */
export const kubeletProblems = async (ctx: CheckContext): Promise<string[]> => {
  const health = ctx.remote.query({ timeout: 15 })`curl -sf --max-time 5 http://127.0.0.1:10248/healthz`
  const [state, { code, stdout }] = await Promise.all([unitState(ctx), health.result()])
  if (state !== 'active') return [`the kubelet is ${state}`]
  // without curl, only the state in systemd is known
  return code === 127 || stdout.trim() === 'ok' ? [] : ['the kubelet is not healthy yet']
}

/**
 * Checks that the kubelet runs, without which no static pod stops or starts.
 *
 * @throws `task-failed` if it does not.
 */
export const requireKubelet = async (ctx: CheckContext): Promise<void> => {
  const state = await unitState(ctx)
  if (state === 'active') return
  throw new CoxswainError(
    'task-failed',
    `the kubelet of ${ctx.host.name} is ${state}: it does not stop or start static pods`,
    {
      hint: `check it on ${ctx.host.name}: journalctl -u kubelet; start it: systemctl start kubelet; then run again`,
    },
  )
}
