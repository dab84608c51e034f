/** A simulated etcd cluster, for the scripted connection: what its JSON gateway answers. */
import { isCoxswainError } from '../../../engine/index.ts'
import type { World } from '../../../engine/testing.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'

/** 64-bit IDs: more than a JSON number can represent. */
export const ids = ['9268346582316432287', '5362356239562356239', '3333333333333333333'] as const

export interface FakeMember {
  /** Empty until it has started. */
  name: string
  url: string
  /** Further peer URLs. */
  also?: readonly string[]
  learner?: boolean
  id?: string
}

interface Fakes {
  /** Client URLs, or parts of them, of members that do not respond. */
  readonly silent?: readonly string[]
  /** Client URLs, or parts of them, of members without data: they do not respond until one is removed. */
  readonly withoutData?: readonly string[]
  /** Client URLs, or parts of them, of members whose certificate has expired. */
  readonly expired?: readonly string[]
  /** How many of the first requests get no answer. */
  readonly inVain?: number
  /** Alarms by the place of their member; those without one are the cluster's. */
  readonly alarms?: readonly { readonly member?: number; readonly alarm: string }[]
  /** The ID of the member that answers. */
  readonly answering?: string
  /** The members that the local etcd knows, if its list is old. */
  readonly outdated?: readonly FakeMember[]
  /** Whether a majority responds. */
  readonly quorum?: boolean
  /** Changes whose answer is lost: made all the same, or not. */
  readonly lost?: { readonly path: RegExp; readonly made: boolean }
  /** The database of the member that answers: sizes in bytes. A defragmentation changes it. */
  readonly database?: { size: number; readonly used: number }
  /** The databases of the members by their place, for questions at their client URLs; by default all have `database`. */
  readonly databases?: readonly { size: number; used: number; readonly quota?: number }[]
  /** The part of each database, in bytes, that a compaction leaves in use. */
  readonly compacted?: number
  /** The ID of the leader. */
  readonly leader?: string
  /** Whether learners have caught up, so that they can be promoted. */
  readonly caughtUp?: boolean
}

/** Words of a script that was sent. */
const words = (script: string): string[] =>
  [...wordsIn(script).matchAll(/'((?:[^']|'\\'')*)'|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain)

const fault = (status: number, text: string): readonly [number, object] => [
  status,
  // as of etcd 3.7; before, the same text is in `error` as well
  { code: 9, message: text },
]

const clientUrl = (peer: string): string => peer.replace('2380', '2379')

/** A cluster that every host sees the same; `log` has the changes that were asked for. */
export const etcdCluster = (
  members: FakeMember[],
  {
    silent = [],
    withoutData = [],
    expired = [],
    inVain = 0,
    alarms = [],
    answering,
    outdated,
    quorum = true,
    lost,
    caughtUp = true,
    database = { size: 0, used: 0 },
    databases,
    compacted,
    leader = ids[0],
  }: Fakes = {},
) => {
  let leads: string = leader
  let unanswered = inVain
  let raised = alarms.map(({ member, alarm }) => ({
    ...(member !== undefined && { memberID: ids[member] }),
    alarm,
  }))
  let isCompacted = false
  const log: string[] = []
  const isSilent = (url: string): boolean =>
    silent.some((part) => url.includes(part)) ||
    (withoutData.some((part) => url.includes(part)) && !log.some((line) => line.startsWith('remove')))
  const idOf = (member: FakeMember): string => (member.id ??= ids[members.indexOf(member)] ?? '1')
  const all = (): string[] => members.map(idOf)
  const asked = (id: string): FakeMember | undefined => members[all().indexOf(id)]

  const changes: Readonly<Record<string, (body: Record<string, unknown>) => readonly [number, object]>> = {
    'cluster/member/add': ({ peerURLs, isLearner }) => {
      const url = String(peerURLs)
      if (members.some((member) => member.url === url))
        return fault(412, 'etcdserver: Peer URLs already exists')
      const free = ids.find((id) => !all().includes(id)) ?? '4'
      members.push({ name: '', url, learner: isLearner === true, id: free })
      return [200, {}]
    },
    'cluster/member/promote': ({ ID }) => {
      const member = asked(String(ID))
      if (!caughtUp)
        return fault(412, 'etcdserver: can only promote a learner member which is in sync with leader')
      if (member !== undefined) member.learner = false
      return [200, {}]
    },
    'maintenance/transfer-leadership': ({ targetID }) => {
      leads = String(targetID)
      return [200, {}]
    },
    'kv/compaction': () => {
      if (isCompacted) return fault(11, 'etcdserver: mvcc: required revision has been compacted')
      isCompacted = true
      for (const one of databases ?? []) one.used = compacted ?? one.used
      return [200, {}]
    },
    'cluster/member/remove': ({ ID }) => {
      const at = all().indexOf(String(ID))
      if (at < 0) return fault(404, 'etcdserver: member not found')
      members.splice(at, 1)
      return [200, {}]
    },
  }
  const clear = ({ action, memberID, alarm }: Record<string, unknown>): readonly [number, object] => {
    if (action === 'DEACTIVATE') {
      log.push(`clear ${String(alarm)} ${String(memberID)}`)
      raised = raised.filter((one) => (one.memberID ?? '0') !== memberID || one.alarm !== alarm)
    }
    return [200, { alarms: raised }]
  }
  const describe = (path: string, body: Record<string, unknown>): string => {
    const kind = path.split('/').at(-1) ?? ''
    if (kind === 'add')
      return `add ${String(body['peerURLs'])}${body['isLearner'] === true ? ' as a learner' : ''}`
    return `${kind} ${String(body['ID'] ?? body['targetID'] ?? body['revision'])}`
  }

  const local = (path: string, text: string): string => {
    const [status, body] = answer(path, text)
    return `https://127.0.0.1:2379\t${status}\t${typeof body === 'string' ? body : JSON.stringify(body)}\n`
  }
  const answer = (path: string, text: string): readonly [number | string, object | string] => {
    if ((unanswered -= 1) >= 0) return ['silent', 'curl: (7) Failed to connect']
    const body: Record<string, unknown> = JSON.parse(text)
    if (path === 'cluster/member/list') {
      const agreed = body['linearizable'] === true
      if (agreed && !quorum) return [503, { message: 'etcdserver: request timed out' }]
      return [
        200,
        {
          ...(answering !== undefined && { header: { member_id: answering } }),
          members: (agreed ? members : (outdated ?? members)).map((member) => ({
            ID: idOf(member),
            ...(member.name !== '' && { name: member.name, clientURLs: [clientUrl(member.url)] }),
            peerURLs: [member.url, ...(member.also ?? [])],
            ...(member.learner === true && { isLearner: true }),
          })),
        },
      ]
    }
    if (path === 'maintenance/status')
      return [
        200,
        {
          header: { cluster_id: '77', member_id: answering ?? ids[0], revision: '4711' },
          version: '3.7.0',
          dbSize: String(database.size),
          dbSizeInUse: String(database.used),
          leader: leads,
        },
      ]
    if (!quorum) return [503, { message: 'etcdserver: request timed out' }]
    if (path === 'maintenance/alarm') return clear(body)
    log.push(describe(path, body))
    const isLost = lost?.path.test(path) === true
    if (isLost && !lost.made) return ['silent', 'curl: (28) Operation timed out']
    const done = changes[path]?.(body) ?? [404, 'Not Found']
    return isLost ? ['silent', 'curl: (28) Operation timed out'] : done
  }
  const health = (url: string): string => {
    const member = members.find((one) => clientUrl(one.url) === url)
    if (member === undefined || isSilent(url)) return `${url}\tsilent\tcurl: (28) Connection timed out\n`
    if (expired.some((part) => url.includes(part)))
      return `${url}\tunasked\tcurl: (60) SSL certificate problem: certificate has expired\n`
    if (!quorum) return `${url}\t503\t{"code":14, "message":"etcdserver: request timed out"}\n`
    return `${url}\t200\t{"header":{"member_id":"${idOf(member)}"}}\n`
  }
  const statusAt = (url: string): string => {
    const at = members.findIndex((one) => clientUrl(one.url) === url)
    const [member, own] = [members[at], databases?.[at] ?? { ...database, quota: 0 }]
    if (member === undefined || isSilent(url)) return `${url}\tsilent\tcurl: (28) Connection timed out\n`
    const status = {
      header: { member_id: idOf(member) },
      dbSize: String(own.size),
      dbSizeInUse: String(own.used),
      ...(own.quota !== undefined && { dbSizeQuota: String(own.quota) }),
      leader: leads,
    }
    return `${url}\t200\t${JSON.stringify(status)}\n`
  }
  const patterns: NonNullable<World['patterns']> = [
    [
      sentPattern('tasks/kubernetes/etcd/ask-members.sh'),
      ({ script }) => {
        const [, , , path = '', body = '', , ...urls] = words(script)
        if (path === 'maintenance/defragment') {
          log.push(`defragment ${urls.join(' ')}`)
          if (lost?.path.test(path) !== true || lost.made) {
            database.size = database.used
            for (const [at, one] of (databases ?? []).entries())
              if (urls.includes(clientUrl(members[at]?.url ?? ''))) one.size = one.used
          }
          if (lost?.path.test(path) === true)
            return urls.map((url) => `${url}\tsilent\tcurl: (28) Operation timed out\n`).join('')
          return urls.map((url) => `${url}\t200\t{}\n`).join('')
        }
        if (path === 'maintenance/status' && !urls.includes('local')) return urls.map(statusAt).join('')
        return path === 'kv/range' ? urls.map(health).join('') : local(path, body)
      },
    ],
  ]
  return { members, log, patterns }
}

/** What an error says to do. */
export const hintOf = (error: unknown): string => (isCoxswainError(error) ? error.hint : '')
