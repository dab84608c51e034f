import { defineTask, ok, z } from '../../engine/index.ts'
import { wordsIn } from './reading/values.ts'

/** How a host resolves names. */
export interface DnsServers {
  /** Their addresses, in the order in which they are asked. */
  readonly servers: readonly string[]
  /** Domains in which short names are looked for. */
  readonly search: readonly string[]
  /** For example `timeout:2`. */
  readonly options: readonly string[]
}

/** Parses resolv.conf(5). */
export const parseDnsServers = (text: string): DnsServers => {
  const servers: string[] = []
  const options: string[] = []
  let search: readonly string[] = []
  for (const line of text.split('\n')) {
    const [name, ...values] = wordsIn(line)
    if (name === 'nameserver') servers.push(...values.slice(0, 1))
    else if (name === 'options') for (const value of values) options.push(value)
    // the last of these lines counts
    else if (name === 'search' || name === 'domain') search = values
  }
  return { servers, search, options }
}

/** Reads which name servers a host asks. */
export const dnsServers = defineTask({
  name: 'dns-servers',
  description: 'Reads which name servers a host asks, and in which domains it looks for short names.',
  reads: '/etc/resolv.conf',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return ok(parseDnsServers((await remote.read('/etc/resolv.conf')) ?? ''))
  },
})
