import { networkInterfaces } from 'node:os'
import { z } from 'zod'
import { podman } from './machine.ts'
import { LabError } from './say.ts'

const networks = z.array(
  z.object({ name: z.string(), subnets: z.array(z.object({ subnet: z.string() })).optional() }),
)

const inspected = async (): Promise<z.output<typeof networks>> => {
  const names = (await podman(['network', 'ls', '--format', '{{.Name}}'])).lines()
  return names.length === 0
    ? []
    : networks.parse(JSON.parse((await podman(['network', 'inspect', ...names])).stdout))
}

/**
 * The first three numbers of the lab's own network, made when it is not there: `10.77.3`. Labs with other names have
 * other networks, and so never meet.
 */
export const labNetwork = async (name: string): Promise<string> => {
  const known = await inspected()
  const ours = known.find((network) => network.name === name)?.subnets?.[0]?.subnet
  if (ours !== undefined) return ours.split('.').slice(0, 3).join('.')
  const taken = new Set([
    ...known.flatMap(({ subnets = [] }) =>
      subnets.map(({ subnet }) => subnet.split('.').slice(0, 3).join('.')),
    ),
    ...Object.values(networkInterfaces()).flatMap((list = []) =>
      list.map(({ address }) => address.split('.').slice(0, 3).join('.')),
    ),
  ])
  for (let third = 1; third < 255; third += 1) {
    const prefix = `10.77.${third}`
    if (taken.has(prefix)) continue
    await podman(['network', 'create', '--subnet', `${prefix}.0/24`, name])
    return prefix
  }
  throw new LabError(
    'no free network in 10.77.0.0/16',
    'remove labs that are not needed: npm run lab -- down --name NAME',
  )
}
