/** What every host of a cluster needs before kubeadm, control-plane node or worker. */
import type { Task } from 'coxswain'
import { kernelModule, loadImages, service, swapOff, sysctl } from 'coxswain/tasks'
import { hasIPv6 } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'

/** Modules and parameters of the kernel, swap, services and images. */
export const preparedNode = (vars: ControlPlaneVars): Task[] => [
  ...['overlay', 'br_netfilter'].map((name) => kernelModule({ name, anyFile: true })),
  ...[
    'net.ipv4.ip_forward',
    'net.bridge.bridge-nf-call-iptables',
    'net.bridge.bridge-nf-call-ip6tables',
    // kubeadm requires the first, and interfaces that exist follow the second
    ...(hasIPv6(vars) ? ['net.ipv6.conf.default.forwarding', 'net.ipv6.conf.all.forwarding'] : []),
  ].map((key) => sysctl({ key, value: 1, anyFile: true })),
  ...(vars.manage_swap ? [swapOff()] : []),
  service({ name: vars.container_service, state: 'started', enabled: true }),
  service({ name: 'kubelet', enabled: true }),
  ...(vars.image_archives === undefined ? [] : [loadImages({ folder: vars.image_archives })]),
]
