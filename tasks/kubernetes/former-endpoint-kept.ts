import { CoxswainError, defineTask, ok, z } from '../../engine/index.ts'
import { isSameValue } from '../network/addresses/same-value.ts'
import { keepalivedConfig } from '../network/load-balancers/keepalived.ts'
import { hostMoveParams, readMove } from './endpoint/move.ts'
import type { Move } from './endpoint/move.ts'
import { viaOf } from './nodes/node.ts'
import { hostOf, portOf } from './kubeadm/settings.ts'
import type { CheckContext } from '../../engine/index.ts'

const haproxyConfig = '/etc/haproxy/haproxy.cfg'

/** Whether a configuration serves something, and Coxswain has not written it: it is not read any further. */
const isForeign = (text: string | undefined, serves: RegExp): boolean =>
  text !== undefined && !text.startsWith('# written by coxswain ') && serves.test(text)

/** The ports on which a configuration of haproxy listens. */
const portsIn = (text: string): string[] =>
  [...text.matchAll(/^[ \t]*bind[ \t]+\S*:(\d+)(?:[ \t]|$)/gm)].map(([, port = '']) => port)

/** The addresses that a configuration of keepalived has moved between hosts. */
const addressesIn = (text: string): string[] =>
  [...text.matchAll(/virtual_ipaddress \{\s*([^\s/}]+)/g)].map(([, address = '']) => address)

/** What a load balancer would lose of the former endpoints. Pure. */
export const lostParts = (
  { from, to }: Move,
  {
    haproxy,
    keepalived,
    virtualIp,
  }: { readonly haproxy: string; readonly keepalived: string; readonly virtualIp: string | undefined },
): string[] => {
  const [ports, addresses] = [portsIn(haproxy), addressesIn(keepalived)]
  return [
    ...new Set(
      from.flatMap((one) => [
        ...(portOf(one) !== portOf(to) && ports.includes(portOf(one)) ? [`port ${portOf(one)}`] : []),
        // without a virtual IP, what an earlier run has set up stays
        ...(virtualIp !== undefined &&
        !isSameValue(virtualIp, hostOf(one)) &&
        addresses.some((address) => isSameValue(address, hostOf(one)))
          ? [`the address ${hostOf(one)}`]
          : []),
      ]),
    ),
  ]
}

/** Fails if a load balancer that is set up for another endpoint would not serve the former one any more. */
export const formerEndpointKept = defineTask({
  name: 'former-endpoint-kept',
  description:
    'Fails if the load balancer on a host would lose the port or the virtual IP of the former endpoint when it is set up for another one, or has a configuration that Coxswain has not written.',
  reads:
    'the configurations of haproxy and keepalived on the host, and the move as a control-plane node knows it',
  example: { to: 'api.example.org:6443', masters: [{ name: 'm1', address: '10.0.0.11' }], via: 'masters[0]' },
  params: () =>
    z.object({
      ...hostMoveParams(),
      virtualIp: z.string().optional().describe('the virtual IP that the load balancer gets'),
    }),
  title: () => 'the former endpoint goes on',

  async check(ctx, given) {
    const on = await viaOf<CheckContext>(ctx, given.via)
    const [move, haproxy, keepalived] = await Promise.all([
      readMove(on, given),
      ctx.remote.read(haproxyConfig),
      ctx.remote.read(keepalivedConfig),
    ])
    if (move.from.length === 0) return ok()
    const refused = (message: string, more = ''): CoxswainError =>
      new CoxswainError('task-failed', message, {
        hint: `have ${move.to} on other hosts: put these into the group loadbalancers instead of ${ctx.host.name}, whose configuration stays then${more}; nothing was changed on it`,
      })
    const foreign = [
      ...(isForeign(haproxy, /^\s*(?:frontend|listen)\b/m) ? [haproxyConfig] : []),
      // without a virtual IP, what is there stays
      ...(given.virtualIp !== undefined && isForeign(keepalived, /virtual_ipaddress/)
        ? [keepalivedConfig]
        : []),
    ]
    if (foreign.length > 0)
      throw refused(
        `${foreign.join(' and ')} of ${ctx.host.name} would be replaced, and Coxswain has not written it: the former endpoint ${move.from.join(', ')} could go with it`,
        '; or move away what nothing uses',
      )
    const lost = lostParts(move, {
      haproxy: haproxy ?? '',
      keepalived: keepalived ?? '',
      virtualIp: given.virtualIp,
    })
    if (lost.length === 0) return ok()
    throw refused(
      `the load balancer on ${ctx.host.name} would lose ${lost.join(' and ')} of the former endpoint ${move.from.join(', ')}, which must go on until nothing uses it`,
    )
  },
})
