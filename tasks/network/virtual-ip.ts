import { CoxswainError, defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import type { ApplyContext, Change, CheckContext } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { addressOf, isMapped } from './addresses/addresses.ts'
import { interfaceOf, ownAddresses } from './addresses/own-addresses.ts'
import {
  checkFolder,
  checkScript,
  checkText,
  keepalivedConfig,
  keepalivedText,
} from './load-balancers/keepalived.ts'
import { nextOf, putConfiguration } from './load-balancers/put.ts'

const isPlainAddress = (text: string): boolean =>
  addressOf(text) !== undefined && !text.includes('%') && !isMapped(text)

/** An address that other machines reach. */
const address = () => z.string().refine(isPlainAddress, 'must be an IP address without a zone or a length')

const holder = () =>
  z.object({
    name: z.string().min(1).describe('the name of the host'),
    address: address().describe('an address of the host in the network of the virtual one'),
  })

const shape = () =>
  z.object({
    address: address().describe('the virtual address: a free one of the network of the hosts'),
    self: z.string().describe('the name of this host, one of hosts'),
    hosts: z
      .array(holder())
      .min(1)
      .max(100)
      .describe('all hosts that can have the address, in the same order on each: a list of {name, address}'),
    interface: z
      .string()
      .regex(/^[\w.@:-]{1,15}$/, 'must be the name of an interface, such as eth0')
      .optional()
      .describe('the interface that gets the address; by default that of the address of this host'),
    routerId: z
      .number()
      .int()
      .min(1)
      .max(255)
      .default(51)
      .describe('the virtual router ID of VRRP, which no other group of hosts in the network has'),
    service: z
      .string()
      .regex(/^[\w.@-]+$/, 'must be the name of a service')
      .default('haproxy')
      .describe('the service without which a host does not have the address'),
    dest: remoteFile().default(keepalivedConfig).describe('the configuration file of keepalived'),
  })

type Given = z.output<ReturnType<typeof shape>>

/** What is wrong with the hosts: the parameter and the message. */
const faultsOf = ({ address: virtual, self, hosts }: Given): { path: string; message: string }[] => {
  const wanted = addressOf(virtual)
  const all = hosts.map((host) => ({ ...host, read: addressOf(host.address) }))
  const twice = (values: readonly (string | undefined)[]): boolean => new Set(values).size < values.length
  const own = all.find(({ read }) => read?.key === wanted?.key)
  const other = all.find(({ read }) => read?.family !== wanted?.family)
  const rules = [
    { wrong: hosts.every(({ name }) => name !== self), path: 'self', message: `${self} is not one of hosts` },
    {
      wrong: twice(all.map(({ name }) => name)) || twice(all.map(({ read }) => read?.key)),
      path: 'hosts',
      message: 'each must have a name and an address of its own',
    },
    {
      wrong: own !== undefined,
      path: 'address',
      message: `is the own address of ${own?.name}: take one that no host has`,
    },
    {
      wrong: other !== undefined,
      path: 'address',
      message: `is not of the same family as ${other?.address} of ${other?.name}`,
    },
  ]
  return rules.filter(({ wrong }) => wrong)
}

const params = () =>
  shape().superRefine((given, context) => {
    for (const { path, message } of faultsOf(given))
      context.addIssue({ code: 'custom', path: [path], message })
  })

/** The configuration for this host, with the interface that has its address. */
const wantedText = async (ctx: CheckContext, given: Given): Promise<string> => {
  const own = given.hosts.find(({ name }) => name === given.self)?.address ?? ''
  const found = given.interface ?? interfaceOf(own, (await ownAddresses(ctx)) ?? [])
  if (found !== undefined) return keepalivedText({ ...given, interface: found })
  throw new CoxswainError('task-failed', `no interface of ${ctx.host.name} is known to have ${own}`, {
    hint: 'give the address that the host has in this network, or set interface',
  })
}

/** What the program that keepalived runs lacks: others than root must not be able to write to it. */
const scriptChanges = async ({ remote }: CheckContext): Promise<Change[]> => {
  const [text, stat] = await Promise.all([remote.read(checkScript), remote.stat(checkScript)])
  if (text !== checkText) return [{ what: checkScript, from: text, to: checkText }]
  const mode = stat?.mode ?? ''
  return mode === '0755' && stat?.owner === 'root'
    ? []
    : [{ what: `owner and mode of ${checkScript}`, from: `${stat?.owner ?? ''} ${mode}`, to: 'root 0755' }]
}

/** Writes the program that keepalived runs, with the type that the policy of SELinux has for its folder. */
const writeScript = async ({ remote }: ApplyContext): Promise<void> => {
  await remote.makeDirectory(checkFolder)
  await remote.write(checkScript, checkText, { owner: 'root', group: 'root', mode: '0755' })
  if (await remote.query`command -v restorecon`.succeeds()) await remote.run`restorecon -R ${checkFolder}`
}

/** Keeps an address on one of several hosts, with keepalived (VRRP). */
export const virtualIp = defineTask({
  name: 'virtual-ip',
  description: `Writes the configuration of keepalived, with which one of several hosts has an address, and the program ${checkScript} that it runs, and reloads a running keepalived.`,
  reads: "keepalived's configuration, the program that it runs, and the addresses of the host",
  example: {
    address: '10.0.0.100',
    self: 'lb1',
    hosts: [{ name: 'lb1', address: '10.0.0.5' }],
    interface: 'eth0',
  },
  params,
  title: ({ address: virtual, hosts }) =>
    `virtual IP ${virtual} on one of ${hosts.map(({ name }) => name).join(', ')}`,

  async check(ctx, given) {
    const [text, wanted, script] = await Promise.all([
      ctx.remote.read(given.dest),
      wantedText(ctx, given),
      scriptChanges(ctx),
    ])
    return driftUnlessEmpty([
      ...script,
      ...(text === wanted ? [] : [{ what: given.dest, from: text, to: wanted }]),
    ])
  },

  async apply(ctx, given) {
    const { dest } = given
    const wanted = await wantedText(ctx, given)
    // keepalived looks for the program when it checks the configuration
    await writeScript(ctx)
    await ctx.remote.write(nextOf(dest), wanted, { mode: '0644' })
    await putConfiguration(ctx, {
      service: 'keepalived',
      dest,
      hint: 'keepalived 2.0.13 or later is required',
    })
  },
})
