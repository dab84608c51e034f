/** Reads the API servers of a cluster, and what they know of its nodes. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { rowsIn } from '../../facts/reading/values.ts'
import { kubectl } from '../kubeadm/kubectl.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { known, notKnown } from './known.ts'
import type { Known } from './known.ts'
import type { NodeState, Readiness } from './types.ts'

const askReady = shellFile(import.meta.url, 'ask-ready.sh')

/** What a server said, on one line and without control characters: it is not trusted. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)

/** What an answer of ask-ready.sh says. */
const readiness = (what: string, said: string): Known<Readiness> => {
  const text = plain(said)
  if (what === 'unasked') return notKnown(text)
  if (what === 'silent') return known({ state: 'silent', why: text })
  if (what === '200') return known({ state: 'ready', why: '' })
  if (what === '401' || what === '403') return notKnown(asksForCredentials)
  return /^\d{3}$/.test(what)
    ? known({ state: 'not ready', why: `HTTP status ${what}: ${text}` })
    : notKnown('the answer is not one of HTTP')
}

/** As ask-ready.sh says it. */
const lacksCurl = 'curl is not installed'

const asksForCredentials = 'it asks for credentials'

/** Asks with the credentials of the administrator. */
const askWithKubectl = async (
  ctx: CheckContext,
  url: string,
  otherwise: string,
): Promise<Known<Readiness>> => {
  if (!(await ctx.remote.exists(adminConf))) return notKnown(otherwise)
  const { origin, pathname } = new URL(url)
  const answer = await kubectl(ctx, ['get', '--raw', pathname], origin).result()
  if (answer.ok) return known({ state: 'ready', why: '' })
  const why = plain(answer.stderr)
  if (/refused|no route|i\/o timeout|deadline exceeded|EOF/.test(why)) return known({ state: 'silent', why })
  return /Error from server|InternalError/.test(why) ? known({ state: 'not ready', why }) : notKnown(why)
}

/**
 * Whether API servers are ready, asked from a host, all of them at the same time.
 *
 * @param urls such as `https://10.0.0.11:6443/readyz`; each gets an answer.
 */
export const readReadiness = async (
  ctx: CheckContext,
  urls: readonly string[],
): Promise<ReadonlyMap<string, Known<Readiness>>> => {
  const query = ctx.remote.query({ timeout: 30, label: 'ask the API servers whether they are ready' })
  const rows = rowsIn(await query`${shellProgram(askReady, ...urls)}`.text())
  const said = new Map(rows.map(([url = '', what = '', text = '']) => [url, readiness(what, text)] as const))
  const answers = urls.map(async (url) => {
    const answer = said.get(url) ?? notKnown('there is no answer')
    const withKubectl = !answer.known && [lacksCurl, asksForCredentials].includes(answer.why)
    return [url, withKubectl ? await askWithKubectl(ctx, url, answer.why) : answer] as const
  })
  return new Map(await Promise.all(answers))
}

/** One row a node; a node's images and conditions would be a hundred times as much. */
const nodeRow =
  '{range .items[*]}{.metadata.name}{"\\t"}{.status.conditions[?(@.type=="Ready")].status}{"\\t"}{.spec.unschedulable}{"\\t"}{.status.nodeInfo.kubeletVersion}{"\\t"}{.status.nodeInfo.containerRuntimeVersion}{"\\t"}{range .status.addresses[?(@.type=="InternalIP")]}{.address}{" "}{end}{"\\t"}{range .spec.taints[*]}{.key}={.value}:{.effect}{" "}{end}{"\\t"}{.metadata.labels}{"\\n"}{end}'

/** Up to 1.19, the label has `master` in its name; from 1.24 on, `control-plane` alone. */
const controlPlaneLabel = /"node-role\.kubernetes\.io\/(?:master|control-plane)":/

/** Parses the rows of nodes. */
export const nodesIn = (text: string): NodeState[] =>
  rowsIn(text).map(
    ([
      name = '',
      ready,
      unschedulable,
      kubelet = '',
      runtime = '',
      addresses = '',
      taints = '',
      labels = '',
    ]) => ({
      name,
      addresses: addresses.split(' ').filter(Boolean),
      ready: ready === 'True',
      unschedulable: unschedulable === 'true',
      kubelet,
      runtime,
      taints: taints
        .split(' ')
        .filter(Boolean)
        .map((taint) => taint.replace('=:', ':')),
      controlPlane: controlPlaneLabel.test(labels),
    }),
  )

/**
 * The nodes of a cluster, asked on a control-plane node.
 *
 * @param server the API server to ask.
 * @throws `task-failed` if it does not say.
 */
export const readNodes = async (ctx: CheckContext, server: string): Promise<NodeState[]> => {
  const { ok, stdout, stderr } = await kubectl(
    ctx,
    ['get', 'nodes', '-o', `jsonpath=${nodeRow}`],
    server,
  ).result()
  if (ok) return nodesIn(stdout)
  throw new CoxswainError('task-failed', `cannot list the nodes: ${stderr.trim().slice(0, 300)}`)
}
