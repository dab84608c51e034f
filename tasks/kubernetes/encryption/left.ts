/** What is left under former keys, and its way back through an API server. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { isUnder, rangesOf, registryOf } from './objects.ts'
import type { Range } from './objects.ts'
import type { Config } from './config.ts'
import type { NewKey } from './stages.ts'

/** The resources of a configuration, each once. */
export const resourcesOf = (config: Config): string[] => [
  ...new Set(config.flatMap(({ resources }) => resources)),
]

/** Objects that may be under former keys: those of a range of which one is. */
export interface Left extends Range {
  readonly resource: string
}

/** How many objects are compared at a time: so many are written again if one of them is under a former key. */
const chunkSize = 250

/** The parts of a range, without a gap. */
const chunks = ({ from, to, keys }: Range): Range[] =>
  Array.from({ length: Math.ceil(keys.length / chunkSize) }, (_, index) => ({
    from: index === 0 ? from : (keys[index * chunkSize] ?? to),
    to: keys[(index + 1) * chunkSize] ?? to,
    keys: keys.slice(index * chunkSize, (index + 1) * chunkSize),
  }))

/** The objects that might not be under a key. Large sets are read in pages, and pages that are right are compared at once. */
export async function* leftUnder(
  ctx: CheckContext,
  resources: readonly string[],
  next: NewKey,
): AsyncGenerator<Left> {
  const registry = await registryOf(ctx)
  for (const resource of resources)
    for await (const page of rangesOf(ctx, registry, resource)) {
      if (await isUnder(ctx, next, page)) continue
      for (const chunk of chunks(page)) if (!(await isUnder(ctx, next, chunk))) yield { ...chunk, resource }
    }
}

/** How many objects might not be under a key; 0 if none is left. */
export const countLeft = async (
  ctx: CheckContext,
  resources: readonly string[],
  next: NewKey,
): Promise<number> => {
  let count = 0
  // one that was deleted meanwhile may be the only one of its range
  for await (const { keys } of leftUnder(ctx, resources, next)) count += Math.max(1, keys.length)
  return count
}

/** How many objects there are. */
export const countAll = async (ctx: CheckContext, resources: readonly string[]): Promise<number> => {
  const registry = await registryOf(ctx)
  let count = 0
  for (const resource of resources)
    for await (const { keys } of rangesOf(ctx, registry, resource)) count += keys.length
  return count
}

/** Names as Kubernetes accepts them in a path. */
const pathName = /^[A-Za-z0-9][\w.:-]*$/

/** An object, by its names in the API. */
export interface ObjectNames {
  readonly namespace: string
  readonly name: string
  /** Its path in the API. */
  readonly path: string
}

/**
 * The names of an object in the API, from its key in etcd.
 *
 * @throws `task-failed` for a key that is not one of an object in a namespace.
 */
export const objectOf = (key: string, resource: string): ObjectNames => {
  const [name = '', namespace = '', ...others] = key.split('/').toReversed()
  if (others[0] !== resource || !pathName.test(name) || !pathName.test(namespace))
    throw new CoxswainError(
      'task-failed',
      `etcd has a key below ${resource} that is not of an object: ${key}`,
      {
        hint: 'nothing else writes there: find out where it comes from, and delete it with etcdctl',
      },
    )
  return { namespace, name, path: `/api/v1/namespaces/${namespace}/${resource}/${name}` }
}
