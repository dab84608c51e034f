/** What members of etcd answer at their peer URLs: also without a quorum. */
import { CoxswainError, shellFile, shellProgram, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { pki } from '../kubeadm/paths.ts'
import { listedMember } from './members.ts'
import type { Member } from './members.ts'

const program = shellFile(import.meta.url, 'ask-peers.sh')

const url = z
  .string()
  .max(300)
  .regex(/^https?:\/\/[\w.:[\]%-]+$/)

/** As etcd writes them at /members (etcd, server/etcdserver/api/etcdhttp/peer.go). */
const membersSchema = z
  .array(
    z.object({
      id: z.string().regex(/^\d{1,20}$/),
      name: z.string().max(300).default(''),
      peerURLs: z.array(url).max(20).default([]),
      clientURLs: z.array(url).max(20).default([]),
      isLearner: z.boolean().default(false),
    }),
  )
  .max(100)

/** The members in an answer; undefined if it is something else. A number of JSON would lose the last digits of an ID. */
export const membersAtPeer = (text: string): Member[] | undefined => {
  let body: unknown
  try {
    body = JSON.parse(text.replaceAll(/"id":\s*(\d+)/g, '"id":"$1"'))
  } catch {
    return undefined
  }
  return membersSchema.safeParse(body).data?.map(({ id, ...fields }) => listedMember(id, fields))
}

/** What happened at a peer URL. */
export interface PeerAnswer {
  /** `silent`: nothing answers there. `unasked`: it is not known, such as for a certificate that is not accepted. */
  readonly state: 'answers' | 'silent' | 'unasked'
  /** The answer, or the reason why there is none. */
  readonly text: string
}

const stateOf = (what: string): PeerAnswer['state'] =>
  what === 'answers' || what === 'silent' ? what : 'unasked'

/**
 * Asks members at their peer URLs, from a host whose member has a certificate.
 *
 * @throws `task-failed` if nothing can be asked from the host.
 */
export const askPeers = async (
  { remote, host }: CheckContext,
  urls: readonly string[],
): Promise<ReadonlyMap<string, PeerAnswer>> => {
  if (urls.length === 0) return new Map()
  const { code, stdout, stderr } = await remote.query({
    timeout: 60,
    label: 'ask the members of etcd at their peer URLs',
  })`${shellProgram(program, `${pki}/etcd`, ...urls)}`.result()
  if (code !== 0)
    throw new CoxswainError(
      'task-failed',
      `cannot ask the members of etcd from ${host.name}: ${code === 101 ? 'neither curl nor kubectl is installed' : stderr.trim()}`,
      { hint: 'install curl on that host, and run again' },
    )
  return new Map(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [at = '', what = '', ...rest] = line.split('\t')
        return [at, { state: stateOf(what), text: rest.join(' ').trim() }] as const
      }),
  )
}
