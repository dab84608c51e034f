/** The members of an etcd cluster, and whether it can do without one. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { addressOf } from '../../network/addresses/addresses.ts'
import { askLocal, notAsked } from './gateway.ts'
import type { Answer } from './gateway.ts'
import { logsOf } from './ways-out.ts'

/** A member of the etcd cluster. It does not have a name before it has started. */
export interface Member {
  /** Decimal, as in the JSON of etcd; etcdctl shows the same number in hexadecimal. */
  readonly id: string
  readonly name: string
  readonly peerUrl: string
  /** Further ones: a member can have several. */
  readonly otherPeerUrls?: readonly string[]
  readonly clientUrls: readonly string[]
  readonly started: boolean
  /** Whether it receives all data, but cannot vote yet. */
  readonly learner: boolean
}

/** An ID, as a text: a number of JSON would lose the last digits of 64 bits. */
export const memberId = z.string().regex(/^\d{1,20}$/)

/** URLs are asked from a host, so they can be nothing else than that. */
const memberUrl = z
  .string()
  .max(300)
  .regex(/^https?:\/\/[\w.:[\]%-]+$/)

const membersSchema = z.object({
  members: z
    .array(
      z.object({
        ID: memberId,
        name: z.string().max(300).default(''),
        peerURLs: z.array(memberUrl).max(20).default([]),
        clientURLs: z.array(memberUrl).max(20).default([]),
        isLearner: z.boolean().default(false),
      }),
    )
    .max(100)
    .default([]),
})

/** What etcd says of a member besides its ID, whose field has another name at each kind of URL. */
interface ListedMember {
  readonly name: string
  readonly peerURLs: readonly string[]
  readonly clientURLs: readonly string[]
  readonly isLearner: boolean
}

/** A member as etcd lists it. */
export const listedMember = (
  id: string,
  { name, peerURLs, clientURLs, isLearner }: ListedMember,
): Member => ({
  id,
  name,
  peerUrl: peerURLs[0] ?? '',
  ...(peerURLs.length > 1 && { otherPeerUrls: peerURLs.slice(1) }),
  clientUrls: clientURLs,
  started: name !== '',
  learner: isLearner,
})

/** Parses the answer to `cluster/member/list`; undefined if it is something else. */
export const parseMembers = (body: unknown): Member[] | undefined =>
  membersSchema.safeParse(body).data?.members.map(({ ID, ...fields }) => listedMember(ID, fields))

const list = { path: 'cluster/member/list', body: {}, label: 'list the members of etcd' }

/** The members in an answer, or why there are none. */
const membersIn = (
  ctx: CheckContext,
  answer: Answer,
): { readonly members?: Member[]; readonly why: string } => {
  if (answer.state === 'unasked') throw notAsked(ctx, answer.why)
  if (answer.state !== 'answers') return { why: answer.why }
  const members = parseMembers(answer.body)
  if (members === undefined) throw notAsked(ctx, 'the answer is not a list of members')
  return { members, why: '' }
}

/**
 * The members that the local etcd knows, with or without a quorum: the gateway answers from local data. The list is most
 * needed when the quorum is lost, and etcdctl reads it with a quorum from 3.5 on (etcd issue 15243).
 *
 * @returns undefined if it does not respond, or if there is no etcd of kubeadm on the host.
 * @throws `task-failed` if it could not be asked: that says nothing about etcd.
 */
export const listMembers = async (ctx: CheckContext): Promise<Member[] | undefined> =>
  membersIn(ctx, await askLocal(ctx, list)).members

/**
 * The members that a quorum knows, and without a quorum those that the local etcd knows. The local list can be
 * old, and lack a member. etcd before 3.5 answers from local data, or refuses the request.
 *
 * @returns undefined if it does not respond, or if there is no etcd of kubeadm on the host.
 * @throws `task-failed` if it could not be asked.
 */
export const agreedMembers = async (ctx: CheckContext): Promise<Member[] | undefined> => {
  const answer = await askLocal(ctx, { ...list, body: { linearizable: true } })
  return answer.state === 'answers' ? membersIn(ctx, answer).members : listMembers(ctx)
}

const headerSchema = z.object({ header: z.object({ member_id: memberId }) })

/** The ID of the member that sent an answer. */
export const answering = (body: unknown): string | undefined =>
  headerSchema.safeParse(body).data?.header.member_id

/** The ID of the member that runs on a host, if it responds. */
export const ownMemberId = async (ctx: CheckContext): Promise<string | undefined> =>
  answering((await askLocal(ctx, list)).body)

/** The member list, from a host whose etcd must respond. */
export const requireMembers = async (ctx: CheckContext): Promise<Member[]> => {
  const { members, why } = membersIn(ctx, await askLocal(ctx, list))
  if (members !== undefined) return members
  throw new CoxswainError('task-failed', `etcd on ${ctx.host.name} does not respond: ${why}`, {
    hint: `check its pod on ${ctx.host.name}: ${logsOf('etcd')}`,
  })
}

/** The host of a URL, and its port. */
const partsOf = (url: string): readonly [host: string, port: string] => {
  const [, host = '', port = ''] = /^https?:\/\/(.*?)(?::(\d+))?$/.exec(url) ?? []
  return [host.replaceAll(/[[\]]/g, ''), port]
}

/** Whether a member has a peer URL with an address, however it is written. */
export const isMemberAt = ({ peerUrl, otherPeerUrls = [] }: Member, address: string): boolean => {
  const key = addressOf(address)?.key ?? address
  return [peerUrl, ...otherPeerUrls].some((url) => {
    const [host, port] = partsOf(url)
    return port === '2380' && (addressOf(host)?.key ?? host) === key
  })
}

/** The member of a host, by any of its peer URLs: its name is known only after it has started. */
export const memberOf = (members: readonly Member[], address: string): Member | undefined =>
  members.find((member) => isMemberAt(member, address))

/** How a member is named in messages. */
export const nameOf = ({ name, peerUrl: url }: Pick<Member, 'name' | 'peerUrl'>): string =>
  name === '' ? `etcd member at ${url}` : `etcd member ${name} at ${url}`
