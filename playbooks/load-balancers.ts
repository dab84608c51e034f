/** What the hosts of the group loadbalancers need: haproxy before the API servers and, where asked for, an address that moves between them. */
import type { PlayContext, Task } from 'coxswain'
import {
  directory,
  factsOf,
  file,
  loadBalancer,
  packages,
  portOf,
  service,
  virtualIp,
  waitFor,
} from 'coxswain/tasks'
import { master } from './control-plane-vars.ts'
import type { ControlPlaneVars } from './control-plane-vars.ts'

type Context = PlayContext<ControlPlaneVars>

/** The port of the endpoint. */
const endpointPort = ({ control_plane_endpoint: endpoint }: ControlPlaneVars): number =>
  Number(portOf(endpoint))

/** keepalived, with which one of the load balancers has the virtual IP. */
const shared = ({ host, vars, group }: Context): Task[] =>
  vars.virtual_ip === undefined
    ? []
    : [
        packages({ name: ['keepalived'] }),
        virtualIp({
          address: vars.virtual_ip,
          self: host.name,
          hosts: group('loadbalancers').map(master),
          interface: vars.virtual_ip_interface,
          routerId: vars.virtual_router_id,
        }),
        // a keepalived that is killed leaves the address on its host, beside the host that has it next; at its start it takes it away
        directory({ path: '/etc/systemd/system/keepalived.service.d' }),
        file({
          path: '/etc/systemd/system/keepalived.service.d/coxswain.conf',
          content: '[Service]\nRestart=on-failure\n',
        }),
        service({ name: 'keepalived', state: 'started', enabled: true }),
        // no host has it where keepalived cannot run its check
        waitFor(
          { host: vars.virtual_ip, port: endpointPort(vars), timeout: 60 },
          {
            title: `a host has ${vars.virtual_ip} (if not: journalctl -u keepalived; ausearch -m avc -c keepalived)`,
          },
        ),
      ]

/** A load balancer that knows every master. */
export const balancer = (ctx: Context): Task[] => {
  const { vars, group } = ctx
  return [
    packages({ name: ['haproxy'] }),
    loadBalancer({
      probe: factsOf(vars.kubernetes_version).readyPath,
      port: endpointPort(vars),
      backends: group('masters').map((host) => ({ ...master(host), port: vars.api_port })),
    }),
    service({ name: 'haproxy', state: 'started', enabled: true }),
    ...shared(ctx),
  ]
}
