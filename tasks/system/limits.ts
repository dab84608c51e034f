import { defineTask, driftUnlessEmpty, remotePath, unknown, z } from '../../engine/index.ts'
import { readText, writeText } from '../file-text.ts'
import { appendLines, linesOf, mapLines } from '../lines.ts'

/** What pam_limits(8) can limit. */
const items = [
  'core',
  'data',
  'fsize',
  'memlock',
  'nofile',
  'rss',
  'stack',
  'cpu',
  'nproc',
  'as',
  'maxlogins',
  'maxsyslogins',
  'priority',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
] as const

interface Limit {
  readonly domain: string
  readonly type: string
  readonly item: string
}

/** The fields of a line of limits.conf(5), when it is about the same. */
const valueIn = (line: string, { domain, type, item }: Limit): string | undefined => {
  const [who, kind, what, value] = line.replace(/#.*/, '').trim().split(/\s+/)
  return who === domain && kind === type && what === item ? value : undefined
}

/** The text with the limit at a value, or without it; where it is given more than once, the last line counts. */
export const withLimit = (text: string, limit: Limit, value: string | undefined): string => {
  const lines = linesOf(text)
  const isIt = (line: string): boolean => valueIn(line, limit) !== undefined
  const last = lines.findLastIndex(isIt)
  if (value === undefined) return mapLines(text, (line) => (isIt(line) ? [] : [line]))
  if (last < 0) return appendLines(text, [`${limit.domain} ${limit.type} ${limit.item} ${value}`])
  return mapLines(text, (line, index) => [
    index === last ? line.replace(/^(\s*(?:\S+\s+){3})[^\s#]+/, (_, before: string) => before + value) : line,
  ])
}

/** Hold a limit for the sessions of users. */
export const limits = defineTask({
  name: 'limits',
  description: 'Holds a limit of resources for the sessions of a user or group, from their next login on.',
  reads: 'the file in /etc/security/limits.d',
  example: { domain: 'www-data', item: 'nofile', value: 65536 },
  params: z
    .object({
      domain: z
        .string()
        .regex(/^[^\s#]+$/, 'a user, @group, * or % is needed')
        .describe('a user, @group, * for all'),
      type: z.enum(['soft', 'hard', '-']).default('-').describe('which limit; - for both'),
      item: z.enum(items).describe('what is limited'),
      value: z
        .union([z.coerce.number().int(), z.enum(['unlimited', 'infinity'])])
        .optional()
        .describe('the limit: a number, or unlimited'),
      file: remotePath().default('/etc/security/limits.d/90-coxswain.conf').describe('where it is kept'),
      state: z.enum(['present', 'absent']).default('present'),
    })
    .refine(({ value, state }) => state === 'absent' || value !== undefined, {
      message: 'a value is needed',
      path: ['value'],
    }),
  title: ({ domain, type, item, value, state }) =>
    state === 'absent' ? `no limit ${item} of ${domain}` : `limit ${domain} ${type} ${item} ${value}`,

  async check({ remote }, { file, value, state, ...limit }) {
    const [text, folder] = await Promise.all([
      readText(remote, file),
      remote.exists(file.replace(/\/[^/]*$/, '/')),
    ])
    if (!folder && state === 'present')
      return unknown(`there is no folder for ${file} yet: PAM's package brings /etc/security/limits.d`)
    const found = linesOf(text).flatMap((line) => valueIn(line, limit) ?? [])
    const wanted = state === 'absent' ? undefined : String(value)
    const what = `${limit.domain} ${limit.type} ${limit.item} in ${file}`
    return driftUnlessEmpty(found.at(-1) === wanted ? [] : [{ what, from: found.at(-1), to: wanted }])
  },

  async apply({ remote }, { file, value, state, ...limit }) {
    const text = (await readText(remote, file)) ?? ''
    await writeText(remote, file, withLimit(text, limit, state === 'absent' ? undefined : String(value)))
  },
})
