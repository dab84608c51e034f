import { defineTask, driftUnlessEmpty, z } from '../../engine/index.ts'
import { readText, writeText } from '../shared/file-text.ts'
import { appendLines, linesOf, spliceLines } from '../shared/lines.ts'

/** hostname(7): labels of letters, digits and dashes; the kernel keeps 64 bytes. */
const label = '[A-Za-z\\d](?:[A-Za-z\\d-]{0,61}[A-Za-z\\d])?'
const valid = new RegExp(`^${label}(?:\\.${label})*$`)

/** hostname(5): empty lines and comments are ignored. */
const isName = (line: string): boolean => !/^\s*(?:#|$)/.test(line)

/** The text of /etc/hostname with another name; comments stay. */
export const withName = (text: string, name: string): string => {
  const at = linesOf(text).findIndex(isName)
  return at < 0 ? appendLines(text, [name]) : spliceLines(text, at, 1, [name])
}

/** Sets the host name, now and at boot. */
export const hostname = defineTask({
  name: 'hostname',
  description: 'Sets the host name, now and at boot.',
  reads: 'uname -n, /etc/hostname',
  example: { name: 'web1' },
  params: () =>
    z.object({
      name: z
        .string()
        .max(64, 'must have at most 64 characters')
        .regex(valid, 'must be a host name: letters, digits, dashes, and dots between its parts')
        .describe('the host name'),
    }),
  title: ({ name }) => `host name ${name}`,

  async check({ remote }, { name }) {
    const [live, text] = await Promise.all([remote.query`uname -n`.text(), readText(remote, '/etc/hostname')])
    const kept = linesOf(text)
      .find((line) => isName(line))
      ?.trim()
    return driftUnlessEmpty([
      ...(live === name ? [] : [{ what: 'host name', from: live, to: name }]),
      ...(kept === name ? [] : [{ what: '/etc/hostname', from: kept, to: name }]),
    ])
  },

  async apply({ remote }, { name }) {
    const file = '/etc/hostname'
    await writeText(remote, file, withName((await readText(remote, file)) ?? '', name))
    // hostnamectl would replace /etc/hostname itself, which it cannot in a container; small systems lack hostname(1)
    await remote.run({
      label: `hostname ${name}`,
    })`if command -v hostname >/dev/null; then hostname ${name}; else hostnamectl --transient set-hostname ${name}; fi`
  },
})
