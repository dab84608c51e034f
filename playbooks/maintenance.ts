import { block, except, flag, pick, playbook, z } from 'coxswain'
import type { PlayContext, Step, WhenContext } from 'coxswain'
import {
  controlPlaneReady,
  etcdLeader,
  etcdLeaderMove,
  etcdMemberAway,
  loadBalancerCanDrain,
  loadBalancerDrain,
  loadBalancerUndrain,
  maintenanceBegin,
  maintenanceDone,
  maintenanceEnd,
  maintenanceGoesOn,
  maintenanceIsDue,
  nodeDrain,
  nodeUncordon,
  packageLists,
  packageUpgrade,
  reboot,
  shell,
  waitForConnection,
} from 'coxswain/tasks'
import { controlPlaneVars, hostsIfAny, master } from './control-plane-vars.ts'
import { oneCluster } from './one-cluster.ts'

const maintenanceVars = controlPlaneVars
  .safeExtend({
    maintenance_reboot: z
      .enum(['always', 'needed', 'never'])
      .default('always')
      .describe(
        'reboot every master, only those that request it (/run/reboot-required, needs-restarting), or none',
      ),
    maintenance_packages: flag()
      .default(false)
      .describe('upgrade all packages of each master, except those of maintenance_except'),
    maintenance_except: z
      .array(z.string())
      .default([
        'kubeadm',
        'kubelet',
        'kubectl',
        'kubernetes-cni',
        'cri-tools',
        'containerd*',
        'cri-o*',
        'docker*',
        'runc',
      ])
      .describe('packages that keep their version; * matches any text'),
    maintenance_command: z
      .string()
      .optional()
      .describe(
        'a command for a shell on each master, while nothing runs on it and before it reboots; after an interruption it is run again',
      ),
    maintenance_drain: flag().default(true).describe('drain a master before, and uncordon it afterwards'),
    maintenance_accept_outage: flag()
      .default(false)
      .describe('accept that etcd has no quorum while a master is away, as with one or two masters'),
    maintenance_timeout: z
      .number()
      .int()
      .min(1)
      .default(600)
      .describe('seconds to wait until a master is up again, and until the control plane is complete'),
  })
  .refine(
    ({ maintenance_reboot: when, maintenance_command: command, maintenance_packages: packages }) =>
      when !== 'never' || command !== undefined || packages,
    {
      path: ['maintenance_reboot'],
      message: 'there is nothing to do: with never, set maintenance_packages or maintenance_command',
    },
  )
type Context = PlayContext<z.output<typeof maintenanceVars>>

/** It is taken last: its leadership then moves once. */
const leader = pick('the leader of etcd', { hosts: 'masters', prefer: [etcdLeader()] })

/** The load balancers that are to leave a master out: none where it is the only one. A cluster can also have another load balancer. */
const balancersOf = (ctx: Context): string[] =>
  ctx.group('masters').length === 1 ? [] : hostsIfAny(ctx, 'loadbalancers').map(({ name }) => name)

/** Whether an earlier run was interrupted: then masters are waited for. */
const goesOn = (ctx: WhenContext): Promise<boolean> => maintenanceGoesOn(ctx, 'masters')

/** What is done on each master, in words: other work is another maintenance. */
const workOf = ({ vars }: Context): string =>
  JSON.stringify([
    vars.maintenance_reboot,
    vars.maintenance_packages && vars.maintenance_except,
    vars.maintenance_command,
  ])

const complete = ({ group, vars }: Context, timeout: number, when?: (ctx: WhenContext) => Promise<boolean>) =>
  controlPlaneReady(
    { masters: group('masters').map(master), port: vars.api_port, timeout },
    when === undefined ? {} : { when },
  )

/** Takes a master out of use, works on it, and brings it back. */
const turn = (ctx: Context): Step[] => {
  const { host, vars } = ctx
  const { maintenance_reboot: when, maintenance_command: command, maintenance_timeout: timeout } = vars
  return [
    complete(ctx, timeout),
    block(
      [
        etcdMemberAway({ acceptOutage: vars.maintenance_accept_outage }),
        // before anything is drained, so that a drain that is refused has not changed anything
        ...balancersOf(ctx).map((on) => loadBalancerCanDrain({ servers: [host.name] }, { on })),
        ...(vars.maintenance_drain ? [nodeDrain({ node: host.name })] : []),
        ...balancersOf(ctx).map((on) => loadBalancerDrain({ server: host.name }, { on })),
        etcdLeaderMove(),
        ...(vars.maintenance_packages
          ? [packageLists(), packageUpgrade({ except: vars.maintenance_except })]
          : []),
        ...(command === undefined ? [] : [shell({ run: command })]),
        ...(when === 'never'
          ? []
          : [
              // the work can have taken long, and other masters can have failed since
              complete(ctx, 60),
              etcdMemberAway({ acceptOutage: vars.maintenance_accept_outage }),
              maintenanceDone({ afterReboot: true }),
              reboot({ whenNeeded: when === 'needed', timeout }),
            ]),
        maintenanceDone(),
      ],
      { when: maintenanceIsDue(workOf(ctx)) },
    ),
    complete(ctx, timeout),
    ...balancersOf(ctx).map((on) => loadBalancerUndrain({ server: host.name }, { on })),
    nodeUncordon({ node: host.name }),
  ]
}

export default playbook({
  name: 'maintenance',
  description:
    'Upgrades packages of the masters, runs a command on them, or reboots them, one at a time while the others serve.',
  vars: maintenanceVars,
  requires: oneCluster,
  plays: ({ play }) => [
    // a run that was interrupted while a master booted goes on
    play('the masters are up', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: ({ vars }) => [
        waitForConnection({ timeout: vars.maintenance_timeout }, { when: goesOn }),
        waitForConnection({ timeout: 20 }, { when: async (ctx) => !(await goesOn(ctx)) }),
      ],
    }),

    play('the control plane is complete', {
      hosts: leader,
      become: true,
      tasks: (ctx) => [
        complete(ctx, ctx.vars.maintenance_timeout, goesOn),
        etcdMemberAway({ acceptOutage: ctx.vars.maintenance_accept_outage }),
        complete(ctx, 20, async (context) => !(await goesOn(context))),
        ...balancersOf(ctx).map((on) =>
          loadBalancerCanDrain({ servers: ctx.group('masters').map(({ name }) => name) }, { on }),
        ),
      ],
    }),

    play('the maintenance begins, or goes on', {
      hosts: 'masters',
      anyErrorsFatal: true,
      become: true,
      tasks: (ctx) => [
        maintenanceBegin({
          work: workOf(ctx),
          whenNeeded:
            ctx.vars.maintenance_reboot === 'needed' &&
            ctx.vars.maintenance_command === undefined &&
            !ctx.vars.maintenance_packages,
        }),
      ],
    }),

    play('the masters that follow, one at a time', {
      hosts: except('masters', leader),
      serial: 1,
      anyErrorsFatal: true,
      become: true,
      tasks: turn,
    }),

    play('the leader of etcd', { hosts: leader, become: true, tasks: turn }),

    play('the maintenance is over', {
      hosts: 'masters',
      become: true,
      tasks: () => [maintenanceEnd()],
    }),
  ],
})
