import { except, pick, playbook } from 'coxswain'
import type { PlayContext, Task } from 'coxswain'
import { apiServerReady, hasEtcdData, resetNode, service } from 'coxswain/tasks'
import { controlPlaneVars, master } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

/** The one that goes last: as long as it is there, the others can leave in order. */
const last = pick('the last one', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })

const nothingLeft = ({ host, vars }: PlayContext<ControlPlaneVars>, end = false): Task[] => [
  resetNode({
    address: master(host).address,
    last: end,
    force: vars.reset_force,
    users: vars.kube_users,
    criSocket: vars.cri_socket,
  }),
]

export default playbook({
  name: 'reset',
  description: 'Takes a control plane apart: all masters back to what they were before kubeadm.',
  vars: controlPlaneVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('the masters leave, one at a time', {
      hosts: except('masters', last),
      serial: 1,
      become: true,
      tasks: (ctx) => nothingLeft(ctx),
    }),
    play('the last master is reset', { hosts: last, become: true, tasks: (ctx) => nothingLeft(ctx, true) }),
    play('the load balancer is stopped', {
      hosts: 'loadbalancers',
      optional: true,
      become: true,
      tasks: () => [service({ name: 'haproxy', state: 'stopped', enabled: false })],
    }),
  ],
})
