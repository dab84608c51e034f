/** The pods of a smoke test, from their start to their removal. */
import { isCoxswainError, z } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { eventually } from '../../shared/eventually.ts'
import { create, inNamespace, run } from './kubectl.ts'
import { namespace, objects } from './objects.ts'
import { notReady, podsOf } from './pods.ts'
import { trialsOf } from './trials.ts'
import type { Trial } from './trials.ts'
import { giveVolumesBack } from './volumes.ts'

const nodesSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }),
    }),
  ),
})

/** Removes all objects, those of an interrupted run too, and waits until they are gone. */
const cleanUp = async (ctx: ApplyContext): Promise<void> => {
  await run(ctx, ['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s'], 130)
  await giveVolumesBack(ctx)
}

const portsPath = 'jsonpath={.spec.clusterIP} {.spec.ports[0].nodePort}'

/** Of what the pods are, and how long they may take. */
export interface TestPods {
  readonly image: string
  /** Seconds to wait until all of them are ready. */
  readonly timeout: number
  /** What to set for another image. */
  readonly setting: string
}

/** Test pods that run. */
export interface RunningPods {
  /** The number of nodes. */
  readonly nodes: number
  /** What is to be tried, with the pods as they are now; with a node, only what needs it. */
  trials(node?: string): Promise<readonly Trial[]>
  /** Starts the pods of a node again, so that they get their network from what is there now, and waits until they are ready. */
  restart(node: string): Promise<void>
}

const start = async (ctx: ApplyContext, { image, timeout, setting }: TestPods): Promise<RunningPods> => {
  const nodes = nodesSchema.parse(await run(ctx, ['get', 'nodes', '-o', 'json']).json()).items
  const addresses = new Map(
    nodes.flatMap(({ metadata, status }) => {
      const own = status.addresses.find(({ type }) => type === 'InternalIP')
      return own === undefined ? [] : [[metadata.name, own.address] as const]
    }),
  )
  const allReady = (): Promise<void> =>
    eventually(ctx, () => notReady(ctx, nodes.length), {
      seconds: timeout,
      every: 1,
      hint: `check that the nodes can get the image ${image}; with another one: ${setting}`,
    })
  await create(ctx, objects(image))
  await allReady()
  const ports = await inNamespace(ctx, ['get', 'service', 'web', '-o', portsPath]).text()
  const [clusterIP = '', nodePort = ''] = ports.trim().split(' ')
  return {
    nodes: nodes.length,
    trials: async (node) =>
      trialsOf(await podsOf(ctx), addresses, { clusterIP, nodePort }).filter(
        (trial) => node === undefined || trial.nodes.includes(node),
      ),
    restart: async (node) => {
      const words = ['delete', 'pods', '--field-selector', `spec.nodeName=${node}`, '--timeout=60s']
      await inNamespace(ctx, words, 90)
      await allReady()
    },
  }
}

/**
 * Starts a deployment with a service and a pod on every node, does something with them, and removes them, also after a failure and
 * what an interrupted run has left.
 */
export const withTestPods = async (
  ctx: ApplyContext,
  given: TestPods,
  work: (pods: RunningPods) => Promise<void>,
): Promise<void> => {
  await cleanUp(ctx)
  try {
    await work(await start(ctx, given))
  } finally {
    await cleanUp(ctx).catch((error: unknown) => {
      // what failed before is the cause
      ctx.log(
        `not all of ${namespace} is removed yet: ${isCoxswainError(error) ? error.message : String(error)}`,
      )
    })
  }
}
