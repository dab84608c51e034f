import { given, onEach, orElse, pick, playbook } from 'coxswain'
import {
  apiServerReady,
  debug,
  kernel,
  noFindings,
  preflightFindings,
  preflightState,
  preflightTable,
} from 'coxswain/tasks'
import { controlPlaneVars, master } from './control-plane-vars.ts'

/** One that asks the others: the first that can be reached. */
const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady(), kernel()] })

export default playbook({
  name: 'preflight',
  description: 'Shows what would go wrong when a control plane is built on these hosts. It changes nothing.',
  vars: controlPlaneVars,
  plays: ({ play }) => [
    play('the hosts are ready for a control plane', {
      hosts: observer,
      readOnly: true,
      become: true,
      tasks: ({ vars, group }) => [
        given(
          {
            hosts: orElse(
              onEach(
                'masters',
                preflightState({ peers: group('masters').map(master), apiPort: vars.api_port }),
              ),
              undefined,
            ),
          },
          ({ hosts }) => [
            debug({ show: hosts, text: preflightTable(hosts) }, { title: 'the hosts' }),
            noFindings({
              findings: preflightFindings(hosts, {
                version: vars.kubernetes_version,
                podSubnet: vars.pod_subnet,
                serviceSubnet: vars.service_subnet,
                managesSwap: vars.manage_swap,
                allowsSwap: vars.fail_swap_on === false,
                cgroupDriver: vars.cgroup_driver,
                allowsCgroupV1: vars.kubelet?.['failCgroupV1'] === false,
              }),
            }),
          ],
          { title: 'what kubeadm needs of the hosts' },
        ),
      ],
    }),
  ],
})
