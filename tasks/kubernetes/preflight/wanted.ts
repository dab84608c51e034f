import type { Arguments } from '../kubeadm/component-settings.ts'
import type { Program } from '../kubeadm/versions/flags-gone.ts'

/** What the inventory says of the cluster. */
export interface Wanted {
  /** The version of Kubernetes, such as `v1.37.2`. */
  readonly version: string
  /** Which programs ha-masters installs on hosts that are not nodes yet. */
  readonly installs: {
    /** kubeadm, the kubelet and kubectl. */
    readonly programs: boolean
    /** The container runtime, with its configuration. */
    readonly runtime: boolean
  }
  /** The networks of the pods, in CIDR notation, comma-separated. */
  readonly podSubnet: string
  /** The networks of the services, in CIDR notation, comma-separated. */
  readonly serviceSubnet: string
  /** Whether swap is to be turned off by the playbook. */
  readonly managesSwap: boolean
  /** Whether kubelets may run with swap. */
  readonly allowsSwap: boolean
  /** The cgroup driver of the kubelets; undefined for that of kubeadm. */
  readonly cgroupDriver: 'systemd' | 'cgroupfs' | undefined
  /** Whether kubelets are configured to run on cgroup v1. */
  readonly allowsCgroupV1: boolean
  /** The arguments of the programs, without dashes. */
  readonly arguments: Readonly<Partial<Record<Program, Arguments | undefined>>>
  /** The tag of the image of etcd; undefined for that of kubeadm. */
  readonly etcdTag: string | undefined
  /** The field featureGates of the kubelets' configuration. */
  readonly kubeletGates: unknown
  /** The field featureGates of kube-proxy's configuration. */
  readonly kubeProxyGates?: unknown
  /** What else ha-masters refuses in the inventory, in words. */
  readonly refused?: readonly string[]
  /** The endpoint of the cluster; undefined if it is not judged. */
  readonly endpoint:
    | {
        /** Its name or address, IPv6 without brackets. */
        readonly host: string
        /** The number of its port. */
        readonly port: number
        /** The addresses of all hosts of the cluster in the inventory: masters and load balancers. */
        readonly addresses: readonly string[]
      }
    | undefined
}
