/** What is wrong with the control-plane nodes themselves. Pure. */
import { finding } from '../../../shared/finding.ts'
import type { Finding } from '../../../shared/finding.ts'
import { authorityFiles } from '../../kubeadm/certificates.ts'
import { controlPlane } from '../../kubeadm/paths.ts'
import { serviceFinding } from './services.ts'
import { certificateFindings, requiredCertificates } from '../../findings/certificates.ts'
import { clockFindings } from '../../findings/clocks.ts'
import { minorOf } from '../../kubeadm/versions.ts'
import type { ClusterState, HostState, MasterView } from '../types.ts'

/** What runs on every control-plane node. */
const staticPods = ['etcd', ...controlPlane]

/** What etcd's documentation asks for ("Hardware recommendations"): 99 of 100 writes of its log within 10 ms. */
const slowest = 0.01

/** The control-plane nodes that could be asked, with what they said. */
const knownHosts = ({ masters }: ClusterState): (readonly [name: string, host: HostState])[] =>
  masters.flatMap(({ name, host }) => (host.known ? [[name, host.value] as const] : []))

const hostFindings = ({ name, host }: MasterView): Finding[] => {
  if (!host.known)
    return [
      finding(name, 'not known', `the host cannot be asked: ${host.why}`, `run: run doctor --hosts ${name}`),
    ]
  const { clock, kubelet, certificates, fsync, pods } = host.value
  const absent = staticPods.filter((pod) => !pods.some((one) => one.name === pod))
  return [
    ...(absent.length === 0
      ? []
      : [
          finding(
            name,
            'fault',
            `/etc/kubernetes/manifests does not have a valid manifest of ${absent.join(', ')}`,
            'let it join (run ha-masters), or put back a manifest that was moved away',
          ),
        ]),
    ...serviceFinding(name, 'kubelet', kubelet),
    ...certificateFindings(name, certificates, clock),
    ...requiredCertificates(pods.some((pod) => pod.name === 'etcd'))
      .filter((path) => pods.length > 0 && !certificates.some((one) => one.path === path))
      .map((path) =>
        finding(
          name,
          'fault',
          `${path} does not have a valid certificate`,
          'restore it, or remove it and run ha-masters: kubeadm makes it again',
        ),
      ),
    ...(fsync.known && fsync.value > slowest
      ? [
          finding(
            name,
            'warning',
            `its disk is too slow for etcd: 99 of 100 writes take up to ${Math.round(fsync.value * 1000)} ms, and ${slowest * 1000} ms is the limit`,
            'give etcd a disk of its own, an SSD',
          ),
        ]
      : []),
  ]
}

/** Nodes that differ from most in something that must be the same; of two that differ, the second. */
const differing = (
  state: ClusterState,
  value: (host: HostState) => string | undefined,
  say: (other: string) => readonly [what: string, cure: string],
): Finding[] => {
  const all = knownHosts(state).flatMap(([name, host]) => {
    const own = value(host)
    return own === undefined ? [] : [{ name, own }]
  })
  const count = (own: string): number => all.filter((one) => one.own === own).length
  const usual = all.toSorted((one, other) => count(other.own) - count(one.own))[0]
  if (usual === undefined) return []
  return all.flatMap(({ name, own }) =>
    own === usual.own ? [] : [finding(name, 'fault', ...say(usual.name))],
  )
}

const authorityFindings = (state: ClusterState): Finding[] =>
  authorityFiles.flatMap((path) =>
    differing(
      state,
      ({ certificates }) =>
        certificates
          .filter((one) => one.path === path)
          .map(({ fingerprint }) => fingerprint)
          .join(' ') || undefined,
      (first) => [
        `${path} is not the same as on ${first}`,
        `compare the files; one cluster has one authority`,
      ],
    ),
  )

/** Versions of a program on all nodes that have it. */
const versionFindings = (state: ClusterState): Finding[] => {
  const hosts = knownHosts(state)
  const differ = (
    what: string,
    cure: string,
    version: (host: HostState) => string | undefined,
  ): Finding[] => {
    const found = hosts.flatMap(([name, host]) => {
      const one = version(host)
      return one === undefined ? [] : [`${name} ${one}`]
    })
    const versions = new Set(found.map((text) => text.replace(/^.* /, '')))
    return versions.size > 1
      ? [finding('cluster', 'warning', `${what} differs: ${found.join(', ')}`, cure)]
      : []
  }
  const podVersion = (pod: string) => (host: HostState) => host.pods.find(({ name }) => name === pod)?.version
  const finish = 'complete the upgrade: the same version on all control-plane nodes'
  return [
    ...staticPods.flatMap((pod) => differ(`the version of ${pod}`, finish, podVersion(pod))),
    ...differ('the installed version of the kubelet', finish, ({ programs }) => programs.kubelet),
    ...hosts.flatMap(([name, { programs, pods }]) => {
      const api = pods.find((pod) => pod.name === 'kube-apiserver')?.version
      const { kubelet } = programs
      if (api === undefined || kubelet === undefined || !/^v1\.\d+/.test(api)) return []
      return minorOf(kubelet) > minorOf(api)
        ? [
            finding(
              name,
              'fault',
              `its kubelet ${kubelet} is newer than its API server ${api}`,
              'a kubelet must not be newer than the API server: install the older one, or upgrade the control plane',
            ),
          ]
        : []
    }),
  ]
}

/** What is wrong with the control-plane nodes themselves: certificates, clocks, disks, versions, and what must be the same on all. */
export const findingsOfHosts = (state: ClusterState): Finding[] => [
  ...state.masters.flatMap(hostFindings),
  ...clockFindings(knownHosts(state).map(([name, { ahead }]) => ({ name, ahead }))),
  ...authorityFindings(state),
  ...differing(
    state,
    // the manifest of the API server says it
    ({ encryption, pods }) =>
      pods.some(({ name }) => name === 'kube-apiserver') ? String(encryption !== undefined) : undefined,
    (first) => [
      `of it and ${first}, only one encrypts secrets at rest`,
      'give all API servers the same --encryption-provider-config',
    ],
  ),
  ...versionFindings(state),
]
