import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'

const namesFile = shellFile(import.meta.url, 'host-names.sh')

/** The names of a host. */
export interface HostNames {
  /** As the kernel has it. */
  readonly name: string
  /** Up to the first dot. */
  readonly short: string
  /** With the domain, as far as the host can find it out; otherwise its name. */
  readonly full: string
  /** Empty if there is none. */
  readonly domain: string
}

/** Parses what host-names.sh prints. */
export const parseHostNames = (text: string): HostNames => {
  const [name = '', found = ''] = text.split('\n').map((line) => line.trim())
  // a host without an entry of its own in /etc/hosts is often named localhost there
  const full = found === '' || found.startsWith('localhost') ? name : found
  const dot = full.indexOf('.')
  return { name, short: name.split('.')[0] ?? '', full, domain: dot < 0 ? '' : full.slice(dot + 1) }
}

/** Reads the names of a host. */
export const hostNames = defineTask({
  name: 'host-names',
  description: 'Reads the name of a host, its full name and its domain.',
  reads: 'uname and hostname -f',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return ok(
      parseHostNames(
        await remote.query({ label: 'read the names of the host' })`${shellProgram(namesFile)}`.text(),
      ),
    )
  },
})
