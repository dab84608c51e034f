/** Whether hosts reach the new addresses of control-plane nodes, before the first of them changes. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { rowsIn } from '../../facts/reading/values.ts'
import { hostInUrl } from '../../network/addresses/addresses.ts'
import { finding } from '../../shared/finding.ts'
import type { Finding } from '../../shared/finding.ts'
import { changesAddress } from './faults.ts'
import type { Change } from './faults.ts'

const reachMany = shellFile(import.meta.url, 'reach-many.sh')

/** A host of the inventory, which can be the one that asks. */
export const contextOf = async (ctx: CheckContext, name: string): Promise<CheckContext> =>
  name === ctx.host.name ? ctx : ctx.on(name)

/** Addresses that a host does not reach. */
const unreached = async (
  ctx: CheckContext,
  host: string,
  addresses: readonly string[],
): Promise<Finding[]> => {
  if (addresses.length === 0) return []
  const on = await contextOf(ctx, host)
  const query = on.remote.query({
    timeout: 10 + 5 * addresses.length,
    label: `reach ${addresses.join(', ')}`,
  })
  const text = await query`${shellProgram(reachMany, ...addresses.map(hostInUrl))}`.text()
  return rowsIn(text.replaceAll(' ', '\t')).flatMap(([address = '', answer = '', ...more]) =>
    answer === 'open' || answer === 'closed'
      ? []
      : [
          finding(
            host,
            'fault',
            `it does not reach ${address} (${[answer, ...more].join(' ')})`,
            'while one master after the other changes, hosts with former and with new addresses must reach each other: give them a route, or both addresses until the last one has changed',
          ),
        ],
  )
}

/** Whether every host reaches the new addresses, and each that changes the present ones of the others. */
export const reachFaults = async (
  ctx: CheckContext,
  all: readonly Change[],
  changes: readonly Change[],
  peers: readonly string[],
): Promise<Finding[]> => {
  const moving = changes.filter((change) => changesAddress(change) && change.stage !== 'joining')
  if (moving.length === 0) return []
  const hosts = [...new Set([...all.map(({ to }) => to.name), ...peers])]
  const found = await Promise.all(
    hosts.map((host) => {
      const others = moving.filter(({ to }) => to.name !== host).map(({ to }) => to.address)
      const isMoving = moving.some(({ to }) => to.name === host)
      const present = isMoving ? all.filter(({ to }) => to.name !== host).map(({ from }) => from.peer) : []
      return unreached(ctx, host, [...new Set([...others, ...present])])
    }),
  )
  return found.flat()
}
