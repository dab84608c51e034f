import { CoxswainError, defineTask, drift, ok, pending, duration, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { kubectl } from './kubeadm/kubectl.ts'
import { adminConf } from './kubeadm/paths.ts'
import { refuseOtherNetwork } from './networks/other-network.ts'
import { daemonSets, podNetwork, podNetworkManifest } from './pod-networks.ts'
import type { DaemonSet } from './pod-networks.ts'

/** Whether the cluster differs from the manifest: kubectl exits with 1 if it finds a difference. */
const differs = async ({ remote }: CheckContext, text: string): Promise<boolean> => {
  const ask = remote.query({ stdin: text, timeout: 60 })
  const { code, stderr } = await ask`kubectl --kubeconfig ${adminConf} diff -f - >/dev/null`.result()
  if (code === 0) return false
  // kubectl before 1.13 does not have diff: only checks whether all objects exist
  if (/unknown command "?diff/.test(stderr)) {
    return !(await ask`kubectl --kubeconfig ${adminConf} get -f - >/dev/null`.succeeds())
  }
  // a kind or namespace that the manifest itself creates is unknown before it is applied
  if (code === 1 || /no matches for kind|not found/i.test(stderr)) return true
  throw new CoxswainError('command-failed', `kubectl diff ended with ${code}`, { output: stderr.trim() })
}

const fields = [
  'metadata.generation',
  'status.observedGeneration',
  'status.desiredNumberScheduled',
  'status.updatedNumberScheduled',
  'status.numberAvailable',
]

/**
 * What is missing until a DaemonSet runs in its current form on every node that it is meant for (`kubectl rollout status`).
 */
const notRolledOut = async (ctx: CheckContext, { name, namespace }: DaemonSet): Promise<string[]> => {
  const path = fields.map((field) => `{.${field}}`).join(',')
  const words = ['-n', namespace, 'get', 'daemonset', name, '-o', `jsonpath=${path}`]
  const { code, stdout } = await kubectl(ctx, words).result()
  if (code !== 0) return [`the DaemonSet ${name} does not exist`]
  const [generation = 0, seen = 0, wanted = 0, updated = 0, available = 0] = stdout.split(',').map(Number)
  if (seen < generation) return [`DaemonSet ${name} has not been processed yet`]
  const running = Math.min(updated, available)
  return running < wanted ? [`DaemonSet ${name} runs on ${running} of ${wanted} nodes`] : []
}

/** Nodes that are not Ready because the pod network is missing; other reasons are not the subject of this task. */
const withoutNetwork = async (ctx: CheckContext): Promise<string[]> => {
  const ready = '.status.conditions[?(@.type=="Ready")]'
  const path = `{range .items[*]}{.metadata.name}{"\\t"}{${ready}.status}{"\\t"}{${ready}.message}{"\\n"}{end}`
  const lines = await kubectl(ctx, ['get', 'nodes', '-o', `jsonpath=${path}`]).lines()
  return lines.flatMap((line) => {
    const [node, status, message = ''] = line.split('\t')
    return status === 'False' && /network/i.test(message) ? [`node ${node} is not Ready: ${message}`] : []
  })
}

const missing = async (ctx: CheckContext, text: string): Promise<string[]> => {
  const found = [...daemonSets(text).map((set) => notRolledOut(ctx, set)), withoutNetwork(ctx)]
  return (await Promise.all(found)).flat()
}

/** This host, and those of a pattern. */
const hostsWith = async (ctx: CheckContext, pattern: string | undefined): Promise<CheckContext[]> => {
  const names = pattern === undefined ? [] : await ctx.hostsOf(pattern)
  const others = names.filter((name) => name !== ctx.host.name)
  return [ctx, ...(await Promise.all(others.map((name) => ctx.on(name))))]
}

/** Applies the manifest of a pod network, and waits until its DaemonSets run and the nodes have a network. */
export const applyCni = defineTask({
  name: 'apply-cni',
  description:
    'Applies the manifest of a pod network, with the pod CIDR inserted, and waits for its DaemonSets and for the nodes.',
  reads:
    'kubectl diff of the manifest, the DaemonSets of other pod networks, and /etc/cni/net.d on this host and the other nodes',
  example: { manifest: 'flannel', podCidr: '10.244.0.0/16' },
  params: () =>
    podNetwork().extend({
      nodes: z
        .string()
        .optional()
        .describe(
          'more nodes, as a host pattern, which must not have a network of their own before the manifest is applied for the first time; this host must not in any case',
        ),
      timeout: duration({ zero: true }).default(300).describe('seconds to wait for DaemonSets and nodes'),
    }),
  title: ({ manifest }) => `pod network ${manifest.split('/').at(-1) ?? manifest}`,
  sends: ({ manifest }) => [manifest],
  until: ({ timeout }) => ({ timeout, every: 1 }),

  async check(ctx, { manifest, podCidr, version, nodes }) {
    const text = await ctx.fact(podNetworkManifest({ manifest, podCidr, version }))
    const what = `pod network ${manifest}`
    if (!(await ctx.remote.exists(adminConf))) return drift({ what, to: 'applied' })
    if (await differs(ctx, text)) {
      await refuseOtherNetwork(ctx, () => hostsWith(ctx, nodes), manifest, text)
      return drift({ what, to: 'applied' })
    }
    const lacking = await missing(ctx, text)
    return lacking.length === 0 ? ok() : pending(lacking.join(', '))
  },

  async apply(ctx, { manifest, podCidr, version }) {
    const stdin = await ctx.fact(podNetworkManifest({ manifest, podCidr, version }))
    await ctx.remote.run({ stdin, timeout: 120 })`kubectl --kubeconfig ${adminConf} apply -f -`
  },
})
