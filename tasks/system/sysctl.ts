import { defineTask, driftUnlessEmpty, remotePath, z } from '../../engine/index.ts'

/** A value as it is compared: the kernel prints tabs between the fields of a list, and takes any blanks. */
const fields = (text: string): string => text.trim().split(/\s+/).join(' ')

/** One `key = value` line of a sysctl.d file, or undefined. */
const savedValue = (text: string | undefined, key: string): string | undefined => {
  const lines = (text ?? '').split('\n').map((line) => /^\s*([^#;=\s]+)\s*=\s*(.*?)\s*$/.exec(line))
  // the last one wins, as in sysctl.d(5)
  return lines.findLast((match) => match?.[1] === key)?.[2]
}

const withValue = (text: string | undefined, key: string, value: string): string => {
  const others = (text ?? '').split('\n').filter((line) => line !== '' && savedValue(line, key) === undefined)
  return `${[...others, `${key} = ${value}`].join('\n')}\n`
}

/** Hold a kernel parameter at a value, now and after every boot. */
export const sysctl = defineTask({
  name: 'sysctl',
  description: 'Holds a kernel parameter at a value, now and after every boot.',
  reads: 'sysctl -n, and the file',
  example: { key: 'net.ipv4.ip_forward', value: 1 },
  params: z.object({
    key: z
      .string()
      .regex(/^[\w.][^\s=]*$/, 'the name of a parameter is needed, such as net.ipv4.ip_forward')
      .describe('dotted name, such as net.ipv4.ip_forward'),
    value: z.coerce
      .string()
      .regex(/^[^\n]*$/, 'a value is one line')
      .describe('the value to hold'),
    file: remotePath()
      .default('/etc/sysctl.d/90-coxswain.conf')
      .describe('where it is kept for the next boot'),
  }),
  title: ({ key, value }) => `${key} = ${value}`,

  async check({ remote }, { key, value, file }) {
    const [live, saved] = await Promise.all([remote.query`sysctl -n ${key}`.text(), remote.read(file)])
    const kept = savedValue(saved, key)
    return driftUnlessEmpty([
      ...(fields(live) === fields(value) ? [] : [{ what: key, from: live, to: value }]),
      ...(kept !== undefined && fields(kept) === fields(value)
        ? []
        : [{ what: `${key} in ${file}`, from: kept, to: value }]),
    ])
  },

  async apply({ remote }, { key, value, file }) {
    await remote.run`sysctl -w ${`${key}=${value}`}`
    await remote.makeDirectory(file.slice(0, file.lastIndexOf('/')) || '/')
    await remote.write(file, withValue(await remote.read(file), key, value))
  },
})
