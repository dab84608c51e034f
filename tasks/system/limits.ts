import { defineTask, driftUnlessEmpty, unknown, z } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { readText, writeText } from '../shared/file-text.ts'
import { appendLines, linesOf, mapLines } from '../shared/lines.ts'
import { countsElsewhere, filesAfter, isRead, otherFiles } from './drop-ins/later-files.ts'
import type { FoundFile, Places } from './drop-ins/later-files.ts'

/** The resources that pam_limits(8) can limit. */
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
  readonly type: 'soft' | 'hard' | '-'
  readonly item: string
}

/** A line of limits.conf(5): domain, type and item in lower case, as pam_limits compares them, and the value. */
interface Line extends Limit {
  readonly value: string
}

const parsed = (line: string): Line | undefined => {
  const [domain = '', type = '', item = '', value] = line.replace(/#.*/s, '').trim().split(/\s+/)
  const kind = (['soft', 'hard', '-'] as const).find((one) => one === type.toLowerCase())
  return kind === undefined || value === undefined
    ? undefined
    : { domain, type: kind, item: item.toLowerCase(), value }
}

/** The types that a line sets. */
const kindsOf = (type: Limit['type']): readonly ('soft' | 'hard')[] =>
  type === '-' ? ['soft', 'hard'] : [type]

/** The lines of a text that set one of the types for the same domain and item. */
const about = (lines: readonly string[], { domain, type, item }: Limit): readonly (Line | undefined)[] =>
  lines.map((text) => {
    const line = parsed(text)
    if (line === undefined || line.domain !== domain || line.item !== item) return undefined
    return kindsOf(line.type).some((kind) => kindsOf(type).includes(kind)) ? line : undefined
  })

/** The index of the effective line for a type: the last one. */
const lastOf = (lines: readonly (Line | undefined)[], kind: 'soft' | 'hard'): number =>
  lines.findLastIndex((line) => line !== undefined && kindsOf(line.type).includes(kind))

/** Whether two values are equal. Case is ignored, and there are three ways to write unlimited. */
const isSame = (found: string | undefined, wanted: string | undefined, item: string): boolean => {
  const named = (text: string): string =>
    item !== 'nice' && item !== 'priority' && /^(?:-1|infinity)$/i.test(text)
      ? 'unlimited'
      : text.toLowerCase()
  return found === undefined || wanted === undefined ? found === wanted : named(found) === named(wanted)
}

/** The value of a limit in a text, or both values if soft and hard differ. */
export const limitIn = (text: string | undefined, limit: Limit): string | undefined => {
  const lines = about(linesOf(text), limit)
  const values = kindsOf(limit.type).map((kind) => lines[lastOf(lines, kind)]?.value)
  const [first] = values
  if (values.every((value) => isSame(value, first, limit.item))) return first
  return kindsOf(limit.type)
    .map((kind, index) => `${kind} ${values[index] ?? 'none'}`)
    .join(', ')
}

const withWord = (line: string, at: 1 | 3, word: string): string =>
  line.replace(/^(\s*)(\S+)(\s+)(\S+)(\s+)(\S+)(\s+)([^\s#]+)/, (...parts: string[]) => {
    const words = parts.slice(1, 9)
    return words.with(at * 2 + 1, word).join('')
  })

/** The text with the limit set to a value, or without it. If several lines set it, the last one counts. */
export const withLimit = (text: string, limit: Limit, value: string | undefined): string => {
  const { domain, type, item } = limit
  const lines = about(linesOf(text), limit)
  const kinds = kindsOf(type)
  if (value === undefined)
    return mapLines(text, (line, index) => {
      const its = lines[index]
      if (its === undefined) return [line]
      // a line for both types keeps the other type
      return its.type === '-' && type !== '-' ? [withWord(line, 1, type === 'soft' ? 'hard' : 'soft')] : []
    })
  const counting = kinds.map((kind) => lastOf(lines, kind))
  const wrong = counting.filter((at) => !isSame(lines[at]?.value, value, item))
  if (wrong.length === 0) return text
  // a line that also sets the other type stays, and a new line is added after it
  if (wrong.some((at) => at < 0 || (lines[at]?.type === '-' && type !== '-')))
    return appendLines(text, [`${domain} ${type} ${item} ${value}`])
  return mapLines(text, (line, index) => [wrong.includes(index) ? withWord(line, 3, value) : line])
}

/** The files that pam_limits(8) reads. */
const places: Places = { first: '/etc/security/limits.conf', folders: ['/etc/security/limits.d'] }

/** @throws `task-failed` if a file that is read later sets another value for the same limit. */
const mustCount = (files: readonly FoundFile[], limit: Limit, value: string, own: string): void => {
  const lines = filesAfter(places, own, files).flatMap(({ path, lines: some }) =>
    about(some, limit).flatMap((line) => (line === undefined ? [] : [{ ...line, path }])),
  )
  for (const kind of kindsOf(limit.type)) {
    const winner = lines.findLast(({ type }) => kindsOf(type).includes(kind))
    if (winner !== undefined && !isSame(winner.value, value, limit.item))
      throw countsElsewhere(`${limit.domain} ${winner.type} ${limit.item} ${winner.value}`, own, winner.path)
  }
}

/** Sets a resource limit for the sessions of users, or removes it. */
export const limits = defineTask({
  name: 'limits',
  description: 'Sets a resource limit for a user or group, effective from the next login, or removes it.',
  reads: 'the file in /etc/security/limits.d, and the files that are read after it',
  example: { domain: 'www-data', item: 'nofile', value: 65536 },
  params: () =>
    z
      .object({
        domain: z
          .string()
          .regex(/^[^\s#]+$/, 'must be a user, @group, * or %')
          .describe('a user, a @group, or * for all users'),
        type: z.enum(['soft', 'hard', '-']).default('-').describe('the type of limit; - for both'),
        item: z.enum(items).describe('the limited resource'),
        value: z
          .union([
            z.number().int(),
            z
              .string()
              .regex(/^-?\d{1,15}$/, 'must be a number or unlimited')
              .transform(Number),
            z.enum(['unlimited', 'infinity']),
          ])
          .optional()
          .describe('the limit: a number, or unlimited'),
        file: remoteFile().default('/etc/security/limits.d/90-coxswain.conf').describe('the file to write'),
        state: z
          .enum(['present', 'absent'])
          .default('present')
          .describe('absent removes the limit from the file'),
      })
      .refine(({ value, state }) => state === 'absent' || value !== undefined, {
        message: 'value is required',
        path: ['value'],
      }),
  title: ({ domain, type, item, value, state }) =>
    state === 'absent' ? `no limit ${item} of ${domain}` : `limit ${domain} ${type} ${item} ${value}`,

  async check(ctx, { file, value, state, ...limit }) {
    const { remote } = ctx
    const [text, folder, others] = await Promise.all([
      readText(remote, file),
      remote.exists(file.replace(/\/[^/]*$/, '/')),
      isRead(places, file) ? otherFiles(ctx, places, file, limit.domain) : [],
    ])
    if (!folder && state === 'present')
      return unknown(
        `the folder of ${file} does not exist yet: the PAM package creates /etc/security/limits.d`,
      )
    if (state === 'present') mustCount(others, limit, String(value), file)
    const found = limitIn(text, limit)
    const wanted = state === 'absent' ? undefined : String(value)
    const what = `${limit.domain} ${limit.type} ${limit.item} in ${file}`
    return driftUnlessEmpty(isSame(found, wanted, limit.item) ? [] : [{ what, from: found, to: wanted }])
  },

  async apply({ remote }, { file, value, state, ...limit }) {
    const text = (await readText(remote, file)) ?? ''
    await writeText(remote, file, withLimit(text, limit, state === 'absent' ? undefined : String(value)))
  },
})
