import { except, pick, playbook } from 'coxswain'
import type { PlayContext, Task } from 'coxswain'
import { apiServerReady, hasEtcdData, resetNode, service } from 'coxswain/tasks'
import { controlPlaneVars, master } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'

/** The one that goes last: as long as it is there, the others can leave in order. */
const last = pick('the last one', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })

/** The whole cluster goes, so nobody's quorum is protected. */
const nothingLeft = ({ host, vars }: PlayContext<ControlPlaneVars>): Task[] => [
  resetNode({ address: master(host).address, force: true, criSocket: vars.cri_socket }),
]

export default playbook({
  name: 'reset',
  description: 'Takes a control plane apart: all masters back to what they were before kubeadm.',
  vars: controlPlaneVars,
  plays: ({ play }) => [
    play('the masters leave, one at a time', {
      hosts: except('masters', last),
      serial: 1,
      become: true,
      tasks: nothingLeft,
    }),
    play('the last master goes', { hosts: last, become: true, tasks: nothingLeft }),
    play('the load balancer rests', {
      hosts: 'loadbalancers',
      optional: true,
      become: true,
      tasks: () => [service({ name: 'haproxy', state: 'stopped', enabled: false })],
    }),
  ],
})
