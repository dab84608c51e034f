import { defineTask, duration, isCoxswainError, z } from '../../engine/index.ts'
import type { ApplyContext } from '../../engine/index.ts'
import { eventually } from '../shared/eventually.ts'
import { hostInUrl } from '../network/addresses/addresses.ts'
import { adminConf } from './kubeadm/paths.ts'
import { answer, namespace, objects, port, service, started } from './smoke/objects.ts'

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
      spec: z.object({ nodeName: z.string().default('') }),
      status: z.object({
        podIP: z.string().default(''),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), message: z.string().default('') }))
          .default([]),
        containerStatuses: z
          .array(
            z.object({
              ready: z.boolean(),
              state: z
                .object({
                  waiting: z
                    .object({ reason: z.string().default(''), message: z.string().default('') })
                    .optional(),
                })
                .default({}),
            }),
          )
          .default([]),
      }),
    }),
  ),
})
type Pod = z.output<typeof podsSchema>['items'][number]

const nodesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }),
    }),
  ),
})

const run = ({ remote }: ApplyContext, words: readonly string[], seconds = 30) =>
  remote.run({
    timeout: seconds + 30,
  })`kubectl --kubeconfig ${adminConf} --request-timeout=${`${seconds}s`} ${words}`

const inNamespace = (ctx: ApplyContext, words: readonly string[]) => run(ctx, ['-n', namespace, ...words])

/** Removes all objects, those of an interrupted run too, and waits until they are gone. */
const cleanUp = async (ctx: ApplyContext): Promise<void> => {
  await run(ctx, ['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s'], 130)
}

const podsOf = async (ctx: ApplyContext): Promise<readonly Pod[]> =>
  podsSchema.parse(await inNamespace(ctx, ['get', 'pods', '-o', 'json']).json()).items

/** Why a pod is not ready; undefined if it is. */
const whyNotReady = ({ metadata, spec, status }: Pod): string | undefined => {
  if (status.containerStatuses.length > 0 && status.containerStatuses.every(({ ready }) => ready))
    return undefined
  const waiting = status.containerStatuses.find(({ state }) => state.waiting !== undefined)?.state.waiting
  const condition = status.conditions.find((one) => one.status !== 'True' && one.message !== '')
  const why = [waiting?.reason, waiting?.message ?? condition?.message].filter(Boolean).join(': ')
  return `${metadata.name} on ${spec.nodeName || 'no node'}: ${why || 'not ready'}`
}

/** The pods that are not ready yet, with the reason. */
const notReady = async (ctx: ApplyContext, nodes: number): Promise<string[]> => {
  const pods = await podsOf(ctx)
  const missing = nodes + 2 - pods.length
  return [
    ...(missing > 0 ? [`${missing} pods were not created`] : []),
    ...pods.flatMap((pod) => whyNotReady(pod) ?? []),
  ]
}

/** Where the service is. */
interface Ports {
  readonly clusterIP: string
  readonly nodePort: string
}

/** One thing that must work: what it is, and the command. */
interface Trial {
  readonly what: string
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
const trialsOf = (
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
      words: ['logs', pod.metadata.name],
      expects: started,
    })),
    ...probes.flatMap((from) =>
      [...probes, ...servers]
        .filter((to) => to !== from)
        .map((to) => ({
          what: `from a pod on ${from.spec.nodeName} to a pod on ${to.spec.nodeName}`,
          words: asks(from, `http://${hostInUrl(to.status.podIP)}:${port}/`),
          expects: answer,
        })),
    ),
    ...probes.flatMap((from) => [
      {
        what: `the service from a pod on ${from.spec.nodeName}`,
        words: asks(from, `http://${hostInUrl(clusterIP)}/`),
        expects: answer,
      },
      {
        what: `DNS from a pod on ${from.spec.nodeName}`,
        words: ['exec', from.metadata.name, '--', 'busybox', 'nslookup', service],
        expects: clusterIP,
      },
    ]),
    ...(first === undefined
      ? []
      : [...addresses].map(([node, address]) => ({
          what: `the service at the port of the node ${node}`,
          words: asks(first, `http://${hostInUrl(address)}:${nodePort}/`),
          expects: answer,
        }))),
  ]
}

/** Tries all, each for some seconds: endpoints and rules of a new service take a moment to arrive. */
const tryAll = async (ctx: ApplyContext, trials: readonly Trial[]): Promise<void> => {
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

const portsPath = 'jsonpath={.spec.clusterIP} {.spec.ports[0].nodePort}'

/**
 * Runs pods on every node, and checks that the cluster does what it is for: a service, the pod network, DNS, logs and commands in pods.
 *
 * It removes all that it has created, also after a failure, and before it starts.
 */
export const clusterSmoke = defineTask({
  name: 'cluster-smoke',
  description:
    'Checks that a cluster works: a deployment with a service answers at every node, pods of all nodes reach each other, DNS, logs and commands in pods work. It removes what it creates.',
  reads: 'pods in the namespace coxswain-smoke',
  example: { image: 'busybox:1.37' },
  params: () =>
    z.object({
      image: z
        .string()
        .regex(/^[\w.:/@-]+$/, 'must be the name of an image')
        .default('docker.io/library/busybox:1.37')
        .describe('an image with busybox, its httpd and wget included'),
      timeout: duration({ zero: true }).default(180).describe('seconds to wait for its pods'),
    }),
  title: () => 'the cluster works',
  changes: false,

  async apply(ctx, { image, timeout }) {
    await cleanUp(ctx)
    try {
      const nodes = nodesSchema.parse(await run(ctx, ['get', 'nodes', '-o', 'json']).json()).items
      const addresses = new Map(
        nodes.flatMap(({ metadata, status }) => {
          const own = status.addresses.find(({ type }) => type === 'InternalIP')
          return own === undefined ? [] : [[metadata.name, own.address] as const]
        }),
      )
      await ctx.remote.run({
        stdin: JSON.stringify(objects(image)),
        timeout: 60,
      })`kubectl --kubeconfig ${adminConf} --request-timeout=30s create -f -`
      await eventually(ctx, () => notReady(ctx, nodes.length), {
        seconds: timeout,
        every: 1,
        hint: `check that the nodes can get the image ${image}; with another one: image (the playbook: -e smoke_image=…)`,
      })
      const ports = await inNamespace(ctx, ['get', 'service', 'web', '-o', portsPath]).text()
      const [clusterIP = '', nodePort = ''] = ports.trim().split(' ')
      const trials = trialsOf(await podsOf(ctx), addresses, { clusterIP, nodePort })
      await tryAll(ctx, trials)
      ctx.log(`${trials.length} trials on ${nodes.length} nodes succeeded`)
    } finally {
      await cleanUp(ctx).catch((error: unknown) => {
        // what failed before is the cause
        ctx.log(
          `the namespace ${namespace} is not removed yet: ${isCoxswainError(error) ? error.message : String(error)}`,
        )
      })
    }
  },
})
