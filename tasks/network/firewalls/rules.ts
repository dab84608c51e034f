/** Rules of a firewall as text of nft(8), and whether they would lock out who makes them. Pure. */
import { createHash } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { z } from '../../../engine/index.ts'

/** What is let in. */
export interface Rule {
  readonly port: string
  readonly proto: 'tcp' | 'udp'
  /** Networks that can connect; all when empty. */
  readonly from: readonly string[]
}

const ports = /^(\d+)(?:-(\d+))?$/

const areFine = (text: string): boolean => {
  const [, first = '', last = first] = ports.exec(text) ?? []
  return Number(first) >= 1 && Number(last) <= 65_535 && Number(first) <= Number(last)
}

const portText = () =>
  z
    .union([z.number().transform(String), z.string()])
    .refine(areFine, { message: 'a port is needed, or a range such as 8000-8100' })

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

const network = () =>
  z.string().refine(isNetwork, { message: 'an address or a network is needed: 10.0.0.0/8' })

const shortRule = /^([\d-]+)(?:\/(tcp|udp))?$/

/** A rule: `443`, `'53/udp'`, `'8000-8100'`, or all of it as a map. */
export const rule = () =>
  z
    .union(
      [
        z.number().transform((port): Rule => ({ port: String(port), proto: 'tcp', from: [] })),
        z
          .string()
          .regex(shortRule)
          .transform((text): Rule => {
            const [, port = '', proto] = shortRule.exec(text) ?? []
            return { port, proto: proto === 'udp' ? 'udp' : 'tcp', from: [] }
          }),
        z.strictObject({
          port: portText().describe('a port, or a range such as 8000-8100'),
          proto: z.enum(['tcp', 'udp']).default('tcp').describe('the protocol'),
          from: z
            .union([z.array(network()), network().transform((one) => [one])])
            .default([])
            .describe('addresses or networks to accept from, such as 10.0.0.0/8; by default all'),
        }),
      ],
      { error: "a rule is needed: 443, '53/udp', '8000-8100' or {port: 22, proto: tcp, from: [10.0.0.0/8]}" },
    )
    .refine(({ port }) => areFine(port), { message: 'a port is needed, or a range such as 8000-8100' })

const covers = ({ port, proto }: Rule, wanted: number): boolean => {
  const [, first = '', last = first] = ports.exec(port) ?? []
  return proto === 'tcp' && Number(first) <= wanted && wanted <= Number(last)
}

const comesFrom = (networks: readonly string[], address: string): boolean => {
  // an IPv6 socket names an IPv4 peer in its own way
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*/, '')
  const list = new BlockList()
  for (const one of networks) {
    const [net = '', bits] = one.split('/')
    const family = isIP(net) === 4 ? 'ipv4' : 'ipv6'
    list.addSubnet(net, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family)
  }
  return isIP(plain) !== 0 && list.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
}

/** How the host is reached. */
export interface Access {
  /** Ports of its sshd, and of the connection in use. */
  readonly ports: readonly number[]
  /** Where the connection in use comes from and goes to; undefined when it is not SSH. */
  readonly session: { readonly client: string; readonly port: number } | undefined
}

/** Ports of SSH that no rule covers: they stay open for all. */
export const portsToKeep = (rules: readonly Rule[], { ports: all }: Access): number[] =>
  all.filter((port) => !rules.some((one) => covers(one, port)))

/** Whether the rules for the port in use leave out who uses it. */
export const locksOut = (rules: readonly Rule[], { session }: Access): boolean => {
  if (session === undefined) return false
  const about = rules.filter((one) => covers(one, session.port))
  return about.length > 0 && !about.some(({ from }) => from.length === 0 || comesFrom(from, session.client))
}

const accept = ({ port, proto, from }: Rule): string[] => {
  const rest = `${proto} dport ${port} accept`
  if (from.length === 0) return [rest]
  return (['ip', 'ip6'] as const).flatMap((family) => {
    const some = from.filter((one) => isIP(one.split('/')[0] ?? '') === (family === 'ip' ? 4 : 6))
    return some.length === 0 ? [] : [`${family} saddr { ${some.join(', ')} } ${rest}`]
  })
}

/** The table as nft loads it: in one step, in place of the one that is there. */
export const tableText = (
  name: string,
  rules: readonly Rule[],
  keep: readonly number[],
  more: string | undefined,
): string => {
  const lines = [
    'type filter hook input priority 0; policy drop;',
    ...keep.map((port) => `tcp dport ${port} accept comment "ssh stays open"`),
    'ct state established,related accept',
    'iifname "lo" accept',
    'meta l4proto { icmp, ipv6-icmp } accept',
    ...rules.flatMap(accept),
    ...(more ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ]
  const mark = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
  return [
    '# held by Coxswain: changes by hand are undone',
    `table inet ${name}`,
    `delete table inet ${name}`,
    `table inet ${name} {`,
    // an empty chain, which says which rules these are where nothing else can tell
    `\tchain held_${mark} {`,
    '\t}',
    '\tchain input {',
    ...lines.map((line) => `\t\t${line}`),
    '\t}',
    '}',
    '',
  ].join('\n')
}

/** The name of the chain that marks a table. */
export const markIn = (text: string): string | undefined => /\bheld_[0-9a-f]{12}\b/.exec(text)?.[0]
