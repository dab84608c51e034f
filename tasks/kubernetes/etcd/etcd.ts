import { CoxswainError, shell, z } from '../../../engine/index.ts'
import type { ApplyContext, CheckContext, CommandTag } from '../../../engine/index.ts'
import { peerUrl } from '../config/etcd-arguments.ts'
import { pki } from '../kubeadm/paths.ts'

/** A member of the etcd cluster. Before it has started it has no name. */
export interface Member {
  /** As etcdctl takes it: hexadecimal. */
  readonly id: string
  readonly name: string
  readonly peerUrl: string
  readonly clientUrls: readonly string[]
  readonly started: boolean
  /** It is sent everything, but has no vote yet. */
  readonly learner: boolean
}

const membersSchema = z.object({
  members: z
    .array(
      z.object({
        // JSON numbers lose the last digits of a 64 bit id; etcdctl prints them bare, so they are read as text
        ID: z.string(),
        name: z.string().default(''),
        peerURLs: z.array(z.string()).default([]),
        clientURLs: z.array(z.string()).default([]),
        isLearner: z.boolean().default(false),
      }),
    )
    .default([]),
})

/** Members from the JSON of etcd, or of `etcdctl member list --write-out=json`. */
export const parseMembers = (json: string): Member[] => {
  const { members } = membersSchema.parse(JSON.parse(json.replaceAll(/"ID":(\d+)/g, '"ID":"$1"')))
  return members.map(({ ID, name, peerURLs, clientURLs, isLearner }) => ({
    id: BigInt(ID).toString(16),
    name,
    peerUrl: peerURLs[0] ?? '',
    clientUrls: clientURLs,
    started: name !== '',
    learner: isLearner,
  }))
}

/**
 * etcdctl where there is one, else inside etcd's own container: never through the API server, which stands still while
 * a new member has not started yet. Images of etcd before 3.4 speak v2 unless they are told, and those have an `env`.
 */
const finder = shell`if command -v etcdctl >/dev/null; then etcdctl() { command etcdctl "$@"; }; elif command -v crictl >/dev/null; then etcdctl() { c=$(crictl ps --name '^etcd$' --state running -q | head -n 1); if crictl exec "$c" env true >/dev/null 2>&1; then crictl exec "$c" env ETCDCTL_API=3 etcdctl "$@"; else crictl exec "$c" etcdctl "$@"; fi; }; else etcdctl() { docker exec -e ETCDCTL_API=3 "$(docker ps -q --filter label=io.kubernetes.container.name=etcd | head -n 1)" etcdctl "$@"; }; fi; export ETCDCTL_API=3`

const authority = `${pki}/etcd/ca.crt`
const client = `${pki}/etcd/healthcheck-client`

const credentials = [
  '--endpoints=https://127.0.0.1:2379',
  `--cacert=${authority}`,
  `--cert=${client}.crt`,
  `--key=${client}.key`,
]

const etcdctl = (tag: CommandTag, words: readonly string[]) =>
  tag({ timeout: 30, label: `etcdctl ${words.join(' ')}` })`${finder}; etcdctl ${credentials} ${words}`

/**
 * The members that a master's own etcd knows, whether it has a quorum or not; undefined when it does not answer.
 *
 * etcdctl asks for a list that a quorum agrees on from 3.5 on (etcd issue 15243), and just where the quorum is lost the
 * list is needed most: so etcd itself is asked first (its JSON gateway, 3.4 and later), which answers from what it has.
 */
export const listMembers = async ({ remote }: CheckContext): Promise<Member[] | undefined> => {
  const curl = shell`curl -sf --max-time 10 --cacert ${authority} --cert ${`${client}.crt`} --key ${`${client}.key`}`
  const { ok, stdout } = await remote.query({
    timeout: 45,
  })`${curl} -d '{}' https://127.0.0.1:2379/v3/cluster/member/list || { ${finder}; etcdctl ${credentials} member list --write-out=json; }`.result()
  return ok ? parseMembers(stdout) : undefined
}

/** Client URLs of the members that answer, as a master's own etcd sees it; a learner does not. */
export const healthyUrls = async ({ remote }: CheckContext): Promise<string[]> => {
  const { stdout, stderr } = await etcdctl(remote.query, ['endpoint', 'health', '--cluster']).result()
  return [...`${stdout}\n${stderr}`.matchAll(/^(https:\/\/\S+) is healthy/gm)].map(([, url = '']) => url)
}

/** What keeps an etcd cluster from being whole, in words; empty when every member has started, votes and answers. */
export const unwell = async (ctx: CheckContext): Promise<string[]> => {
  const [members = [], healthy] = await Promise.all([listMembers(ctx), healthyUrls(ctx)])
  if (members.length === 0) return [`etcd on ${ctx.host.name} does not answer`]
  return members.flatMap(({ peerUrl: url, started, learner, clientUrls }) => {
    if (!started) return [`etcd at ${url} has not started`]
    if (learner) return [`etcd at ${url} has no vote yet`]
    return clientUrls.some((one) => healthy.includes(one)) ? [] : [`etcd at ${url} does not answer`]
  })
}

/** Adds a member: from 3.4 on without a vote, so that the quorum is never at stake until it has caught up. */
export const addMember = async (
  { remote }: ApplyContext,
  name: string,
  url: string,
  learner: boolean,
): Promise<void> => {
  await etcdctl(remote.run, ['member', 'add', name, `--peer-urls=${url}`, ...(learner ? ['--learner'] : [])])
}

/** Gives learners that have started a vote; those that have not caught up are left for the next time. */
export const promoteLearners = async (via: ApplyContext): Promise<void> => {
  for (const { id, started, learner } of (await listMembers(via)) ?? [])
    if (started && learner) await etcdctl(via.remote.run, ['member', 'promote', id]).result()
}

export const removeMember = async ({ remote }: ApplyContext, id: string): Promise<void> => {
  await etcdctl(remote.run, ['member', 'remove', id])
}

/** The member that a host is, by its peer URL: the name is only known once it has started. */
export const memberOf = (members: readonly Member[], address: string): Member | undefined =>
  members.find((member) => member.peerUrl === peerUrl({ address }))

/**
 * Whether the cluster keeps its quorum without a member: what is left must hold a majority of healthy members. Learners
 * do not count.
 *
 * @param healthy how many of the others answer.
 */
export const keepsQuorum = (members: readonly Member[], leaving: Member, healthy: number): boolean => {
  const left = members.filter(({ id, learner }) => id !== leaving.id && !learner)
  return left.length > 0 && healthy >= Math.floor(left.length / 2) + 1
}

/** How many members answer, the leaving one not counted. */
export const healthyWithout = async (via: CheckContext, { clientUrls }: Member): Promise<number> =>
  (await healthyUrls(via)).filter((url) => !clientUrls.includes(url)).length

/** The member list, from a master whose etcd must answer. */
export const requireMembers = async (ctx: CheckContext): Promise<Member[]> => {
  const members = await listMembers(ctx)
  if (members !== undefined) return members
  throw new CoxswainError('task-failed', `etcd on ${ctx.host.name} does not answer`, {
    hint: `check its pod on ${ctx.host.name}: crictl ps -a --name etcd, crictl logs`,
  })
}
