/** Requests to etcd's own JSON gateway: a host needs neither etcdctl nor an API server that responds. */
import { CoxswainError, shellFile, shellProgram, z } from '../../../engine/index.ts'
import type { CheckContext, CommandTag } from '../../../engine/index.ts'
import { manifest, pki } from '../kubeadm/paths.ts'

const askMembers = shellFile(import.meta.url, 'ask-members.sh')

const authority = `${pki}/etcd/ca.crt`
/**
 * Certificates of kubeadm that etcd accepts from a client, without their endings: its own for requests of this kind, and those of
 * the member itself, which kubeadm makes for both ends of a connection.
 */
const clients = ['healthcheck-client', 'peer', 'server'].map((name) => `${pki}/etcd/${name}`)

/** A request, as etcd's API has it (etcd, rpc.proto). IDs of members are texts: a number of JSON cannot hold 64 bits. */
export interface Request {
  /** Its path without the version of the API, such as `cluster/member/list`. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  /** What it is for, in a few words: errors show it. */
  readonly label: string
  /** Seconds to wait for the answer; 10 by default. */
  readonly seconds?: number
}

/** What a member answered, or why there is no answer. */
export interface Answer {
  readonly url: string
  /**
   * `answers`: as it should. `refuses`: with an error. `silent`: it does not respond. `unasked`: nothing is known about
   * it, because it could not be asked.
   */
  readonly state: 'answers' | 'refuses' | 'silent' | 'unasked'
  /** The parsed answer. */
  readonly body?: unknown
  /** What went wrong. */
  readonly why: string
}

/** The member of the host itself, at the address where it listens for clients of this host. */
const local = 'local'

/** An error of the gateway: from 3.6 on, it has the message alone. */
const errorSchema = z.object({ message: z.string().max(10_000) })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const answerOf = (line: string): Answer => {
  const [url = '', what = '', ...rest] = line.split('\t')
  const text = rest.join(' ').trim()
  if (what === 'silent' || what === 'unasked') return { url, state: what, why: text }
  const body = parsed(text)
  if (what !== '200') {
    if (what === '404' && body === undefined)
      return { url, state: 'unasked', why: 'its JSON gateway is turned off (--enable-grpc-gateway=false)' }
    const { data } = errorSchema.safeParse(body)
    const status = /^\d+$/.test(what) ? `HTTP status ${what}` : 'an error'
    return { url, state: 'refuses', why: data?.message ?? `${status}: ${text.slice(0, 200)}` }
  }
  return body === undefined
    ? { url, state: 'unasked', why: `the answer is not JSON: ${text.slice(0, 200)}` }
    : { url, state: 'answers', body, why: '' }
}

/** Why nothing can be asked from a host, by the exit status of the program. */
const reasons: Readonly<Record<number, string>> = {
  101: 'neither curl nor kubectl is installed',
  102: `${authority} or the certificate of a client does not exist`,
  103: `${pki}/etcd has no ca.crt, or none of healthcheck-client, peer and server with its key`,
}

const ask = async (
  tag: CommandTag,
  request: Request,
  urls: readonly string[],
  as: readonly string[] = clients,
): Promise<Answer[]> => {
  const { path, body, label, seconds = 10 } = request
  // a host that is not at the first address, and etcd before 3.4, are asked several times
  const command = tag({ timeout: 80 + seconds, label })
  const words = [authority, as.join(' '), manifest('etcd'), path, JSON.stringify(body), seconds, ...urls]
  const { code, stdout, stderr } = await command`${shellProgram(askMembers, ...words)}`.result()
  if (code === 0) return stdout.split('\n').filter(Boolean).map(answerOf)
  const why = reasons[code] ?? `exit status ${code}: ${stderr.trim().slice(0, 200)}`
  // without its manifest as well, this host does not have an etcd of kubeadm
  return urls.map((url) => ({ url, state: code === 102 ? 'silent' : 'unasked', why }))
}

const noAnswer: Answer = { url: '', state: 'unasked', why: 'there is no answer' }

/**
 * Asks the etcd of a host something that changes nothing.
 *
 * @param as the path of the client's certificate without its ending; by default the first of kubeadm's own that the host has.
 */
export const askLocal = async ({ remote }: CheckContext, request: Request, as?: string): Promise<Answer> =>
  (await ask(remote.query, request, [local], as === undefined ? undefined : [as]))[0] ?? noAnswer

/** Asks members at their client URLs, from a host, all of them at the same time. Each URL gets an answer. */
export const askAll = async (
  { remote }: CheckContext,
  request: Request,
  urls: readonly string[],
): Promise<ReadonlyMap<string, Answer>> => {
  const answers = urls.length === 0 ? [] : await ask(remote.query, request, urls)
  const byUrl = new Map(answers.map((answer) => [answer.url, answer]))
  return new Map(urls.map((url) => [url, byUrl.get(url) ?? { ...noAnswer, url }]))
}

/**
 * Asks a member to change something. A change whose answer is lost can still have been made: look before anything is done
 * again.
 *
 * @param run the tag of an `apply`.
 * @param url its client URL; by default the etcd of the host itself.
 */
export const change = async (run: CommandTag, request: Request, url = local): Promise<Answer> =>
  (await ask(run, request, [url]))[0] ?? noAnswer

/** The error for an etcd that nothing is known about: that is not the same as one that is not healthy. */
export const notAsked = ({ host }: CheckContext, why: string): CoxswainError =>
  new CoxswainError('task-failed', `cannot ask etcd on ${host.name}: ${why}`, {
    hint: `its members are asked with curl or kubectl and a certificate of ${pki}/etcd: repair that on ${host.name}, and run again`,
  })

/** The same for a request that etcd refuses, or does not answer. */
export const failedRequest = (
  { host }: CheckContext,
  { label }: Request,
  { state, why }: Answer,
): CoxswainError =>
  new CoxswainError('task-failed', `etcd on ${host.name} ${saying[state]} (${label}): ${why}`, {
    hint: 'run again: the members are read first, and what is already done is not repeated',
  })

const saying: Readonly<Record<Answer['state'], string>> = {
  answers: 'answered something unexpected',
  refuses: 'refused the request',
  silent: 'did not answer',
  unasked: 'could not be asked',
}
