/** What is tried with the pods of a smoke test. */
import type { ApplyContext } from '../../../engine/index.ts'
import { hostInUrl } from '../../network/addresses/addresses.ts'
import { eventually } from '../../shared/eventually.ts'
import { inNamespace } from './kubectl.ts'
import { answer, port, service, started } from './objects.ts'
import type { Pod } from './pods.ts'

/** Where the service is. */
export interface Ports {
  readonly clusterIP: string
  readonly nodePort: string
}

/** One thing that must work: what it is, and the command. */
export interface Trial {
  readonly what: string
  /** The nodes that it needs. */
  readonly nodes: readonly string[]
  readonly words: readonly string[]
  readonly expects: string
}

const asks = (from: Pod, url: string): readonly string[] => [
  'exec',
  from.metadata.name,
  '--',
  'busybox',
  'wget',
  '-q',
  '-Y',
  'off',
  '-O',
  '-',
  url,
]

/** What is tried with pods that are ready, in an order in which the first failure is the cause of the others. */
export const trialsOf = (
  pods: readonly Pod[],
  addresses: ReadonlyMap<string, string>,
  { nodePort, clusterIP }: Ports,
): Trial[] => {
  const of = (app: string): Pod[] => pods.filter(({ metadata }) => metadata.labels['app'] === app)
  const [probes, servers] = [of('probe'), of('web')]
  const first = probes[0]
  return [
    ...probes.map((pod) => ({
      what: `logs of a pod on ${pod.spec.nodeName}`,
      nodes: [pod.spec.nodeName],
      words: ['logs', pod.metadata.name],
      expects: started,
    })),
    ...probes.flatMap((from) =>
      [...probes, ...servers]
        .filter((to) => to !== from)
        .map((to) => ({
          what: `from a pod on ${from.spec.nodeName} to a pod on ${to.spec.nodeName}`,
          nodes: [from.spec.nodeName, to.spec.nodeName],
          words: asks(from, `http://${hostInUrl(to.status.podIP)}:${port}/`),
          expects: answer,
        })),
    ),
    ...probes.flatMap((from) => [
      {
        what: `the service from a pod on ${from.spec.nodeName}`,
        nodes: [from.spec.nodeName],
        words: asks(from, `http://${hostInUrl(clusterIP)}/`),
        expects: answer,
      },
      {
        what: `DNS from a pod on ${from.spec.nodeName}`,
        nodes: [from.spec.nodeName],
        words: ['exec', from.metadata.name, '--', 'busybox', 'nslookup', service],
        expects: clusterIP,
      },
    ]),
    ...(first === undefined
      ? []
      : [...addresses].map(([node, address]) => ({
          what: `the service at the port of the node ${node}`,
          nodes: [node],
          words: asks(first, `http://${hostInUrl(address)}:${nodePort}/`),
          expects: answer,
        }))),
  ]
}

/** Tries all, each for some seconds: endpoints and rules of a new service take a moment to arrive. */
export const tryAll = async (ctx: ApplyContext, trials: readonly Trial[]): Promise<void> => {
  for (const { what, words, expects } of trials)
    await eventually(
      ctx,
      async () => {
        const { stdout, stderr } = await inNamespace(ctx, words).result()
        return stdout.includes(expects) ? [] : [`${what}: ${stderr.trim() || 'there is no answer'}`]
      },
      {
        seconds: 30,
        every: 1,
        hint: 'check the pod network, kube-proxy and CoreDNS: kubectl get pods -A -o wide',
      },
    )
}
