import { given, pick, playbook } from 'coxswain'
import {
  apiServerReady,
  clusterCards,
  clusterFindings,
  clusterState,
  clusterTable,
  debug,
  hasEtcdData,
  kernel,
  noFindings,
} from 'coxswain/tasks'
import { controlPlaneVars, firstConfig, master } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

/** One that can ask the others: where the API server is ready, else where there is data, else the first that can be reached. */
const observer = pick('the one that asks', {
  hosts: 'masters',
  prefer: [apiServerReady(), hasEtcdData(), kernel()],
})

export default playbook({
  name: 'status',
  description: 'Shows the state of a control plane, and what is wrong with it. It changes nothing.',
  vars: controlPlaneVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('the state of the cluster', {
      hosts: observer,
      readOnly: true,
      become: true,
      tasks: ({ host, vars, group }) => [
        given(
          {
            state: clusterState({
              masters: group('masters').map(master),
              configuration: firstConfig(host),
            }),
          },
          ({ state }) => {
            const findings = clusterFindings(state, vars.api_port)
            return [
              debug(
                { show: state, text: clusterTable(state), cards: clusterCards(state, findings) },
                { title: 'the cluster' },
              ),
              noFindings({ findings }),
            ]
          },
          { title: 'state of the cluster' },
        ),
      ],
    }),
  ],
})
