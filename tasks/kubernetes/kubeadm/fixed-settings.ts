/** Settings of programs that are not changed in a cluster that runs: why, and what to do instead. Pure. */
import type { Change } from '../../../engine/index.ts'

/** Settings of one program that are not changed, for one reason. */
export interface FixedSettings {
  readonly program: 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kubelet'
  /** Names of arguments, without the dashes. */
  readonly arguments?: readonly string[]
  /** Paths in the manifest, or in the configuration of the kubelet. */
  readonly fields?: readonly string[]
  readonly why: string
  /** What to do instead. */
  readonly way: string
  /** Whether a change is applied nevertheless; never by default. Several values are separated by a comma and a blank, and none is undefined. */
  readonly allows?: (from: string | undefined, to: string | undefined) => boolean
}

const anotherAddress = 'set advertise_address of the master, and run playbooks/rename-or-readdress.ts'
const anotherCluster = 'a cluster with another value is a new cluster'

/**
 * Whether the list of issuers can change. The first one signs tokens, and those of all are accepted, on one master after the other.
 */
const issuersFit = (from: string | undefined, to: string | undefined): boolean => {
  if (from === undefined || to === undefined) return true
  const [there, wanted] = [from.split(', '), to.split(', ')]
  return there.includes(wanted[0] ?? '') && wanted.includes(there[0] ?? '')
}

/** An argument that can go, because a member that runs does not need it, and that must not come. */
const isRemoved = (_from: string | undefined, to: string | undefined): boolean =>
  to === undefined || to === 'false'

/** The table: the refusals and docs/kubernetes.md are made from it. Arguments for metrics of etcd are not in it: nothing depends on them. */
export const fixedSettings: readonly FixedSettings[] = [
  {
    program: 'etcd',
    arguments: ['data-dir', 'wal-dir'],
    fields: ['volumes.etcd-data.hostPath.path', 'volumeMounts.etcd-data.mountPath'],
    why: 'the data stay in the former folder, and etcd would start without them',
    way: 'to have the data on another disk, take the master out with playbooks/remove-master.ts, mount the disk at the same folder, and let it join again by playbooks/ha-masters.ts',
  },
  {
    program: 'etcd',
    arguments: ['name'],
    why: 'kubeadm and the playbooks find the member of a master by its name',
    way: 'give the master its new name in the inventory, and run playbooks/rename-or-readdress.ts',
  },
  {
    program: 'etcd',
    arguments: ['initial-cluster', 'initial-cluster-state', 'initial-cluster-token'],
    why: 'a member that has started once ignores it, and a master that joins later would get it and not start',
    way: 'kubeadm sets it for each member',
    allows: isRemoved,
  },
  {
    program: 'etcd',
    arguments: [
      'initial-advertise-peer-urls',
      'advertise-client-urls',
      'listen-client-urls',
      'listen-peer-urls',
    ],
    why: 'the API servers, the other members and the playbooks would no longer reach the member',
    way: anotherAddress,
  },
  {
    program: 'etcd',
    arguments: ['force-new-cluster'],
    why: 'the member would drop all others, and be a cluster of its own',
    way: 'if the majority of etcd is lost, run playbooks/recover-quorum.ts',
    allows: isRemoved,
  },
  {
    program: 'kube-apiserver',
    arguments: ['service-cluster-ip-range'],
    why: 'every Service keeps the address that it has, and certificates and kubelets have those of the API server and the DNS',
    way: anotherCluster,
  },
  {
    program: 'kube-apiserver',
    arguments: ['etcd-prefix'],
    why: 'objects below the former prefix would not be found: the cluster would be empty',
    way: anotherCluster,
  },
  {
    program: 'kube-apiserver',
    arguments: ['etcd-servers', 'etcd-servers-overrides'],
    why: 'it would read from and write into another etcd, which does not have the same objects',
    way: 'to bring the data into another cluster, run playbooks/etcd-backup.ts here and playbooks/etcd-restore.ts there',
  },
  {
    program: 'kube-apiserver',
    arguments: ['storage-backend'],
    why: 'it cannot read what is stored by another one',
    way: 'etcd3 is the only one of present versions',
  },
  {
    program: 'kube-apiserver',
    arguments: ['secure-port'],
    why: 'load balancers, kubelets and the other masters would connect to the former port',
    way: anotherCluster,
  },
  {
    program: 'kube-apiserver',
    arguments: ['advertise-address'],
    why: 'its certificate, its member of etcd and the load balancer have the former address',
    way: anotherAddress,
  },
  {
    program: 'kube-apiserver',
    arguments: ['service-account-issuer'],
    why: 'the first issuer signs the tokens of pods: while masters are changed one after the other, all of them must accept the former one and the new one',
    way: 'name the new issuer after the former one, and run this; then name it first, and run this again; remove the former one when no token of it is left',
    allows: issuersFit,
  },
  {
    program: 'kube-apiserver',
    arguments: ['encryption-provider-config'],
    why: 'an API server without the keys cannot read what the others have encrypted, and does not start without the file',
    way: 'to begin to encrypt, run playbooks/rotate-keys.ts, which makes the file first; for another path, move the file and the argument by hand, one master at a time',
  },
  {
    program: 'kube-controller-manager',
    arguments: [
      'cluster-cidr',
      'node-cidr-mask-size',
      'node-cidr-mask-size-ipv4',
      'node-cidr-mask-size-ipv6',
    ],
    why: 'nodes keep the networks that they have, and the pod network and kube-proxy are set up for those',
    way: `${anotherCluster}; for one that was made without it, set networking.podSubnet to '' with kubeadm_config_merge`,
  },
  {
    program: 'kube-controller-manager',
    arguments: ['service-cluster-ip-range'],
    why: 'it must be that of the API servers, which does not change',
    way: anotherCluster,
  },
  {
    program: 'kube-controller-manager',
    arguments: ['cluster-name'],
    why: 'load balancers and disks of a cloud have it, and would no longer be found',
    way: anotherCluster,
  },
  {
    program: 'kubelet',
    fields: ['cgroupDriver'],
    why: 'it must be that of the container runtime, and no new container would start',
    way: 'drain the node, stop its kubelet and all containers, and change both by hand',
  },
  {
    program: 'kubelet',
    arguments: ['cluster-domain'],
    fields: ['clusterDomain'],
    why: 'it is the domain that the DNS of the cluster answers for, which does not change',
    way: anotherCluster,
  },
  {
    program: 'kubelet',
    arguments: ['root-dir'],
    why: 'the volumes of pods that run, and the certificate of the kubelet, stay in the former folder',
    way: 'to have it on another disk, drain the node, and mount the disk at the same folder',
  },
]

/** Arguments of a program in the configuration of kubeadm, up to 1.10 in fields of their own. */
const inConfiguration =
  /^(?:(apiServer|controllerManager|etcd\.local)\.extraArgs|(apiServer|controllerManager)ExtraArgs)\.(.+)$/

const programs: Readonly<Record<string, string>> = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  'etcd.local': 'etcd',
}

const isArgument = (row: FixedSettings, program: string | undefined, name: string | undefined): boolean =>
  row.program === program && row.arguments?.includes(name ?? '') === true

const refuses = ({ allows }: FixedSettings, from: string | undefined, to: string | undefined): boolean =>
  allows?.(from, to) !== true

/**
 * Why a setting in the configuration of kubeadm is not changed; undefined for other settings.
 *
 * @param path such as `apiServer.extraArgs.etcd-prefix`.
 */
export const fixedInConfiguration = (
  path: string,
  from: string | undefined,
  to: string | undefined,
): FixedSettings | undefined => {
  const [, part, formerPart, name] = inConfiguration.exec(path) ?? []
  const program = programs[part ?? formerPart ?? '']
  return fixedSettings.find((row) => isArgument(row, program, name) && refuses(row, from, to))
}

const asText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Why a change of a file of a control-plane node is not made, such as `argument etcd-prefix of kube-apiserver`; undefined for others. */
export const fixedChange = ({ what, from, to }: Change): FixedSettings | undefined => {
  const [, argument, field, program] =
    /^(?:argument (\S+)|(\S+)) of (?:the )?([a-z-]+?)s?(?: \(.*)?$/.exec(what) ?? []
  return fixedSettings.find(
    (row) =>
      (isArgument(row, program, argument) ||
        (row.program === program && row.fields?.includes(field ?? ''))) &&
      refuses(row, asText(from), asText(to)),
  )
}
