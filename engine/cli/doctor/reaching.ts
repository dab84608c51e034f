import { explain } from '../../error-codes.ts'
import { toCoxswainError } from '../../errors.ts'
import type { Finding } from './probe.ts'

/** What a failure to connect says in its message, where the code alone says too little: ssh2's words, and those of ssh(1). */
const words: readonly (readonly [RegExp, { readonly probe: string; readonly fix: string }])[] = [
  [
    /ENOTFOUND|EAI_AGAIN|EAI_NONAME|Could not resolve hostname/,
    { probe: 'name', fix: 'no name server knows it: correct `address` in the inventory, or the DNS' },
  ],
  [
    /ECONNREFUSED|Connection refused/,
    { probe: 'port', fix: 'the host is up, but no sshd listens there: start it, or correct `port`' },
  ],
  [
    /EHOSTUNREACH|ENETUNREACH|No route to host|Network is unreachable/,
    { probe: 'network', fix: 'there is no way to it: see the routes, a VPN, whether the host is up' },
  ],
  [
    /[Tt]imed out|ETIMEDOUT/,
    { probe: 'network', fix: 'no answer: is the host up, does a firewall drop the port?' },
  ],
]

/** What an error tells of the way to a host. Pure. */
export const findingOf = (thrown: unknown, fallback = 'connection'): Finding => {
  const { code, message, hint } = toCoxswainError(thrown)
  const known = code === 'connect-failed' ? words.find(([pattern]) => pattern.test(message))?.[1] : undefined
  return {
    probe: known?.probe ?? explain(code).step ?? fallback,
    what: message,
    fix: known?.fix ?? hint,
    code,
  }
}
