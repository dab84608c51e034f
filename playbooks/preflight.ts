import { given, onEach, orElse, pick, playbook } from 'coxswain'
import {
  apiServerReady,
  configDocuments,
  debug,
  hostOf,
  kernel,
  noFindings,
  portOf,
  preflightFindings,
  preflightState,
  preflightTable,
  refusedIn,
  renderedSettings,
} from 'coxswain/tasks'
import { cgroupDriverOf, controlPlaneVars, firstConfig, hostsIfAny, master } from './control-plane-vars.ts'
import { wantedNetwork } from './pod-network.ts'
import { oneCluster } from './one-cluster.ts'

/** One that asks the others: the first that can be reached. */
const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady(), kernel()] })

export default playbook({
  name: 'preflight',
  description: 'Shows what would go wrong when a control plane is built on these hosts. It changes nothing.',
  vars: controlPlaneVars,
  requires: oneCluster,
  plays: ({ play }) => [
    play('the hosts are ready for a control plane', {
      hosts: observer,
      readOnly: true,
      become: true,
      tasks: ({ host, vars, group }) => {
        // with what kubeadm_config_merge lays over the variables
        const settings = renderedSettings(firstConfig(host))
        const configuration = {
          version: vars.kubernetes_version,
          documents: configDocuments(firstConfig(host)),
        }
        return [
          given(
            {
              hosts: orElse(
                onEach(
                  'masters',
                  preflightState({
                    peers: group('masters').map(master),
                    apiPort: vars.api_port,
                    endpoint: vars.control_plane_endpoint,
                    configuration,
                    network: { via: observer, ...wantedNetwork(vars) },
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
                  installs: {
                    programs: vars.install.from !== 'none',
                    runtime: vars.install.from !== 'none' && vars.install.runtime !== 'none',
                  },
                  podSubnet: settings.podSubnet,
                  serviceSubnet: settings.serviceSubnet ?? vars.service_subnet,
                  managesSwap: vars.manage_swap,
                  allowsSwap: vars.fail_swap_on === false,
                  cgroupDriver: cgroupDriverOf(vars),
                  arguments: {
                    apiServer: settings.apiServer?.extraArgs,
                    controllerManager: settings.controllerManager?.extraArgs,
                    scheduler: settings.scheduler?.extraArgs,
                    etcd: settings.etcd?.extraArgs,
                    kubelet: settings.kubeletExtraArgs,
                  },
                  endpoint: {
                    host: hostOf(vars.control_plane_endpoint),
                    port: Number(portOf(vars.control_plane_endpoint)),
                    addresses: [
                      ...[...group('masters'), ...hostsIfAny({ group }, 'loadbalancers')].flatMap((one) => [
                        one.address,
                        master(one).address,
                      ]),
                      ...(vars.virtual_ip === undefined ? [] : [vars.virtual_ip]),
                    ],
                  },
                  etcdTag: settings.etcd?.imageTag,
                  kubeletGates: settings.kubelet?.['featureGates'],
                  kubeProxyGates: settings.kubeProxy?.['featureGates'],
                  refused: [...new Set(group('masters').flatMap((one) => refusedIn(firstConfig(one))))],
                  allowsCgroupV1: settings.kubelet?.failCgroupV1 === false,
                }),
              }),
            ],
            { title: 'what kubeadm needs of the hosts' },
          ),
        ]
      },
    }),
  ],
})
