/** The releases of Kubernetes that the end-to-end tests try, and the upgrades between them. */
import { labReleases } from '../../lab/bundles.ts'
import { kubeadmReleases } from '../../lab/kubeadm.ts'
import type { ClusterOptions } from './cluster.ts'

const listOf = (name: string): readonly string[] | undefined => process.env[name]?.split(',')

const newest = labReleases.at(-1) ?? ''

const wanted = listOf('E2E_RELEASES') ?? [labReleases[0] ?? '', newest]
const unknown = wanted.find((release) => !kubeadmReleases.includes(release))
if (unknown !== undefined)
  throw new Error(`E2E_RELEASES: ${unknown} cannot be built; take some of ${kubeadmReleases.join(', ')}`)

/**
 * The releases of which clusters are built. `E2E_RELEASES=1.34,1.35` chooses; by default the oldest and the newest one of the lab,
 * which CI has time for.
 */
export const e2eReleases: readonly string[] = wanted.filter((release) => labReleases.includes(release))

/**
 * The strategies whose runs are killed at a random time, on a release. That takes minutes, so CI does it on the newest release alone;
 * where releases are chosen, each strategy has one of them.
 */
export const e2eKilled = (release: string): readonly string[] => {
  if (release === e2eReleases.at(-1)) return ['join']
  return release === e2eReleases[0] && listOf('E2E_RELEASES') !== undefined ? ['phases'] : []
}

/** The releases whose kubeadm judges configurations and commands: also those of which only kubeadm can be built. */
export const e2eKubeadms: readonly string[] = wanted

/** An upgrade: from a release to a later one, or to a patch release of the same. */
export interface Upgrade {
  readonly from: string
  readonly to: string
  /** The version of the later patch release, which is the code of the same release with another number. */
  readonly stamp: string | undefined
  readonly masters: number
}

/** Every step from one of the releases to the next, with three masters. */
const minorUpgrades: readonly Upgrade[] = e2eReleases.flatMap((from, index) => {
  const to = e2eReleases[index + 1]
  const isNext = Number(to?.split('.')[1]) === Number(from.split('.')[1]) + 1
  return to !== undefined && isNext ? [{ from, to, stamp: undefined, masters: 3 }] : []
})

const last = e2eReleases.at(-1) ?? newest

/** By default a patch release of the last release, with one master: each master takes three minutes. */
export const e2eUpgrades: readonly Upgrade[] =
  minorUpgrades.length > 0 ? minorUpgrades : [{ from: last, to: last, stamp: `v${last}.99`, masters: 1 }]

/** The kinds of hosts on which clusters of the newest release are built in addition to the usual ones. */
export interface HostKind {
  readonly title: string
  readonly options: ClusterOptions
}

const kinds: readonly HostKind[] = [
  { title: 'containerd 1.7', options: { containerd: '1.7' } },
  { title: 'containerd 2', options: { containerd: '2' } },
  { title: 'addresses of IPv6 only', options: { network: 'ipv6' } },
  { title: 'addresses of both families', options: { network: 'dual-stack', masters: 1 } },
]

/** `E2E_HOSTS` chooses, such as `containerd 2,addresses of IPv6 only`, or `all`; by default none. */
export const e2eHosts: readonly HostKind[] = kinds.filter(({ title }) =>
  (listOf('E2E_HOSTS') ?? []).some((one) => one === 'all' || one === title),
)

/** The releases on which the playbooks that keep a control plane are tried; `E2E_OPERATIONS` chooses, by default the newest one. */
export const e2eOperations: readonly string[] = listOf('E2E_OPERATIONS') ?? [newest]
