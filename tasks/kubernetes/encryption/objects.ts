/** Objects in etcd that are not under a key. No value leaves etcd: it compares how values begin. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { askLocal, failedRequest } from '../etcd/gateway.ts'
import type { Request } from '../etcd/gateway.ts'
import { manifest } from '../kubeadm/paths.ts'
import { argumentOf, containerIn } from '../kubeadm/pod-manifests.ts'
import { manifestText } from '../kubeadm/restarts.ts'
import { valuePrefix } from './config.ts'
import type { NewKey } from './stages.ts'

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64')
const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('latin1')

/** The first text after all texts that begin with one. */
const endOf = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCodePoint((prefix.codePointAt(prefix.length - 1) ?? 0) + 1)

/** How many keys are read at a time: their names fit into one answer of the gateway. */
const pageSize = 500

/** Keys from one to another one, which does not belong to it. */
export interface Range {
  readonly from: string
  readonly to: string
  /** The keys that were there. */
  readonly keys: readonly string[]
}

const pageSchema = z.object({
  kvs: z.array(z.object({ key: z.string().max(4000) })).default([]),
  more: z.boolean().default(false),
})

const ask = async <Result>(
  ctx: CheckContext,
  request: Request,
  schema: z.ZodType<Result>,
): Promise<Result> => {
  const answer = await askLocal(ctx, request)
  const parsed = answer.state === 'answers' ? schema.safeParse(answer.body) : undefined
  if (parsed?.success !== true) throw failedRequest(ctx, request, answer)
  return parsed.data
}

/** The hosts of URLs. */
const hostsIn = (urls: string): string[] =>
  urls
    .split(',')
    .flatMap((url) => (URL.canParse(url) ? [new URL(url).hostname.replaceAll(/[[\]]/g, '')] : []))

/**
 * Where the API server of a host keeps its objects (`--etcd-prefix`) in the etcd of the host.
 *
 * @throws `task-failed` where the objects of the cluster are not there: nothing left would mean nothing.
 */
export const registryOf = async (ctx: CheckContext): Promise<string> => {
  const { name } = ctx.host
  const container = containerIn((await manifestText(ctx, 'kube-apiserver')) ?? '', manifest('kube-apiserver'))
  const value = (flag: string): string | undefined => argumentOf(container, flag)
  if (value('etcd-servers-overrides') !== undefined)
    throw new CoxswainError(
      'task-failed',
      `the API server of ${name} keeps objects in several etcd clusters (--etcd-servers-overrides)`,
      {
        hint: 'rotate the key by hand: this task reads the etcd of the control-plane node alone; nothing was changed',
      },
    )
  const own = new Set(['127.0.0.1', 'localhost', '::1', value('advertise-address')])
  const servers = value('etcd-servers') ?? ''
  if (!hostsIn(servers).some((host) => own.has(host)))
    throw new CoxswainError(
      'task-failed',
      `the API server of ${name} does not use the etcd of its host: --etcd-servers=${servers}`,
      {
        hint: 'rotate the key by hand: this task reads the etcd of the control-plane node alone; nothing was changed',
      },
    )
  const registry = `/${(value('etcd-prefix') ?? '/registry').replaceAll(/^\/+|\/+$/g, '')}`
  // every cluster has it
  const known = `${registry}/namespaces/kube-system`
  const { kvs } = await ask(
    ctx,
    {
      path: 'kv/range',
      body: { key: base64(known), limit: '1', keys_only: true },
      label: 'look for the objects of the cluster in etcd',
    },
    pageSchema,
  )
  if (kvs.length > 0) return registry
  throw new CoxswainError(
    'task-failed',
    `the etcd of ${name} does not have ${known}: the objects of the cluster are not there`,
    {
      hint: `compare --etcd-prefix and --etcd-servers in ${manifest('kube-apiserver')} with the API server that runs; the former keys stay until they are found`,
    },
  )
}

/** The keys of a resource, in ranges that follow each other without a gap. */
export async function* rangesOf(
  ctx: CheckContext,
  registry: string,
  resource: string,
): AsyncGenerator<Range> {
  const prefix = `${registry}/${resource}/`
  const end = endOf(prefix)
  let from = prefix
  for (;;) {
    const page = await ask(
      ctx,
      {
        path: 'kv/range',
        // etcd sorts by key
        body: { key: base64(from), range_end: base64(end), limit: String(pageSize), keys_only: true },
        label: `read the names of ${resource} in etcd`,
        seconds: 30,
      },
      pageSchema,
    )
    const keys = page.kvs.map(({ key }) => fromBase64(key))
    const last = keys.at(-1)
    if (last === undefined) return
    const to = page.more ? `${last}\0` : end
    yield { from, to, keys }
    if (!page.more) return
    from = to
  }
}

const comparedSchema = z.object({
  succeeded: z.boolean().default(false),
  responses: z
    .array(z.object({ response_range: z.object({ count: z.coerce.number().default(0) }) }))
    .max(1)
    .default([]),
})

/** Whether all values of a range begin as those under a key do. One request without a write: etcd compares at one revision. */
export const isUnder = async (
  ctx: CheckContext,
  { provider, key }: NewKey,
  range: Range,
): Promise<boolean> => {
  const prefix = valuePrefix(provider, key.name)
  const keys = { key: base64(range.from), range_end: base64(range.to) }
  const count = [{ request_range: { ...keys, count_only: true } }]
  const request = {
    path: 'kv/txn',
    body: {
      compare: [
        { ...keys, target: 'VALUE', result: 'GREATER', value: base64(prefix) },
        { ...keys, target: 'VALUE', result: 'LESS', value: base64(endOf(prefix)) },
      ],
      success: count,
      failure: count,
    },
    label: 'compare how values in etcd begin',
    seconds: 60,
  }
  const { succeeded, responses } = await ask(ctx, request, comparedSchema)
  if (succeeded) return true
  const [answer] = responses
  if (answer === undefined)
    throw failedRequest(ctx, request, {
      url: '',
      state: 'answers',
      why: 'it does not say how many there are',
    })
  // etcd does not compare values where there are none
  return answer.response_range.count === 0
}
