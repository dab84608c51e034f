import { given, pick, playbook, z } from 'coxswain'
import type { PlayContext } from 'coxswain'
import {
  adoptedSettings,
  apiServerReady,
  debug,
  hasEtcdData,
  noFindings,
  variablesFile,
} from 'coxswain/tasks'
import {
  adoptedVariables,
  asVariableNames,
  otherVariables,
  variableFaults,
  variablesPath,
} from './adopt-vars.ts'
import { controlPlaneVars, hostsIfAny } from './control-plane-vars.ts'

const vars = z.object({
  advertise_address: controlPlaneVars.shape.advertise_address,
  node_ip: controlPlaneVars.shape.node_ip,
  cni_manifest: z.unknown().optional(),
  manage_swap: z.unknown().optional(),
  container_service: z.unknown().optional(),
  adopt_folder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'the folder on this machine in which group_vars and host_vars are written; by default that of the inventory',
    ),
})
type Context = PlayContext<z.output<typeof vars>>

const observer = pick('the one that asks', { hosts: 'masters', prefer: [apiServerReady(), hasEtcdData()] })

/** What the inventory says of the masters. */
const mastersOf = ({ group }: Context) =>
  group('masters').map(({ name, address, vars: own }) => ({
    name,
    address: own.advertise_address ?? address,
    advertised: own.advertise_address !== undefined,
    nodeIp: own.node_ip,
  }))

/** The names of a group; undefined for one that the inventory does not have. */
const namesOf = (ctx: Context, group: string): string[] | undefined => {
  const names = hostsIfAny(ctx, group).map(({ name }) => name)
  return names.length === 0 ? undefined : names
}

export default playbook({
  name: 'adopt',
  description:
    'Reads a cluster that others made with kubeadm, and writes the variables of the inventory with which ha-masters keeps it as it is. It changes nothing on any host.',
  vars,
  plays: ({ play }) => [
    play('the variables of the cluster', {
      hosts: observer,
      become: true,
      tasks: (ctx) => [
        given(
          {
            found: adoptedSettings({
              masters: mastersOf(ctx),
              workers: namesOf(ctx, 'workers'),
              loadBalancers: namesOf(ctx, 'loadbalancers') ?? [],
            }),
          },
          ({ found }) => {
            const folder = ctx.vars.adopt_folder ?? ctx.host.inventoryFolder ?? '.'
            const variables = adoptedVariables(found)
            const others = otherVariables(
              {
                cni_manifest: ctx.vars.cni_manifest,
                manage_swap: ctx.vars.manage_swap,
                container_service: ctx.vars.container_service,
              },
              variables,
            ).map((what) => ({
              severity: 'fault' as const,
              subject: 'variables',
              what: `the inventory has ${what}, and ha-masters would do that in this cluster`,
              cure: 'remove it from the inventory (run inventory --host HOST --explain shows its place), and run again',
            }))
            const faults = variableFaults(variables).map((what) => ({
              severity: 'fault' as const,
              subject: 'variables',
              what: `ha-masters does not accept ${what}`,
              cure: 'the playbooks do not run this setting yet: change it in the cluster, or keep the cluster with what made it',
            }))
            return [
              debug(
                { show: { networks: found.networks, findings: [...others, ...faults, ...found.findings] } },
                { title: 'networks, and what was found' },
              ),
              variablesFile({
                path: variablesPath(folder),
                variables,
                comments: [
                  'Read from the cluster by playbooks/adopt.ts: with these variables, ha-masters keeps it as it is.',
                  `Its pod network is ${found.networks.join(' and ') || 'not known'}: none leaves it alone.`,
                ],
              }),
              ...found.hosts
                .filter((host) => Object.keys(host).length > 1)
                .map(({ name, ...settings }) =>
                  variablesFile({
                    path: variablesPath(folder, name),
                    variables: asVariableNames({ ...settings }),
                    comments: ['Read from the cluster by playbooks/adopt.ts.'],
                  }),
                ),
              noFindings({ findings: [...others, ...faults, ...found.findings] }),
            ]
          },
          { title: 'settings of the cluster' },
        ),
      ],
    }),
  ],
})
