import {
  defineTask,
  driftUnlessEmpty,
  flag,
  quote,
  remotePath,
  shellFile,
  words,
  z,
} from '../../engine/index.ts'
import { contentChanges, holds } from '../files/content/content.ts'
import { oneLine } from '../shared/one-line.ts'
import { attributeChanges } from '../files/content/attributes.ts'

const verify = shellFile(import.meta.url, 'logrotate-verify.sh')

const count = () => z.coerce.number<number | string>().int().nonnegative()
const size = () =>
  z.coerce
    .string<string | number>()
    .regex(/^\d+[kMG]?$/, 'must be bytes, or a number with k, M or G, such as 100M')
/** Commands of a section. A line `endscript` would end it. */
const section = () =>
  z.string().refine((text) => !/^\s*endscript\s*$/m.test(text), 'must not contain a line endscript')

const params = () =>
  z
    .object({
      name: z
        .string()
        .regex(/^[\w-]+$/, 'must have letters, digits, - and _ only')
        .describe('the name of the file in /etc/logrotate.d'),
      paths: z
        .union([remotePath().transform((path) => [path]), z.array(remotePath()).min(1)])
        .optional()
        .describe('the logs: a path or a list, with * and ? as in a shell'),
      frequency: z
        .enum(['hourly', 'daily', 'weekly', 'monthly', 'yearly'])
        .optional()
        .describe('how often; by default as /etc/logrotate.conf says'),
      rotate: count().optional().describe('how many old logs are kept'),
      size: size()
        .optional()
        .describe(
          'rotate only when a log is larger, however often; the unit is a byte, or k, M or G after the number, such as 100M',
        ),
      minSize: size()
        .optional()
        .describe('rotate at its time, but only when a log is larger; with the units of size'),
      maxSize: size()
        .optional()
        .describe('rotate at its time, or before it when a log is larger; with the units of size'),
      maxDays: count().optional().describe('remove old logs after this many days'),
      compress: flag().optional().describe('compress old logs'),
      delayCompress: flag().optional().describe('leave the newest of the old logs uncompressed'),
      copyTruncate: flag()
        .optional()
        .describe('copy the log and empty it, for a program that cannot open it again'),
      dateExt: flag().optional().describe('name old logs by date instead of a number'),
      missingOk: flag().optional().describe('a log that does not exist is not an error'),
      ifEmpty: flag().optional().describe('whether empty logs are rotated'),
      sharedScripts: flag().optional().describe('run the commands once for all logs of the entry'),
      create: oneLine('create')
        .optional()
        .describe("mode, owner and group of the new log, such as '0640 www-data adm'"),
      su: oneLine('su')
        .optional()
        .describe('user and group that rotate, for a folder of a user who is not root, such as app app'),
      preRotate: section().optional().describe('shell commands before the rotation'),
      postRotate: section().optional().describe('shell commands after it, such as systemctl reload nginx'),
      options: words().default([]).describe('other lines of the entry, as a list, such as olddir /srv/old'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the file'),
    })
    .refine(({ paths, state }) => paths !== undefined || state === 'absent', {
      message: 'paths are required',
      path: ['paths'],
    })
type Params = z.output<ReturnType<typeof params>>

/** A path for an entry: quoted where it has characters that would end it. */
const pathWord = (path: string): string =>
  /[\s"'{}#]/.test(path) ? `"${path.replaceAll(/["\\]/g, String.raw`\$&`)}"` : path

const sections = (name: string, text: string | undefined): string[] =>
  text === undefined ? [] : [`  ${name}`, text.replace(/\n+$/, ''), '  endscript']

const choice = (given: boolean | undefined, yes: string, no: string): string[] =>
  given === undefined ? [] : [given ? yes : no]

const valued = (word: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [`${word} ${value}`]

/** The text of an entry. */
export const entryText = (given: Params): string => {
  const lines = [
    ...(given.frequency === undefined ? [] : [given.frequency]),
    ...valued('rotate', given.rotate),
    ...valued('size', given.size),
    ...valued('minsize', given.minSize),
    ...valued('maxsize', given.maxSize),
    ...valued('maxage', given.maxDays),
    ...choice(given.compress, 'compress', 'nocompress'),
    ...choice(given.delayCompress, 'delaycompress', 'nodelaycompress'),
    ...choice(given.copyTruncate, 'copytruncate', 'nocopytruncate'),
    ...choice(given.dateExt, 'dateext', 'nodateext'),
    ...choice(given.missingOk, 'missingok', 'nomissingok'),
    ...choice(given.ifEmpty, 'ifempty', 'notifempty'),
    ...choice(given.sharedScripts, 'sharedscripts', 'nosharedscripts'),
    ...valued('create', given.create),
    ...valued('su', given.su),
    ...given.options,
  ].map((line) => `  ${line}`)
  // the commands are not indented: they can contain text whose blanks count
  const commands = [...sections('prerotate', given.preRotate), ...sections('postrotate', given.postRotate)]
  return `${[`${(given.paths ?? []).map(pathWord).join('\n')} {`, ...lines, ...commands, '}'].join('\n')}\n`
}

/** logrotate ignores a file that others than root can write, so its owner and mode are part of the entry. */
const attributes = { owner: 'root', group: 'root', mode: '0644' } as const

/** Writes an entry of logrotate, or removes it. */
export const logrotate = defineTask({
  name: 'logrotate',
  description:
    'Writes an entry of logrotate to /etc/logrotate.d, or removes it. Where logrotate is installed, it verifies the entry together with the other ones first.',
  reads: 'the file in /etc/logrotate.d',
  example: {
    name: 'app',
    paths: '/var/log/app/*.log',
    frequency: 'daily',
    rotate: 14,
    compress: true,
    missingOk: true,
  },
  params,
  title: ({ name, state }) => `${state === 'absent' ? 'no ' : ''}logrotate ${name}`,
  writes: ({ name, state }) => (state === 'absent' ? [] : [{ path: `/etc/logrotate.d/${name}`, as: 'file' }]),

  async check({ remote }, given) {
    const path = `/etc/logrotate.d/${given.name}`
    if (given.state === 'absent')
      return driftUnlessEmpty(
        (await remote.exists(path)) ? [{ what: path, from: 'present', to: undefined }] : [],
      )
    const [changes, stat] = await Promise.all([
      contentChanges(remote, path, entryText(given)),
      remote.stat(path, { follow: true }),
    ])
    return driftUnlessEmpty([
      ...changes,
      ...(stat === undefined ? [] : attributeChanges(path, stat, attributes)),
    ])
  },

  async apply({ remote }, given) {
    const { name, state } = given
    const path = `/etc/logrotate.d/${name}`
    if (state === 'absent') return remote.remove(path)
    const text = entryText(given)
    if (await holds(remote, path, text)) return remote.setAttributes(path, attributes)
    await remote.makeDirectory('/etc/logrotate.d')
    const validate = `set -- %s ${quote(name)}\n${verify.text}`
    await remote.write(path, text, { ...attributes, validate })
  },
})
