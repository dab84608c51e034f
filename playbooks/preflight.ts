import { given, onEach, orElse, pick, playbook } from 'coxswain'
import {
  apiServerReady,
  debug,
  hostOf,
  kernel,
  noFindings,
  portOf,
  preflightFindings,
  preflightState,
  preflightTable,
} from 'coxswain/tasks'
import { controlPlaneVars, hostsIfAny, master } from './control-plane-vars.ts'

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
                preflightState({
                  peers: group('masters').map(master),
                  apiPort: vars.api_port,
                  endpoint: vars.control_plane_endpoint,
                }),
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
                arguments: {
                  apiServer: vars.api_server?.extraArgs,
                  controllerManager: vars.controller_manager?.extraArgs,
                  scheduler: vars.scheduler?.extraArgs,
                  etcd: vars.etcd?.extraArgs,
                  kubelet: vars.kubelet_extra_args,
                },
                endpoint: {
                  host: hostOf(vars.control_plane_endpoint),
                  port: Number(portOf(vars.control_plane_endpoint)),
                  addresses: [...group('masters'), ...hostsIfAny({ group }, 'loadbalancers')].flatMap(
                    (host) => [host.address, master(host).address],
                  ),
                },
                kubeletGates: vars.kubelet?.['featureGates'],
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
