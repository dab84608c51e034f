import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import { z } from 'zod'
import { podman } from './machine.ts'
import { LabError } from './say.ts'

const networks = z.array(
  z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).optional(),
    subnets: z.array(z.object({ subnet: z.string() })).optional(),
  }),
)

/** The label that names the lab of a network. */
const label = 'coxswain-lab'

/** The addresses that the hosts of a lab have. */
export const labFamilies = ['ipv4', 'ipv6', 'dual-stack'] as const
export type LabFamilies = (typeof labFamilies)[number]

/** A network of a lab. */
export interface LabNetwork {
  readonly name: string
  /** The beginning of its addresses, the main family first: `10.77.3.`, `fd00:10:77:3::`. */
  readonly prefixes: readonly string[]
}

/** The beginning of the addresses of a network, by its number. */
const prefixesOf = (number: string, families: LabFamilies): string[] => [
  ...(families === 'ipv6' ? [] : [`10.77.${number}.`]),
  ...(families === 'ipv4' ? [] : [`fd00:10:77:${number}::`]),
]

/** The number of the network that an address or subnet of a lab is in. */
const numberOf = (address: string): string | undefined =>
  /^(?:10\.77\.|fd00:10:77:)(\d+)[.:]/.exec(address)?.[1]

const inspected = async (): Promise<z.output<typeof networks>> => {
  const names = (await podman(['network', 'ls', '--format', '{{.Name}}'])).lines()
  if (names.length === 0) return []
  // another lab could have removed its network meanwhile; podman still shows the others, without that one
  const { stdout } = await podman(['network', 'inspect', ...names]).nothrow()
  return networks.parse(JSON.parse(stdout))
}

/** The prefixes of a network that exists. */
const keptPrefixes = (lab: string, families: LabFamilies, subnets: readonly string[]): string[] => {
  const wanted = prefixesOf(subnets.flatMap((subnet) => numberOf(subnet) ?? [])[0] ?? '', families)
  if (
    wanted.length === subnets.length &&
    wanted.every((prefix) => subnets.some((one) => one.startsWith(prefix)))
  )
    return wanted
  throw new LabError(
    `the network of the lab ${lab} is not ${families}: it has ${subnets.join(' and ')}`,
    'create new hosts with --fresh, or use another --name',
  )
}

/**
 * The lab's own network, created if it does not exist. Labs with other names have other networks.
 *
 * Each network has a name that was never used before: podman 4.3 counts the addresses of killed hosts as taken, by the name of
 * their network, even if that is removed.
 *
 * @throws LabError if the network that exists has other families.
 */
export const labNetwork = async (lab: string, families: LabFamilies = 'ipv4'): Promise<LabNetwork> => {
  const known = await inspected()
  const subnetsOf = ({ subnets = [] }: (typeof known)[number]) => subnets.map(({ subnet }) => subnet)
  const ours = known.find(({ labels }) => labels?.[label] === lab)
  if (ours !== undefined) return { name: ours.name, prefixes: keptPrefixes(lab, families, subnetsOf(ours)) }
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) => list.map((one) => one.address))
  const taken = new Set([...known.flatMap(subnetsOf), ...addresses].map(numberOf))
  const name = `${lab}-${randomBytes(3).toString('hex')}`
  for (let number = 1; number < 255; number += 1) {
    if (taken.has(`${number}`)) continue
    const prefixes = prefixesOf(`${number}`, families)
    // without --ipv6, which would add a subnet of IPv4
    const words = prefixes.flatMap((prefix) => [
      '--subnet',
      prefix.includes(':') ? `${prefix}/64` : `${prefix}0/24`,
    ])
    const created = await podman([
      'network',
      'create',
      ...words,
      '--label',
      `${label}=${lab}`,
      name,
    ]).nothrow()
    if (created.exitCode === 0) return { name, prefixes }
    // also by a bridge without a network, left by a lab that was killed
    if (!created.stderr.includes('is already used'))
      throw new LabError(`podman cannot create a network: ${created.stderr.trim()}`, 'see: podman network ls')
  }
  throw new LabError(
    'no free network in 10.77.0.0/16',
    'remove labs that are not needed: npm run lab -- down --name NAME',
  )
}

/** Removes the networks of a lab. */
export const removeNetworks = async (lab: string): Promise<void> => {
  const ours = (await inspected()).filter(({ labels }) => labels?.[label] === lab)
  for (const { name } of ours) await podman(['network', 'rm', '--force', name]).nothrow()
}
