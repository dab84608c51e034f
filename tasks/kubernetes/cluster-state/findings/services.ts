/** What is wrong with a service of a host. Pure. */
import { finding } from '../../../shared/finding.ts'
import type { Finding } from '../../../shared/finding.ts'

/**
 * A finding for a service that does not run.
 *
 * @param state such as `active`; undefined if it is not known.
 */
export const serviceFinding = (host: string, service: string, state: string | undefined): Finding[] => {
  if (state === 'active') return []
  return state === undefined
    ? [finding(host, 'not known', `whether ${service} runs`, `run on ${host}: systemctl status ${service}`)]
    : [finding(host, 'fault', `${service} is ${state}`, `run on ${host}: journalctl -u ${service}`)]
}
