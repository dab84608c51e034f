import { CoxswainError, defineTask, drift, ok, pending, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { kubectl } from './kubeadm/kubectl.ts'
import { adminConf } from './kubeadm/paths.ts'
import { daemonSets, podNetwork, podNetworkManifest } from './pod-networks.ts'
import type { DaemonSet } from './pod-networks.ts'

/** Whether the cluster has just what the manifest says: kubectl ends with 1 where it finds a difference. */
const differs = async ({ remote }: CheckContext, text: string): Promise<boolean> => {
  const ask = remote.query({ stdin: text, timeout: 60 })
  const { code, stderr } = await ask`kubectl --kubeconfig ${adminConf} diff -f - >/dev/null`.result()
  if (code === 0) return false
  // before 1.13 there was no diff: all that can be told is whether everything is there
  if (/unknown command "?diff/.test(stderr)) {
    return !(await ask`kubectl --kubeconfig ${adminConf} get -f - >/dev/null`.succeeds())
  }
  // a kind or a namespace that the manifest itself brings is not known before it is applied
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

/** What is missing for a DaemonSet to run, as it is now, on every node that it is for (`kubectl rollout status`). */
const notRolledOut = async (ctx: CheckContext, { name, namespace }: DaemonSet): Promise<string[]> => {
  const path = fields.map((field) => `{.${field}}`).join(',')
  const words = ['-n', namespace, 'get', 'daemonset', name, '-o', `jsonpath=${path}`]
  const { code, stdout } = await kubectl(ctx, words).result()
  if (code !== 0) return [`there is no DaemonSet ${name}`]
  const [generation = 0, seen = 0, wanted = 0, updated = 0, available = 0] = stdout.split(',').map(Number)
  if (seen < generation) return [`DaemonSet ${name} is not looked at yet`]
  const running = Math.min(updated, available)
  return running < wanted ? [`DaemonSet ${name} runs on ${running} of ${wanted} nodes`] : []
}

/** Nodes that are not Ready for want of a pod network; what else may ail a node is not this task's affair. */
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

/** Apply the manifest of a pod network, and wait until its DaemonSets run and the nodes have a network. */
export const applyCni = defineTask({
  name: 'apply-cni',
  description:
    'Applies the manifest of a pod network, with the pod CIDR inserted, and waits for its DaemonSets and for the nodes.',
  reads: 'kubectl diff of the manifest',
  example: { manifest: 'flannel', podCidr: '10.244.0.0/16' },
  params: podNetwork.extend({
    timeout: z.coerce.number().default(300).describe('seconds to wait for DaemonSets and nodes'),
  }),
  title: ({ manifest }) => `pod network ${manifest.split('/').at(-1) ?? manifest}`,
  sends: ({ manifest }) => [manifest],
  until: ({ timeout }) => ({ timeout, every: 1 }),

  async check(ctx, { manifest, podCidr, version }) {
    const text = await ctx.fact(podNetworkManifest({ manifest, podCidr, version }))
    const what = `pod network ${manifest}`
    if (!(await ctx.remote.exists(adminConf)) || (await differs(ctx, text)))
      return drift({ what, to: 'applied' })
    const lacking = await missing(ctx, text)
    return lacking.length === 0 ? ok() : pending(lacking.join(', '))
  },

  async apply({ fact, remote }, { manifest, podCidr, version }) {
    const stdin = await fact(podNetworkManifest({ manifest, podCidr, version }))
    await remote.run({ stdin, timeout: 120 })`kubectl --kubeconfig ${adminConf} apply -f -`
  },
})
