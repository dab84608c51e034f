import { CoxswainError, defineTask, flag, isCoxswainError, ok, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { finding } from '../shared/finding.ts'
import type { Finding } from '../shared/finding.ts'
import { isSameValue } from '../network/addresses/same-value.ts'
import { adopt, requireKubeadm } from './adoption/adopt.ts'
import type { Adopted } from './adoption/adopt.ts'
import { foreignFindings, hostFindings, membershipFindings } from './adoption/findings.ts'
import { minimalSettings } from './adoption/minimal.ts'
import { readLivingCluster } from './adoption/read-cluster.ts'
import { readMaster } from './adoption/read-master.ts'
import type { LivingMaster } from './adoption/read-master.ts'
import { adminConf, kubeletConfig } from './kubeadm/paths.ts'
import { ownServer } from './kubeadm/kubectl.ts'
import { nodeIpSchema } from './kubeadm/network-rules.ts'
import { masterSchema } from './kubeadm/settings.ts'

const params = () =>
  z.object({
    masters: z
      .array(
        masterSchema.extend({
          advertised: flag()
            .default(false)
            .describe('whether the inventory has the address as advertise_address'),
          nodeIp: nodeIpSchema.optional().describe('the address of its kubelet, where the inventory has one'),
        }),
      )
      .min(1)
      .describe('the control-plane nodes by the inventory; their names are those of the inventory'),
    workers: z
      .array(z.string())
      .optional()
      .describe('the names of the workers by the inventory; without them, workers are not compared'),
    loadBalancers: z.array(z.string()).default([]).describe('the names of the hosts with a load balancer'),
  })
type Given = z.output<ReturnType<typeof params>>['masters'][number]

/** What a master has otherwise than the inventory says. */
export interface HostSettings {
  readonly name: string
  readonly advertiseAddress?: string
  readonly nodeIp?: string
}

/** The settings of one host, and the --node-ip that ha-masters gives it with them; undefined for the one that it has. */
const hostSettings = (
  { name, address, advertised, nodeIp }: Given,
  master: LivingMaster,
): { readonly settings: HostSettings; readonly nodeIp: string | undefined } => {
  const isOther = !isSameValue(address, master.address)
  // as nodeIpOf of the playbooks
  const given = nodeIp ?? (isOther || advertised || master.address.includes(':') ? master.address : undefined)
  const isOtherIp = given !== undefined && master.nodeIp !== undefined && !isSameValue(given, master.nodeIp)
  return {
    settings: {
      name,
      ...(isOther && { advertiseAddress: master.address }),
      ...(isOtherIp && { nodeIp: master.nodeIp }),
    },
    nodeIp: isOtherIp ? master.nodeIp : given,
  }
}

/** What ha-masters writes at the beginning of the configuration of haproxy. */
const ofLoadBalancer = '# written by coxswain (load-balancer)'

/** Load balancers whose configuration ha-masters would replace. */
const balancerFindings = async (ctx: CheckContext, hosts: readonly string[]): Promise<Finding[]> => {
  const found = await Promise.all(
    hosts.map(async (name): Promise<Finding[]> => {
      try {
        const text = await (await ctx.on(name)).remote.read('/etc/haproxy/haproxy.cfg')
        if (text?.startsWith(ofLoadBalancer) === true) return []
        const what =
          text === undefined
            ? 'does not have haproxy, which ha-masters installs'
            : 'has a configuration of haproxy that ha-masters replaces'
        return [
          finding(
            name,
            'warning',
            `it ${what}`,
            'take it out of loadbalancers to keep what is there: ha-masters does not need the group',
          ),
        ]
      } catch (error) {
        if (!isCoxswainError(error)) throw error
        return [
          finding(
            name,
            'not known',
            `its configuration could not be read: ${error.message}`,
            'run again when it can be reached',
          ),
        ]
      }
    }),
  )
  return found.flat()
}

const portFindings = (all: readonly LivingMaster[]): Finding[] =>
  new Set(all.map(({ port }) => port)).size < 2
    ? []
    : all.map(({ name, port }) =>
        finding(
          name,
          'fault',
          `its API server has port ${port}, and that of other masters has another one`,
          'give all API servers one port: api_port is the same for all',
        ),
      )

/** Reads the settings of a cluster that others made with kubeadm. */
export const adoptedSettings = defineTask({
  name: 'adopted-settings',
  description:
    'Reads the settings of a cluster that kubeadm made, whoever ran it: those that must be written down so that ha-masters keeps it as it is, and what they do not say. It changes nothing.',
  reads:
    'the ConfigMaps kubeadm-config, kubelet-config and kube-proxy, what kubeadm init has left in the cluster, the nodes, the members of etcd, and DaemonSets of pod networks; on each control-plane node the manifests of static pods, the files of the kubelet, names in certificates, sums of the files that all masters share, and what kubeadm (v1.31 and later, of the same minor release) would write; haproxy.cfg on load balancers',
  example: { masters: [{ name: 'm1', address: '10.0.0.11' }] },
  params,
  title: () => 'settings of the cluster',

  async check(ctx, { masters, workers, loadBalancers }) {
    const own = await readMaster(ctx, ctx.host.name)
    if (own === undefined)
      throw new CoxswainError('task-failed', `${ctx.host.name} is not a complete control-plane node`, {
        hint: 'check the hosts of the group masters, and that one of them is a control-plane node of the cluster; nothing was changed',
      })
    const living = await readLivingCluster(ctx, ownServer(own.address, own.port))
    const contexts = await Promise.all(
      masters.map(async (given) => {
        const its = given.name === ctx.host.name ? ctx : await ctx.on(given.name)
        return { given, ctx: its, master: await readMaster(its, given.name) }
      }),
    )
    const isNode = (name: string): boolean => living.nodes.some((node) => node.name === name)
    const unread = contexts
      .filter(({ master }) => master === undefined)
      .map(({ given }) => given.name)
      .filter((name) => living.nodes.some((node) => node.name === name && node.controlPlane))
    if (unread.length > 0)
      throw new CoxswainError(
        'task-failed',
        `${unread.join(' and ')} cannot be read: control-plane nodes that lack ${adminConf}, the manifest of the API server, or ${kubeletConfig}`,
        {
          hint: 'put the missing file back (kubeadm init phase kubeconfig admin), or take a lost master out of masters, and run again; nothing was written',
        },
      )
    const found = contexts.flatMap(({ given, ctx: its, master }) =>
      master === undefined || !isNode(master.name)
        ? []
        : [{ ctx: its, master, ...hostSettings(given, master) }],
    )
    const foreign = contexts.flatMap(({ master }) =>
      master === undefined || isNode(master.name) ? [] : [master.name],
    )
    const first = found.find(({ master }) => master.name === ctx.host.name)
    if (first === undefined)
      throw new CoxswainError('task-failed', `${ctx.host.name} is not a node of its own cluster`, {
        hint: 'give the host the name of its node in the inventory; nothing was changed',
      })
    const all: readonly [Adopted, ...Adopted[]] = [first, ...found.filter((one) => one !== first)]
    await Promise.all(all.map((one) => requireKubeadm(one.ctx, living.version)))
    const { cluster, containerService, findings } = await adopt(living, all)
    const there = all.map(({ master }) => master)
    return ok({
      cluster: minimalSettings(cluster),
      containerService,
      swap: there.some(({ hasSwap }) => hasSwap),
      rootHasKubeconfig: there.every(({ rootHasKubeconfig: has }) => has),
      hosts: found.map(({ settings }) => settings),
      networks: living.networks,
      findings: [
        ...portFindings(there),
        ...foreignFindings(foreign),
        ...membershipFindings(living, there, {
          masters: masters.map(({ name }) => name),
          workers,
          foreign,
        }),
        ...hostFindings(there),
        ...findings,
        ...(await balancerFindings(ctx, loadBalancers)),
      ],
    })
  },
})
