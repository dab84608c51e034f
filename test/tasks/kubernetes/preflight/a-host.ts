/** A host that is ready for kubeadm, and changes of it. */
import { preflightFindings } from '../../../../tasks/kubernetes/preflight/findings.ts'
import { preflightStateIn } from '../../../../tasks/kubernetes/preflight/read.ts'
import type { PreflightState } from '../../../../tasks/kubernetes/preflight/types.ts'
import type { Wanted } from '../../../../tasks/kubernetes/preflight/wanted.ts'

export const times = { sent: 1_799_999_999.5, received: 1_800_000_000.5 }

export const printed = `clock\t1800000000
hostname\tm1
machine-id\tabc
product-uuid\tAB-CD
mac\t02:00:00:00:00:01
cpus\t4
memory\t8388608
swap\t0
cgroup\t2
free\t20971520
program\tkubelet\tv1.37.2
program\tkubeadm\tv1.37.2
program\tcontainerd\tv2.2.9
module\toverlay
sysctl\tnet/ipv4/ip_forward\t1
runtime\tSystemdCgroup\ttrue
route\t10.0.0.0/24\teth0
peer\tm2\t10.0.0.2\t2380\topen
peer\tm2\t10.0.0.2\t6443\tclosed
`

export const healthy = preflightStateIn(printed, times, true)
export const wanted: Wanted = {
  version: 'v1.37.2',
  installs: { programs: false, runtime: false },
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/12',
  managesSwap: true,
  allowsSwap: false,
  cgroupDriver: undefined,
  allowsCgroupV1: false,
  arguments: {},
  kubeletGates: undefined,
  etcdTag: undefined,
  endpoint: undefined,
}

/** What is found in three hosts, of which the second differs. */
export const found = (changed: Partial<PreflightState>, more: Partial<Wanted> = {}): string[] => {
  const own = (at: number): PreflightState => ({
    ...healthy,
    hostname: `m${at}`,
    machineId: `id${at}`,
    productUuid: `uuid${at}`,
    macs: [`02:00:00:00:00:0${at}`],
  })
  const states = [1, 2, 3].map((at) => ({
    host: `m${at}`,
    value: at === 2 ? { ...own(at), ...changed } : own(at),
  }))
  return preflightFindings(states, { ...wanted, ...more }).map(
    ({ severity, subject, what }) => `${severity} ${subject}: ${what}`,
  )
}
