import { CoxswainError, shell, z } from '../../engine/index.ts'
import type { ApplyContext, CheckContext, CommandTag } from '../../engine/index.ts'
import { peerUrl } from './config/etcd-arguments.ts'
import { pki } from './paths.ts'

/** A member of the etcd cluster. Before it has started it has no name. */
export interface Member {
  /** As etcdctl takes it: hexadecimal. */
  readonly id: string
  readonly name: string
  readonly peerUrl: string
  readonly started: boolean
}

const membersSchema = z.object({
  members: z
    .array(
      z.object({
        // JSON numbers lose the last digits of a 64 bit id; --write-out=json prints them bare, so they are read as text
        ID: z.string(),
        name: z.string().default(''),
        peerURLs: z.array(z.string()).default([]),
      }),
    )
    .default([]),
})

/** Members from `etcdctl member list --write-out=json`. */
export const parseMembers = (json: string): Member[] => {
  const { members } = membersSchema.parse(JSON.parse(json.replaceAll(/"ID":(\d+)/g, '"ID":"$1"')))
  return members.map(({ ID, name, peerURLs }) => ({
    id: BigInt(ID).toString(16),
    name,
    peerUrl: peerURLs[0] ?? '',
    started: name !== '',
  }))
}

/**
 * etcdctl where there is one, else inside etcd's own container: never through the API server, which stands still while
 * a new member has not started yet.
 */
const finder = shell`if command -v etcdctl >/dev/null; then etcdctl() { command etcdctl "$@"; }; elif command -v crictl >/dev/null; then etcdctl() { crictl exec "$(crictl ps --name '^etcd$' --state running -q | head -n 1)" etcdctl "$@"; }; else etcdctl() { docker exec -e ETCDCTL_API=3 "$(docker ps -q --filter label=io.kubernetes.container.name=etcd | head -n 1)" etcdctl "$@"; }; fi; export ETCDCTL_API=3`

const credentials = [
  '--endpoints=https://127.0.0.1:2379',
  `--cacert=${pki}/etcd/ca.crt`,
  `--cert=${pki}/etcd/healthcheck-client.crt`,
  `--key=${pki}/etcd/healthcheck-client.key`,
]

const etcdctl = (tag: CommandTag, words: readonly string[]) =>
  tag({ timeout: 30 })`${finder}; etcdctl ${credentials} ${words}`

/** The members that a master's own etcd knows; undefined when it does not answer. */
export const listMembers = async ({ remote }: CheckContext): Promise<Member[] | undefined> => {
  const { ok, stdout } = await etcdctl(remote.query, ['member', 'list', '--write-out=json']).result()
  return ok ? parseMembers(stdout) : undefined
}

/** Whether every member answers, as a master's own etcd sees it. */
export const allHealthy = ({ remote }: CheckContext): Promise<boolean> =>
  etcdctl(remote.query, ['endpoint', 'health', '--cluster']).succeeds()

/** Names of the members that answer. */
export const healthyUrls = async ({ remote }: CheckContext): Promise<string[]> => {
  const { stdout, stderr } = await etcdctl(remote.query, ['endpoint', 'health', '--cluster']).result()
  return [...`${stdout}\n${stderr}`.matchAll(/^(https:\/\/\S+) is healthy/gm)].map(([, url = '']) => url)
}

export const addMember = async ({ remote }: ApplyContext, name: string, url: string): Promise<void> => {
  await etcdctl(remote.run, ['member', 'add', name, `--peer-urls=${url}`])
}

export const removeMember = async ({ remote }: ApplyContext, id: string): Promise<void> => {
  await etcdctl(remote.run, ['member', 'remove', id])
}

/** The member that a host is, by its peer URL: the name is only known once it has started. */
export const memberOf = (members: readonly Member[], address: string): Member | undefined =>
  members.find((member) => member.peerUrl === peerUrl({ address }))

/**
 * Whether the cluster keeps its quorum without a member: what is left must hold a majority of healthy members.
 *
 * @param healthy client URLs of the members that answer.
 */
export const keepsQuorum = (members: readonly Member[], leaving: Member, healthy: number): boolean => {
  const left = members.filter((member) => member.id !== leaving.id)
  return left.length > 0 && healthy >= Math.floor(left.length / 2) + 1
}

/** How many members answer, the one at an address not counted. */
export const healthyWithout = async (via: CheckContext, address: string): Promise<number> => {
  const urls = await healthyUrls(via)
  return urls.filter((url) => !url.startsWith(`https://${address}:`)).length
}

/** Takes the member at an address off the list; nothing where it is not on it. */
export const removeListed = async (via: ApplyContext, address: string): Promise<void> => {
  const listed = memberOf((await listMembers(via)) ?? [], address)
  if (listed !== undefined) await removeMember(via, listed.id)
}

/** The member list, from a master whose etcd must answer. */
export const requireMembers = async (ctx: CheckContext): Promise<Member[]> => {
  const members = await listMembers(ctx)
  if (members !== undefined) return members
  throw new CoxswainError('task-failed', `etcd on ${ctx.host.name} does not answer`, {
    hint: `look at its pod on ${ctx.host.name}: crictl ps -a --name etcd, crictl logs`,
  })
}
