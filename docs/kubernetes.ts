/** Makes docs/kubernetes.md from the table of versions: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { certificateLimits } from '../tasks/kubernetes/findings/certificates.ts'
import { etcdFlagsGone, etcdMinorOf } from '../tasks/kubernetes/kubeadm/versions/etcd-flags.ts'
import { flagsGone, flagsGoneBy34, programNames } from '../tasks/kubernetes/kubeadm/versions/flags-gone.ts'
import { kubeadmGates } from '../tasks/kubernetes/kubeadm/versions/gates-gone.ts'
import { factsOf, knownMinors } from '../tasks/kubernetes/kubeadm/versions.ts'
import { adoption } from './kubernetes-adopt.ts'
import { install } from './kubernetes-install.ts'
import { maintenance } from './kubernetes-maintenance.ts'
import { masters } from './kubernetes-masters.ts'
import { network } from './kubernetes-network.ts'
import { endpoint } from './kubernetes-endpoint.ts'
import { operations } from './kubernetes-operations.ts'
import { rename } from './kubernetes-rename.ts'
import { settings } from './kubernetes-settings.ts'
import { reconfigure } from './kubernetes-reconfigure.ts'
import { workers } from './kubernetes-workers.ts'
import type { ReleaseFacts } from '../tasks/kubernetes/kubeadm/versions/release.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const tableOf = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(titles), row(titles.map(() => '---')), ...rows.map(row)].join('\n')

const name = (label: string): string => label.replace('node-role.kubernetes.io/', '')

const range = ([first, last]: ReleaseFacts['etcd']): string =>
  first === last ? first : `${first} to ${last}`

/** What a release has that the one before it did not have, in words. */
const differences: readonly (readonly [what: string, (facts: ReleaseFacts) => string | undefined])[] = [
  ['phases', ({ phases }) => phases['certs all'].init[0]?.replace(/ certs all$/, '')],
  ['`kubeadm join` for control-plane nodes', ({ controlPlaneFlag }) => controlPlaneFlag],
  ['certificates are uploaded with', ({ uploadCertsFlag }) => uploadCertsFlag],
  ['certificates are renewed with', ({ renewal }) => renewal && `kubeadm ${renewal}`],
  ['etcd phase of `kubeadm join`', ({ phases }) => phases['etcd local'].join[0]?.replace('join phase ', '')],
  ['learners in etcd', ({ hasLearners }) => (hasLearners ? 'yes' : 'no')],
  ['kubelet-finalize', ({ finalizesKubelet }) => (finalizesKubelet ? 'yes' : 'no')],
  ['labels', ({ labels }) => labels.map(name).join(', ')],
  ['taints', ({ taints }) => taints.map(name).join(', ')],
  ['ConfigMap of the kubelets', ({ kubeletConfigMap }) => kubeletConfigMap.replace('{minor}', 'N')],
  ['socket of the container runtime is kept in', ({ keepsSocketIn }) => keepsSocketIn],
  ['super-admin.conf', ({ hasSuperAdmin }) => (hasSuperAdmin ? 'yes' : 'no')],
  ['extraArgs are a', ({ argumentsAs }) => argumentsAs],
  ['kubelet on cgroup v1', ({ cgroupV1 }) => cgroupV1],
  ['path at which API servers say that they are ready', ({ readyPath }) => readyPath],
  ['networks of IPv4 and IPv6 together', ({ dualStack }) => dualStack],
  [
    'kubelets report an address of each family',
    ({ acceptsNodeIpPair }) => (acceptsNodeIpPair ? 'yes' : 'no'),
  ],
  ['minor releases by which a kubelet can be older', ({ kubeletSkew }) => String(kubeletSkew)],
  ['registry', ({ registry }) => registry],
]

/** Each change of a fact: from which release on, and its new form. */
const changes = (facts: readonly ReleaseFacts[]): string[][] =>
  differences.flatMap(([what, valueOf]) =>
    facts.flatMap((one, index) => {
      const [before, value] = [facts[index - 1], valueOf(one)]
      const isNew = value !== undefined && value !== '' && value !== (before && valueOf(before))
      return isNew ? [[what, `1.${one.minor}`, value]] : []
    }),
  )

/** The release of Kubernetes that brings etcd 3.N. */
const bringing = (minor: number): number | undefined =>
  knownMinors.find((one) => etcdMinorOf(factsOf(`v1.${one}.0`).etcd[0]) === minor)

/** The flags that each program lost, with the release from which on it ends at once where one is given. */
const lostFlags = (): string[][] => {
  const shown = (flags: readonly string[]): string => flags.map((flag) => `--${flag}`).join(', ')
  return [
    ...Object.entries(flagsGone).flatMap(([, releases], index) =>
      Object.entries(releases).map(([minor, flags]) => [
        `flags that ${Object.values(programNames)[index] ?? ''} lost`,
        `1.${minor}`,
        shown(flags),
      ]),
    ),
    ...Object.entries(flagsGoneBy34).map(([, flags], index) => [
      `flags that ${Object.values(programNames)[index] ?? ''} lost by then, or before`,
      '1.34',
      shown(flags),
    ]),
    ...Object.entries(etcdFlagsGone).map(([minor, flags]) => [
      `flags that etcd 3.${minor} lost, also as the image of the inventory`,
      `1.${bringing(Number(minor))}`,
      shown(flags),
    ]),
  ]
}

/** The feature gates of kubeadm itself, with the releases that know them. */
const ownGates = (): string[][] =>
  Object.entries(kubeadmGates).map(([gate, { since, gone }]) => [
    'feature gate of kubeadm',
    `1.${since}`,
    gone === undefined ? gate : `${gate}, refused from 1.${gone} on`,
  ])

/** The kinds of hosts, and what is tried on each. */
const hosts: readonly (readonly string[])[] = [
  ['Debian 12, containerd 1.6', '1.20, 1.37', '3', 'complete', 'e2e'],
  ['Debian 12, containerd 1.6', '1.36', '3', 'complete, and an upgrade to 1.37', 'e2e:full'],
  ['Debian 13, containerd 1.7', '1.37', '3', 'once', 'e2e:full'],
  ['Debian 12, containerd 2', '1.37', '3', 'once', 'e2e:full'],
  ['Debian 12, containerd 1.6, addresses of IPv6 only', '1.37', '3', 'once', 'e2e:full'],
  ['Debian 12, containerd 1.6, addresses of both families', '1.37', '1', 'once', 'e2e:full'],
]

/** The page. */
export const kubernetesPage = (): string => {
  const facts = knownMinors.map((minor) => factsOf(`v1.${minor}.0`))
  const versions = facts.map(({ minor, configApi, reads, etcd, coredns, pause, tried }) => [
    `1.${minor}`,
    configApi,
    reads.join(', '),
    range(etcd),
    coredns.replace('v', ''),
    pause,
    tried,
  ])
  return `# Kubernetes

Made from the table in \`tasks/kubernetes/kubeadm/versions/releases.ts\` by \`npm run docs\`; change it there.

The tasks for kubeadm know each minor release of Kubernetes from 1.${knownMinors[0]} to 1.${knownMinors.at(-1)}. A version that
is not in the table is refused before anything is done on a host, with the name of the newest known one. With
\`-e allow_unknown_version=true\` (the parameter \`allowUnknownVersion\` of the tasks), a newer version is treated as the newest
known one, and the titles of the tasks say so.

## Versions

*Tried* says what was compared with a row:

- **cluster**: the tests build real clusters of three control-plane nodes with this release.
- **judged**: kubeadm of this release accepted the kept configurations without a warning, has each phase and option of the kept
  commands, and says of itself what the row says. No cluster is built.
- **kubeadm**: a test compares the row with what kubeadm of this release says of itself: its configuration, images and
  phases. No cluster is built.
- **not tried**: the row is from release notes and sources only.

etcd, CoreDNS and pause are the default images; where patch releases moved etcd, both ends are given.

${tableOf(['minor', 'configuration written', 'configurations read', 'etcd', 'CoreDNS', 'pause', 'tried'], versions)}

## Hosts

What the tests do on the hosts of the lab, all with cgroup v1: *complete* is building a cluster by \`kubeadm join\` and by phases, second
runs, a lost control-plane node, and reset; *once* is building it by \`kubeadm join\`, a second run, answers of CoreDNS on every node, and
reset.

${tableOf(['hosts', 'release', 'control-plane nodes', 'tried', 'by'], hosts)}

An upgrade by hand with \`kubeadm upgrade\`, after which the playbook changes nothing in the cluster: within 1.37 (\`npm run e2e\`),
and from 1.36 to 1.37 (\`npm run e2e:full\`).

## Several clusters in one inventory

The playbooks keep one cluster in a run: the hosts of the groups \`masters\`, \`workers\` and \`loadbalancers\`. An inventory can have several clusters, each in a group of
its own as well, with its \`control_plane_endpoint\` and other settings; \`--within\` takes one of them:

\`\`\`yaml
all:
  vars: { kubernetes_version: v1.37.2 }
  children:
    masters: { hosts: { p1: , p2: , p3: , t1: } }
    production: { hosts: { p1: , p2: , p3: }, vars: { control_plane_endpoint: "api.example.com:6443" } }
    trial: { hosts: { t1: }, vars: { control_plane_endpoint: "trial.example.com:6443" } }
\`\`\`

\`run playbooks/ha-masters.ts -i clusters.yaml --within trial\`. Without it, masters that differ in \`control_plane_endpoint\` are refused before anything connects, by
every playbook.

## Before the first run

\`run playbooks/preflight.ts -i inventory.yaml\` shows what would go wrong when a control plane is built on the masters of the inventory, all at once, with what
to do. It changes nothing; with a finding the exit status is 3:

\`\`\`
HOST  CPUS  MEMORY     FREE       CGROUP  KUBELET  CONTAINERD  REACHES
m1    2     24105 MiB  62677 MiB  v1      v1.37.2  1.6.20~ds1  7 of 8 ports
m2    2     24105 MiB  62677 MiB  v1      v1.37.2  1.6.20~ds1  8 of 8 ports
m3    2     24105 MiB  62677 MiB  v1      v1.37.2  1.6.20~ds1  8 of 8 ports

fault  m1      it does not reach m2 at 10.77.1.12 port 2380: timed out
               → open the port in firewalls between m1 and m2
fault  m1, m3  they have the same machine ID: b15602012ea5b6f3aa53dd9e41f041b2
               → on all but one: rm /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup
\`\`\`

It compares host names, machine IDs, product UUIDs and hardware addresses of all masters, and their clocks; reads CPUs, memory, swap, free space where etcd's
data will be, the version of cgroups, installed programs and their versions, the CRI and the cgroup driver of containerd, routes that overlap with
\`pod_subnet\` and \`service_subnet\`, and remains of a former cluster; and tries the ports 2379, 2380, 10250 and that of the API servers between all
masters. A port where nothing listens counts as reached. The speed of the disk is not measured here: \`status\` shows it once etcd runs.

Certificates of a control plane that is there already are findings, here and of \`status\`, from ${certificateLimits.leaf} days before their end on (\`renew-certs\` renews
them 90 days before it by default, so such a one was forgotten), and authorities from ${certificateLimits.authority} days on, as they take longer to replace.
kubeadm has no such limits.

Each master is asked which addresses it has for the name in \`control_plane_endpoint\` (none, different ones, and loopback addresses are findings), and what answers
at the endpoint. Before there is a cluster, nothing may: whatever speaks HTTPS or HTTP there is a fault, and *taken* where neither a master nor a load
balancer of the inventory has its address. A load balancer without servers, which accepts connections and ends them, is none. Once a master has a kubeconfig of the administrator,
each master must reach an API server there whose certificate the authority of that master has signed, and that names the endpoint.

Whatever \`ha-masters\` would refuse in the inventory is a finding. Arguments of programs and feature gates that \`kubernetes_version\` no longer knows come with the release from which on their program
ends at once: [the flags](#what-differs) of the changelogs of Kubernetes, and feature gates. All gates of 1.37 are known, so one that it never had is a finding as well; of those that went before 1.35, the release in which they went is known to within two. \`ha-masters\` refuses the arguments by name, and the rehearsal of
\`upgrade\` looks for both in kubeadm-config and on the hosts.

\`run doctor cluster -i inventory.yaml\` runs \`status\` (below) and \`preflight\`, one after the other; of their exit statuses it has the worse one.

${install}
## Status

\`run playbooks/status.ts -i inventory.yaml\` shows the state of a control plane, and what is wrong with it. It changes nothing, and needs neither
crictl nor etcdctl on the hosts. A cluster where the kubelet of m2 is stopped and m3 cannot be reached:

\`\`\`
MASTER  ADDRESS     VERSION    API     ETCD              DATABASE  LOG P99    NODE   CERTIFICATES
m1      10.77.2.11  v1.37.2    ready   healthy, leader   1.8 MiB   4.1 ms     Ready  364 days
m2      10.77.2.12  v1.37.2    ready   healthy           1.8 MiB   3.9 ms     Ready  364 days
m3      10.77.2.13  not known  silent  does not respond  -         not known  Ready  not known

LOAD BALANCER  HAPROXY  API    SERVERS
lb1            active   ready  10.77.2.11:6443, 10.77.2.12:6443, 10.77.2.13:6443

etcd: 3 members, 2 needed, 2 healthy: no further loss is tolerated
endpoint: ready
\`\`\`

- DATABASE is the size of etcd's database; LOG P99 the time within which 99 of 100 writes of its log reach the disk since it started (etcd
  asks for 10 ms); CERTIFICATES the days until the first certificate of the host expires, authorities not counted.
- Below the tables are the findings: faults, warnings, and what is *not known* because it could not be asked, which is never counted as a
  fault. Each says what to do. With a finding the exit status is 3; with none it is 0.
- Findings are about the members of etcd and their alarms, API servers, the endpoint, load balancers, nodes, kubelets, manifests, certificates and
  their authorities, clocks, versions that differ or that kubelets must not have, encryption of secrets on some masters only, and where
  the configuration of the cluster differs from the inventory. What members of etcd say on their own hosts counts, too. Not looked at: whether
  controller managers and schedulers work, and whether a certificate fits its key.
- \`--output json\` has the state itself as the \`value\` of the task \`debug\`; \`--report status.html\` writes a page that draws the cluster:
  a card for each load balancer, master and node, with what is wrong with it.

## What differs

${tableOf(['fact', 'from version', 'value'], [...changes(facts), ...lostFlags(), ...ownGates()])}

## IPv6, and both families of addresses

An address of IPv6 is written with brackets where a port follows, and without brackets everywhere else:

\`\`\`yaml
control_plane_endpoint: '[fd00::10]:6443'
pod_subnet: fd00:10:244::/56
service_subnet: fd00:10:96::/112
cert_sans: ['fd00::10']
\`\`\`

For both families, \`pod_subnet\` and \`service_subnet\` have two networks, comma-separated, and each master has a \`node_ip\` with two
addresses. The family of a master's address must be that of the first network of the services:

\`\`\`yaml
pod_subnet: 10.244.0.0/16,fd00:10:244::/56
service_subnet: 10.96.0.0/16,fd00:10:96::/112
# for each master
node_ip: 10.0.0.11,fd00::11
\`\`\`

What does not go together is refused before anything connects: networks that overlap, two networks of one family, networks that
kubeadm would not accept. From 1.16 to 1.19, a kubelet accepts one address only, so \`node_ip\` has one there. The load balancer listens
on both families where its host has IPv6.

Where pods have IPv6, the masters pass on packets of IPv6 (\`net.ipv6.conf.all.forwarding\`). The kernel then removes the default
route that it has from router advertisements, unless \`net.ipv6.conf.INTERFACE.accept_ra\` is 2. Where \`ip -6 route show default\` prints
\`proto ra\` and that setting is 1, set it to 2 before the first run, for instance with the task \`sysctl\`.

Of the pod networks, flannel and cilium are set up for both families. calico's manifest must be edited by hand; set
\`cni_manifest\` to its path. In such a file, \`{{podCidrIPv4}}\` and \`{{podCidrIPv6}}\` are the networks of each family.

A pod network is never applied over another one: DaemonSets of another network, and files in \`/etc/cni/net.d\` of any master that neither a package
nor the manifest has, are named. Before a master or worker joins, the files and network devices that another network has left on it are named as
well (\`cni0\` always: its address is of the pods of a former node), with the commands that remove them. With \`cni_manifest: none\`, the network of the
cluster is the one that is compared with. \`preflight\` says all of that before.

${settings}${endpoint}
${adoption}${operations}
${reconfigure}
${network}
${masters}${rename}
${workers}
${maintenance}`
}

const [, script = ''] = process.argv
if (import.meta.url === pathToFileURL(script).href)
  await writeFile(join(import.meta.dirname, 'kubernetes.md'), kubernetesPage())
