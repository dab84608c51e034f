import { except, pick, playbook } from 'coxswain'
import type { PlayContext, Task } from 'coxswain'
import {
  apiServerNames,
  apiServerNamesOf,
  apiServerReady,
  controlPlaneReady,
  hasEtcdData,
  isReconfiguring,
  masterInterrupted,
  noEndpointMove,
  noRotation,
  reconfigureKubeProxy,
  reconfigureMaster,
  reconfigurePlan,
  sameCluster,
  uploadClusterConfig,
  writeConfig,
} from 'coxswain/tasks'
import { controlPlaneVars, firstConfig, master } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })

/** No other master is changed while one is left that does not work. */
const first = pick('the first one', {
  hosts: 'masters',
  prefer: [masterInterrupted(), apiServerReady(), hasEtcdData()],
})

const reconfigured = ({ host, vars, group }: PlayContext<ControlPlaneVars>): Task[] => [
  reconfigureMaster({
    ...firstConfig(host),
    port: vars.api_port,
    others: group('masters').flatMap((one) => (one.name === host.name ? [] : [master(one)])),
  }),
  writeConfig(firstConfig(host)),
  apiServerNames({
    version: vars.kubernetes_version,
    allowUnknownVersion: vars.allow_unknown_version,
    address: master(host).address,
    port: vars.api_port,
    names: apiServerNamesOf(firstConfig(host)),
  }),
  // another one that an interrupted run has left is not waited for: its turn comes
  controlPlaneReady(
    { masters: group('masters').map(master), port: vars.api_port },
    { when: async (ctx) => !(await isReconfiguring(ctx, 'masters')) },
  ),
]

export default playbook({
  name: 'reconfigure',
  description:
    'Applies what the inventory says and a living control plane differs in, one master at a time, and puts back what does not work.',
  vars: controlPlaneVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('only what can be changed differs', {
      hosts: observer,
      become: true,
      readOnly: true,
      tasks: ({ host }) => [sameCluster({ ...firstConfig(host), onlyFixed: true })],
    }),

    play('what is to be changed', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      readOnly: true,
      tasks: ({ host }) => [noRotation(), noEndpointMove(), reconfigurePlan(firstConfig(host))],
    }),

    play('the first master, or the one that an interrupted run has left', {
      hosts: first,
      anyErrorsFatal: true,
      become: true,
      tasks: reconfigured,
    }),

    play('the other masters, one at a time', {
      hosts: except('masters', first),
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: reconfigured,
    }),

    // at last: what joins later gets it, and while a master differs from it, the next run sees that
    play('the cluster keeps the configuration', {
      hosts: observer,
      become: true,
      tasks: ({ host }) => [uploadClusterConfig(firstConfig(host)), reconfigureKubeProxy(firstConfig(host))],
    }),
  ],
})
