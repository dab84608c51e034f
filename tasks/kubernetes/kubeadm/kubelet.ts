/** Whether the kubelet of a host runs. */
import { isIP } from 'node:net'
import { CoxswainError, isCoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { hostInUrl } from '../../network/addresses/addresses.ts'
import { kubeletConfig } from './paths.ts'
import { versionIn } from './skew.ts'
import { readYaml } from './yaml.ts'

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

/** What the configuration of a kubelet says of its health: by default 127.0.0.1:10248 (kubeadm sets both). */
const healthSchema = z.object({
  healthzPort: z.number().int().min(0).max(65_535).default(10_248).catch(10_248),
  healthzBindAddress: z
    .string()
    .refine((text) => isIP(text) !== 0 && !text.includes('%'))
    .default('127.0.0.1')
    .catch('127.0.0.1'),
})

/** Where a host asks its kubelet, by the text of its configuration; undefined for one that does not answer anywhere. */
const healthUrl = (text: string): string | undefined => {
  const [document] = readYaml(text, kubeletConfig)
  const { healthzPort: port, healthzBindAddress: address } = healthSchema.parse(
    typeof document === 'object' && document !== null ? document : {},
  )
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
  return port === 0 ? undefined : `http://${hostInUrl(loopback[address] ?? address)}:${port}/healthz`
}

/** The same; that of kubeadm for a text that is not YAML, with which no kubelet starts. */
const readHealthUrl = async ({ remote }: CheckContext): Promise<string | undefined> => {
  try {
    return healthUrl((await remote.read(kubeletConfig)) ?? '')
  } catch (error) {
    if (!isCoxswainError(error) || error.code !== 'task-failed') throw error
    return healthUrl('')
  }
}

/** What the kubelet lacks; nothing if it is healthy. It is asked where its configuration says that it answers. */
export const kubeletProblems = async (ctx: CheckContext): Promise<string[]> => {
  const url = await readHealthUrl(ctx)
  if (url === undefined) {
    const state = await unitState(ctx)
    return state === 'active' ? [] : [`the kubelet is ${state}`]
  }
  const health = ctx.remote.query({
    timeout: 15,
  })`curl -qsf --noproxy '*' --max-time 5 ${url}`
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
