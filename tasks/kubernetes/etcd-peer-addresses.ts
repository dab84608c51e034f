import { CoxswainError, defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { configFits } from './config/refused.ts'
import { pki } from './kubeadm/paths.ts'
import { hostConfigSchema, masterSchema } from './kubeadm/settings.ts'
import type { Master } from './kubeadm/settings.ts'
import { exampleConfig } from './reconfigure/params.ts'
import { addressIsDue, asItIs } from './rejoin/due.ts'
import { changePeerNames, peerNameChanges } from './rejoin/peer-certificate.ts'

const params = () =>
  z.object({
    configuration: hostConfigSchema
      .superRefine(configFits)
      .describe('the configuration of the control-plane node, with its new name and address'),
    masters: z
      .array(masterSchema)
      .min(1)
      .describe('all control-plane nodes, with their new names and addresses: hosts of the inventory'),
  })
type Params = z.output<ReturnType<typeof params>>

/** Whether one of the control-plane nodes has another address than it is to have. */
const anyIsDue = async (ctx: CheckContext, masters: readonly Master[]): Promise<boolean> => {
  const due = await Promise.all(
    masters.map(async (one) => addressIsDue(one)(one.name === ctx.host.name ? ctx : await ctx.on(one.name))),
  )
  return due.includes(true)
}

/** What is to be changed; nothing on a host that an interrupted run has left: it gets the certificate when it joins. */
const changesOf = async (ctx: CheckContext, { configuration, masters }: Params) => {
  const config = await asItIs(ctx, configuration)
  if (config === undefined) return undefined
  return { config, names: await peerNameChanges(ctx, config, await anyIsDue(ctx, masters)) }
}

/** Lets the etcd member of a host reach the others from any address of the host, while masters change theirs. */
export const etcdPeerAddresses = defineTask({
  name: 'etcd-peer-addresses',
  description:
    'While a control-plane node changes its address, adds the addresses of a host to the certificate of its etcd member: other members refuse connections from an address that it does not name. Addresses that were added go when the host does not have them any more.',
  reads:
    'the certificate of the etcd member, the addresses of the host, and whether a control-plane node is to get another address',
  example: { configuration: exampleConfig, masters: [{ name: 'm1', address: '10.0.0.21' }] },
  params,
  title: () => 'the etcd member can use the addresses of its host',

  async check(ctx, given) {
    const found = await changesOf(ctx, given)
    if (found === undefined) return driftUnlessEmpty([])
    const { lacking, excess } = found.names
    if (lacking.length + excess.length > 0 && !(await ctx.remote.exists(`${pki}/etcd/ca.key`)))
      throw new CoxswainError('task-failed', `${pki}/etcd/ca.key does not exist on ${ctx.host.name}`, {
        hint: `the authority is kept elsewhere: let it sign ${pki}/etcd/peer.crt with ${lacking.join(', ') || 'the present addresses only'}`,
      })
    const what = (address: string): string => `address ${address} in ${pki}/etcd/peer.crt`
    return driftUnlessEmpty([
      ...lacking.map((one) => ({ what: what(one), from: undefined, to: 'present' })),
      ...excess.map((one) => ({ what: what(one), from: 'present', to: undefined })),
    ])
  },

  async apply(ctx, given) {
    const found = await changesOf(ctx, given)
    if (found !== undefined) await changePeerNames(ctx, found.config, found.names)
  },
})
