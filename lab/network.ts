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

/** A network of a lab. */
export interface LabNetwork {
  readonly name: string
  /** The first three numbers of its addresses: `10.77.3`. */
  readonly prefix: string
}

const prefixOf = (subnet: string): string => subnet.split('.').slice(0, 3).join('.')

const inspected = async (): Promise<z.output<typeof networks>> => {
  const names = (await podman(['network', 'ls', '--format', '{{.Name}}'])).lines()
  if (names.length === 0) return []
  // another lab could have removed its network meanwhile; podman still shows the others, without that one
  const { stdout } = await podman(['network', 'inspect', ...names]).nothrow()
  return networks.parse(JSON.parse(stdout))
}

/**
 * The lab's own network, created if it does not exist. Labs with other names have other networks.
 *
 * Each network has a name that was never used before: podman 4.3 counts the addresses of killed hosts as taken, by the name of
 * their network, even if that is removed.
 */
export const labNetwork = async (lab: string): Promise<LabNetwork> => {
  const known = await inspected()
  const ours = known.find(({ labels }) => labels?.[label] === lab)
  const subnet = ours?.subnets?.[0]?.subnet
  if (ours !== undefined && subnet !== undefined) return { name: ours.name, prefix: prefixOf(subnet) }
  const taken = new Set([
    ...known.flatMap(({ subnets = [] }) => subnets.map((its) => prefixOf(its.subnet))),
    ...Object.values(networkInterfaces()).flatMap((list = []) =>
      list.map(({ address }) => prefixOf(address)),
    ),
  ])
  const name = `${lab}-${randomBytes(3).toString('hex')}`
  for (let third = 1; third < 255; third += 1) {
    const prefix = `10.77.${third}`
    if (taken.has(prefix)) continue
    const words = ['--subnet', `${prefix}.0/24`, '--label', `${label}=${lab}`, name]
    const created = await podman(['network', 'create', ...words]).nothrow()
    if (created.exitCode === 0) return { name, prefix }
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
