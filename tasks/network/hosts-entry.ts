import { defineTask, driftUnlessEmpty, remotePath, words, z } from '../../engine/index.ts'

interface Entry {
  readonly address: string
  readonly names: readonly string[]
}

const parse = (line: string): Entry | undefined => {
  const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
  return address === undefined || address === '' || names.length === 0 ? undefined : { address, names }
}

/** The text of /etc/hosts in which these names mean this address, and no other. */
export const withEntry = (text: string, { address, names }: Entry): string => {
  const wanted = `${address} ${names.join(' ')}`
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .flatMap((line): string[] => {
      const entry = parse(line)
      if (entry === undefined || !entry.names.some((name) => names.includes(name))) return [line]
      const others = entry.names.filter((name) => !names.includes(name))
      const comment = /\s*#.*/.exec(line)?.[0] ?? ''
      return others.length === 0 ? [] : [`${entry.address} ${others.join(' ')}${comment}`]
    })
  return `${[...lines.filter((line, index) => line !== '' || index > 0 || lines.length > 1), wanted].join('\n')}\n`
}

const holds = (text: string, { address, names }: Entry): boolean => {
  const entries = text.split('\n').flatMap((line) => parse(line) ?? [])
  return names.every((name) => {
    const addresses = entries.filter((entry) => entry.names.includes(name)).map((entry) => entry.address)
    return addresses.length > 0 && addresses.every((one) => one === address)
  })
}

/** Let names mean an address on a host, by /etc/hosts. */
export const hostsEntry = defineTask({
  name: 'hosts-entry',
  description: 'Lets names mean an address on a host, by its /etc/hosts.',
  reads: '/etc/hosts',
  example: { address: '10.0.0.12', names: ['db1.example.com', 'db1'] },
  params: z.object({
    address: z
      .string()
      .regex(/^[\da-fA-F.:]+$/, 'an IP address is needed')
      .describe('the address'),
    names: words()
      .pipe(z.array(z.string().regex(/^[^\s#]+$/, 'a host name is needed')).min(1, 'a name is needed'))
      .describe('the names, the canonical one first'),
    file: remotePath().default('/etc/hosts'),
  }),
  title: ({ address, names }) => `${names.join(', ')} is ${address}`,

  async check({ remote }, { file, ...entry }) {
    const text = (await remote.read(file)) ?? ''
    return driftUnlessEmpty(
      holds(text, entry) ? [] : [{ what: file, from: text, to: withEntry(text, entry) }],
    )
  },

  async apply({ remote }, { file, ...entry }) {
    await remote.write(file, withEntry((await remote.read(file)) ?? '', entry))
  },
})
