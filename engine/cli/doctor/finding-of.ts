import { explain } from '../../error-codes.ts'
import { toCoxswainError } from '../../errors.ts'
import { placeText } from '../../inventory/place.ts'
import type { Finding } from './probe.ts'

/** Messages of ssh2 and ssh(1) that say more about a failed connection than its error code. */
const messages: readonly (readonly [RegExp, { readonly probe: string; readonly fix: string }])[] = [
  [
    /ENOTFOUND|EAI_AGAIN|EAI_NONAME|Could not resolve hostname/,
    { probe: 'name', fix: 'the name does not resolve: fix `address` in the inventory, or DNS' },
  ],
  [
    /ECONNREFUSED|Connection refused/,
    {
      probe: 'port',
      fix: 'the host is up, but sshd is not listening on this port: start sshd, or fix `port`',
    },
  ],
  [
    /EHOSTUNREACH|ENETUNREACH|No route to host|Network is unreachable/,
    { probe: 'network', fix: 'no route to the host: check routes, the VPN, and that the host is up' },
  ],
  [
    /[Tt]imed out|ETIMEDOUT/,
    { probe: 'network', fix: 'no answer: check that the host is up and that no firewall drops the port' },
  ],
]

/** The finding for an error of a connection. Pure. */
export const findingOf = (thrown: unknown, fallback = 'connection'): Finding => {
  const { code, message, hint, place } = toCoxswainError(thrown)
  const known =
    code === 'connect-failed' ? messages.find(([pattern]) => pattern.test(message))?.[1] : undefined
  return {
    probe: known?.probe ?? explain(code).step ?? fallback,
    what: place === undefined ? message : `${message} (${placeText(place)})`,
    fix: known?.fix ?? hint,
    code,
  }
}
