/** What a control-plane node knows about the cause of a failure: kubeadm itself only says that it has waited in vain. */
import type { CheckContext, Explanation, Failure } from '../../../engine/index.ts'
import { etcdProblems } from '../etcd/health.ts'
import { credentialFaults } from './credential-faults.ts'
import { lastErrorsOf } from './last-errors.ts'
import { adminConf, manifest, pki } from './paths.ts'
import { warningsOf } from './warnings.ts'

/** Failures whose cause can be elsewhere on the host. Other errors name it. */
const explained: ReadonlySet<string> = new Set(['command-failed', 'command-timeout', 'wait-timeout'])

/** kubeadm names these causes itself, before it starts anything. */
const preflight = /^\s*\[ERROR /m

/** Seconds before the start of a task from which messages are shown: clocks and logs are not exact. */
const margin = 5

/** One thing to look at. */
interface Look {
  readonly title: (host: string) => string
  /** Its lines; empty where nothing is wrong, or nothing is known. */
  readonly lines: (ctx: CheckContext, seconds: number) => Promise<readonly string[]>
}

const looks: readonly Look[] = [
  { title: (host) => `last errors on ${host}`, lines: lastErrorsOf },
  {
    title: (host) => `certificates on ${host}`,
    lines: async (ctx) =>
      (await ctx.remote.exists(`${pki}/ca.crt`))
        ? (await credentialFaults(ctx)).map(({ message }) => message)
        : [],
  },
  {
    title: (host) => `etcd, as ${host} sees it`,
    lines: async (ctx) => ((await ctx.remote.exists(manifest('etcd'))) ? etcdProblems(ctx) : []),
  },
  {
    title: () => 'warnings of the cluster',
    lines: async (ctx, seconds) => ((await ctx.remote.exists(adminConf)) ? warningsOf(ctx, seconds) : []),
  },
]

/** Lines of one thing. The reason for the failure can also be a reason for not being able to ask. */
const shown = async (
  { title, lines }: Look,
  ctx: CheckContext,
  seconds: number,
): Promise<readonly string[]> => {
  const found = await lines(ctx, seconds).catch(() => [])
  return found.length === 0 ? [] : [`${title(ctx.host.name)}:`, ...found.map((line) => `  ${line}`)]
}

/**
 * What a control-plane node knows about the cause of a failure: the last errors of the kubelet and the static pods, certificates that are
 * not accepted, what is wrong with etcd, and the warnings of the cluster. For `explain` of a task.
 */
export const explainControlPlane = async (
  ctx: CheckContext,
  _params: unknown,
  { error, seconds }: Failure,
): Promise<Explanation | undefined> => {
  if (!explained.has(error.code) || preflight.test(error.output ?? '')) return undefined
  const found = await Promise.all(looks.map((look) => shown(look, ctx, Math.ceil(seconds) + margin)))
  if (found.every((lines) => lines.length === 0)) return undefined
  return {
    text: found.flat().join('\n'),
    // a wait says itself what to do
    ...(error.code !== 'wait-timeout' && { hint: 'what is shown above usually names the cause' }),
  }
}
