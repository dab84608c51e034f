/** The replacement of an authority that has begun on a host. Everything is read from the files of the host. */
import { CoxswainError, z } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import type { StaticPod } from '../kubeadm/pod-manifests.ts'
import { pki, rotatingFolder } from '../kubeadm/paths.ts'
import { certificatesIn, stageOf } from './bundle.ts'
import type { Pair, Stage } from './bundle.ts'

/** The authorities that can be replaced. */
export const authorityNames = ['cluster', 'etcd', 'front-proxy'] as const
/** An authority of a cluster. */
export type Authority = (typeof authorityNames)[number]

/** A list of authorities as a parameter. */
export const authoritiesSchema = () =>
  z
    .array(z.enum(authorityNames))
    .min(1)
    .describe('the authorities: cluster, etcd, front-proxy; etcd only where each master has a member')

/** An authority: its files, kubeadm's phase that makes it, what uses it, and a client of it. */
interface Facts {
  /** The path of its certificate, without the ending. */
  readonly base: string
  readonly phase: string
  /** The static pods that read it, or what it has signed, when they start. */
  readonly pods: readonly StaticPod[]
  /** A client whose certificate it has signed, as files that are kept to prove that it is refused in the end. */
  readonly client: readonly { readonly path: string; readonly kept: string }[]
}

const pairOf = (path: string): Facts['client'] =>
  ['crt', 'key'].map((kind) => ({ path: `${path}.${kind}`, kept: `client.${kind}` }))

/** What there is to know about each authority. */
export const authorityFacts: Readonly<Record<Authority, Facts>> = {
  cluster: {
    base: `${pki}/ca`,
    phase: 'ca',
    pods: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
    client: [{ path: '/etc/kubernetes/admin.conf', kept: 'client.conf' }],
  },
  etcd: {
    base: `${pki}/etcd/ca`,
    phase: 'etcd-ca',
    pods: ['etcd', 'kube-apiserver'],
    client: pairOf(`${pki}/etcd/healthcheck-client`),
  },
  'front-proxy': {
    base: `${pki}/front-proxy-ca`,
    phase: 'front-proxy-ca',
    pods: ['kube-apiserver'],
    client: pairOf(`${pki}/front-proxy-client`),
  },
}

/** Where a new authority is until it has taken the place of the former one. */
export const folderOf = (authority: Authority): string => `${rotatingFolder}/${authority}`

/** A replacement that has begun on a host. */
export interface Rotation extends Pair {
  readonly authority: Authority
  readonly folder: string
  /** How far the file with the authority is. */
  readonly stage: Stage
}

const strange = (host: string, path: string, authority: Authority): CoxswainError =>
  new CoxswainError(
    'task-failed',
    `${path} on ${host} has other certificates than the former and the new authority in ${folderOf(authority)}`,
    {
      hint: `put the text of ${folderOf(authority)}/former.crt there if the replacement has not gone further than trusting both; compare it with another control-plane node`,
    },
  )

/**
 * The replacement of an authority that has begun on a host; undefined if none has.
 *
 * @throws `task-failed` for files that no stage of it has.
 */
export const rotationOf = async (
  { remote, host }: CheckContext,
  authority: Authority,
): Promise<Rotation | undefined> => {
  const folder = folderOf(authority)
  const path = `${authorityFacts[authority].base}.crt`
  const [newText, formerText, text] = await Promise.all(
    [`${folder}/new.crt`, `${folder}/former.crt`, path].map((file) => remote.read(file)),
  )
  if (newText === undefined) return undefined
  const [[next], [former]] = [certificatesIn(newText), certificatesIn(formerText ?? '')]
  if (next === undefined || former === undefined) throw strange(host.name, `${folder}/new.crt`, authority)
  const stage = stageOf(text ?? '', { former, next })
  if (stage === undefined) throw strange(host.name, path, authority)
  return { authority, folder, former, next, stage }
}

/** The replacements that have begun on a host. */
export const rotationsOf = async (
  ctx: CheckContext,
  authorities: readonly Authority[],
): Promise<Rotation[]> => {
  const found = await Promise.all(authorities.map((one) => rotationOf(ctx, one)))
  return found.flatMap((one) => one ?? [])
}
