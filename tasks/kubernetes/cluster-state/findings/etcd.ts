/** What is wrong with the etcd cluster. Pure. */
import { finding } from '../../../shared/finding.ts'
import type { Finding } from '../../../shared/finding.ts'
import { alarmText, cureOf } from '../../etcd/alarms.ts'
import { memberOf, nameOf } from '../../etcd/members.ts'
import type { Member } from '../../etcd/members.ts'
import { evenNumberOf, quorumNow } from '../../etcd/arithmetic.ts'
import { usualQuota } from '../../etcd/databases.ts'
import { mebibytes } from '../../etcd/status.ts'
import { logsOf } from '../../etcd/ways-out.ts'
import { valueOf } from '../known.ts'
import { responding } from '../responding.ts'
import type { ClusterState, EtcdState, MasterView } from '../types.ts'

/** The share of the quota from which on the size is a finding. */
const full = 0.8

const memberFindings = (
  { from, members, health }: EtcdState,
  responds: ReadonlySet<string>,
  hasQuorum: boolean,
): Finding[] =>
  members.flatMap((member) => {
    const subject = member.name === '' ? member.peerUrl : member.name
    const logs = `check its pod on its host: ${logsOf('etcd')}`
    if (!member.started)
      return [
        finding(
          subject,
          'fault',
          `the ${nameOf(member)} has not started`,
          'complete its join: run ha-masters again, or remove it',
        ),
      ]
    if (member.learner)
      return [
        finding(
          subject,
          'fault',
          `the ${nameOf(member)} is a learner: it cannot vote yet`,
          'complete its join: run ha-masters again',
        ),
      ]
    const { state = 'not healthy', why = 'does not respond' } = health[member.id] ?? {}
    if (state === 'healthy') return []
    const what = `the ${nameOf(member)} ${why}`
    if (responds.has(member.id))
      // without a quorum, it cannot do more than respond on its own host
      return hasQuorum
        ? [finding(subject, 'warning', `${what}, asked from ${from}; it responds on its own host`, reach)]
        : []
    return [finding(subject, state === 'unasked' ? 'not known' : 'fault', what, logs)]
  })

/** What to do where a member responds on its own host alone. */
const reach = 'check its certificate (etcd/server.crt), and the network between the two hosts'

/** Members that no control-plane node of the inventory has, and nodes that have no member. */
const placeFindings = (members: readonly Member[], masters: readonly MasterView[]): Finding[] => {
  const own = new Set(masters.flatMap(({ address }) => memberOf(members, address)?.id ?? []))
  return [
    ...members
      .filter(({ id }) => !own.has(id))
      .map((member) =>
        finding(
          'etcd',
          'fault',
          `the ${nameOf(member)} is not on a control-plane node of the inventory`,
          'add its host to the inventory, or remove the member if the host is lost',
        ),
      ),
    ...masters
      .filter(({ address }) => memberOf(members, address) === undefined)
      .map(({ name }) =>
        finding(name, 'fault', 'it does not have a member of etcd', 'let it join: run ha-masters'),
      ),
  ]
}

const alarmFindings = ({ alarms, members }: EtcdState): Finding[] =>
  alarms.known
    ? alarms.value.map((alarm) =>
        finding(alarm.member?.name ?? 'etcd', 'fault', alarmText(alarm), cureOf(alarm)),
      )
    : members.length === 0
      ? []
      : [finding('etcd', 'not known', alarms.why, 'restore the quorum first')]

const sizeFindings = ({ masters }: ClusterState): Finding[] =>
  masters.flatMap(({ name, etcd, host }) => {
    const status = valueOf(etcd)
    const pod = valueOf(host)?.pods.find((one) => one.name === 'etcd')
    const given = Number(pod?.arguments['quota-backend-bytes'] ?? 0)
    const quota = given > 0 ? given : usualQuota
    if (status === undefined || status.size < full * quota) return []
    return [
      finding(
        name,
        'warning',
        `the database of etcd has ${mebibytes(status.size)} of ${mebibytes(quota)}, ${mebibytes(status.used)} in use`,
        'defragment it (run playbooks/etcd-defrag.ts), or raise the quota: etcd.quotaBackendBytes',
      ),
    ]
  })

/** What is wrong with the etcd cluster, its quorum first. */
export const findingsOfEtcd = (cluster: ClusterState): Finding[] => {
  const { etcd, masters } = cluster
  if (!etcd.known)
    return [finding('etcd', 'not known', etcd.why, 'see that a control-plane node can be reached')]
  const { members } = etcd.value
  if (members.length === 0)
    return [
      finding(
        'etcd',
        'fault',
        `etcd does not respond on ${etcd.value.from}`,
        `run on ${etcd.value.from}: ${logsOf('etcd')}`,
      ),
    ]
  const { health } = etcd.value
  const responds = responding(etcd.value, masters)
  const voting = members.filter(({ learner }) => !learner)
  const { sum, kept, open, spare } = quorumNow(members, responds)
  const others = responds.notKnown.size
  const noReads = kept && others === 0 && !Object.values(health).some(({ state }) => state === 'healthy')
  const even = evenNumberOf(voting.length)
  return [
    ...(kept
      ? []
      : open
        ? [finding('etcd', 'not known', sum, 'see that those that are not known can be asked')]
        : [finding('etcd', 'fault', `the quorum is lost: ${sum}`, 'repair the members that do not respond')]),
    ...(kept && spare === 0 && others === 0 && voting.length > 1
      ? [
          finding(
            'etcd',
            'warning',
            sum,
            'repair the members that do not respond, or add a control-plane node',
          ),
        ]
      : []),
    ...(even === undefined
      ? []
      : [finding('etcd', 'warning', even, 'have an odd number of control-plane nodes')]),
    ...(noReads
      ? [
          finding(
            'etcd',
            'fault',
            `the members respond on their hosts, but ${etcd.value.from} gets no answer that a quorum agrees on`,
            'check the network between the members: port 2380',
          ),
        ]
      : []),
    ...memberFindings(etcd.value, responds.healthy, kept && !noReads),
    ...placeFindings(members, masters),
    ...alarmFindings(etcd.value),
    ...sizeFindings(cluster),
  ]
}
