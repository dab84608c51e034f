/** Lists what is below a folder of a host, by name, kind, size and age: shared by the tasks find and prune. */
import { CoxswainError, flag, remotePath, shellFile, words, z } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'

const describe = shellFile(import.meta.url, 'describe-found.sh')

const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const
const sizes = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const

const counted = (factors: Readonly<Record<string, number>>, what: string, title: string) =>
  z
    .union([
      z.number().nonnegative(),
      z
        .string()
        .regex(new RegExp(`^\\d+[${Object.keys(factors).join('')}]?$`), `must be ${what}`)
        .transform((text) => Number.parseInt(text, 10) * (factors[text.replace(/\d+/, '')] ?? 1)),
    ])
    .meta({ title })

const age = () => counted(units, 'seconds, or a number with s, m, h, d or w, such as 30d', 'age')
const size = () => counted(sizes, 'bytes, or a number with k, m or g, such as 10m', 'size')

/** Parameters of both tasks. */
export const findParams = {
  path: remotePath().describe('the folder'),
  type: z
    .enum(['file', 'directory', 'link', 'all'])
    .default('file')
    .describe('what to look for; all includes pipes, sockets and devices'),
  patterns: words()
    .default([])
    .describe('patterns of names as in a shell, such as *.log; by default all names'),
  exclude: words().default([]).describe('patterns of names to leave out'),
  olderThan: age()
    .optional()
    .describe('changed longer ago than this: seconds, or a number with s, m, h, d or w, such as 30d'),
  newerThan: age().optional().describe('changed within this time; written as olderThan'),
  minSize: size()
    .optional()
    .describe('at least this size; the unit is a byte, or k, m or g after the number, such as 10m'),
  maxSize: size().optional().describe('at most this size, with the units of minSize'),
  contains: z
    .string()
    .min(1)
    // find(1) replaces it in every word of -exec, also inside the expression
    .refine((text) => !text.includes('{}'), 'must not contain {}: write [{]} for these two characters')
    .optional()
    .describe(
      'only files with a line that matches this extended regular expression, as of grep -E; that starts a process for each file, so narrow the search with patterns',
    ),
  recurse: flag().default(false).describe('also look in the folders below'),
  depth: z.coerce
    .number<number | string>()
    .int()
    .min(1)
    .optional()
    .describe('with recurse, how many levels: 1 is the folder alone'),
  hidden: flag().default(false).describe('also names that begin with a dot, and what is in such folders'),
}

/** Those parameters, parsed. */
export interface Finding {
  readonly path: string
  readonly type: 'file' | 'directory' | 'link' | 'all'
  readonly patterns: readonly string[]
  readonly exclude: readonly string[]
  readonly olderThan?: number | undefined
  readonly newerThan?: number | undefined
  readonly minSize?: number | undefined
  readonly maxSize?: number | undefined
  readonly contains?: string | undefined
  readonly recurse: boolean
  readonly depth?: number | undefined
  readonly hidden: boolean
}

/** How the folder is read, for tasks that do not have the parameters of {@link findParams}. */
export interface Reading {
  /** Follow a link to the folder even if other users control it. */
  readonly follow?: boolean | undefined
  /** The way out if there is too much in the folder. */
  readonly tooMany?: string
}

/** What was found. */
export interface Found {
  /** Its path. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'link' | 'other'
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Four octal digits, such as `0644`. */
  readonly mode: string
  readonly owner: string
  readonly group: string
  /** The number of the owner. */
  readonly uid: number
  /** The number of the group. */
  readonly gid: number
}

const letters = { file: 'f', directory: 'd', link: 'l' } as const

const named = (patterns: readonly string[]): string[] => [
  '(',
  ...patterns.flatMap((pattern, at) => [...(at === 0 ? [] : ['-o']), '-name', pattern]),
  ')',
]

/** The conditions of find(1). Size and age are compared here: its units differ between systems. */
const conditions = ({ type, patterns, exclude, contains, recurse, depth, hidden }: Finding): string[] => {
  const levels = recurse ? depth : 1
  return [
    '-mindepth',
    '1',
    ...(levels === undefined ? [] : ['-maxdepth', String(levels)]),
    ...(hidden ? [] : ['-name', '.*', '-prune', '-o']),
    ...(type === 'all' ? [] : ['-type', letters[type]]),
    ...(patterns.length === 0 ? [] : named(patterns)),
    ...(exclude.length === 0 ? [] : ['!', ...named(exclude)]),
    ...(contains === undefined ? [] : ['-type', 'f', '-exec', 'grep', '-qE', '-e', contains, '{}', ';']),
  ]
}

const kindOf = (word: string): Found['type'] => {
  if (word.startsWith('regular')) return 'file'
  if (word === 'directory') return 'directory'
  return word === 'symbolic link' ? 'link' : 'other'
}

const line = /^(\d+) (-?\d+) ([0-7]+) (\d+) (\d+) (\S+) (\S+) (.+)$/

/**
 * Parses the output: for each batch of paths lines with attributes, an empty line, and the paths.
 *
 * @param folder the path of the folder; the paths are relative to it.
 * @throws `read-failed` if the output is not complete.
 */
export const parseFound = (text: string, folder: string): Found[] => {
  const found: Found[] = []
  let at = 0
  while (at < text.length) {
    const end = text.startsWith('\n', at) ? at : text.indexOf('\n\n', at)
    if (end < 0) throw new CoxswainError('read-failed', `the list of ${folder} is not complete`)
    const lines = end === at ? [] : text.slice(at, end).split('\n')
    at = end + (end === at ? 1 : 2)
    for (const attributes of lines) {
      const [, bytes, mtime, mode = '', uid, gid, owner = '', group = '', kind = ''] =
        line.exec(attributes) ?? []
      const stop = text.indexOf('\0', at)
      if (bytes === undefined || stop < 0)
        throw new CoxswainError('read-failed', `the list of ${folder} is not complete`)
      const path = `${folder === '/' ? '' : folder}${text.slice(at + 1, stop)}`
      found.push({
        path,
        type: kindOf(kind),
        size: Number(bytes),
        mtime: Number(mtime),
        mode: mode.padStart(4, '0'),
        owner,
        group,
        uid: Number(uid),
        gid: Number(gid),
      })
      at = stop + 1
    }
  }
  return found
}

const missing = 3

const fits = ({ size: bytes, mtime }: Found, wanted: Finding, now: number): boolean => {
  const { olderThan, newerThan, minSize, maxSize } = wanted
  return (
    (olderThan === undefined || now - mtime > olderThan) &&
    (newerThan === undefined || now - mtime <= newerThan) &&
    (minSize === undefined || bytes >= minSize) &&
    (maxSize === undefined || bytes <= maxSize)
  )
}

/**
 * What is below the folder, sorted by path; undefined if the folder does not exist.
 *
 * @throws `read-failed` if there is more than the output of a command can hold, or something cannot be read.
 */
export const findBelow = async (
  remote: RemoteReader,
  wanted: Finding & Reading,
): Promise<readonly Found[] | undefined> => {
  const folder = wanted.path.replace(/(?<=.)\/+$/, '')
  const label = `list ${folder}`
  const [result, now] = await Promise.all([
    remote.query({
      at: { folder, missing, ...(wanted.follow === true && { follow: true }) },
      label,
    })`find . ${conditions(wanted)} -exec sh -c ${describe.text} sh {} +`.result(),
    // ages are those of the clock of the host, which also set the times
    remote.query`date +%s`.text(),
  ])
  if (result.code === missing) return undefined
  if (result.dropped > 0)
    throw new CoxswainError('read-failed', `there are too many files to list in ${folder}`, {
      hint: wanted.tooMany ?? 'narrow the search with patterns, type or depth',
    })
  if (!result.ok)
    throw new CoxswainError('read-failed', `cannot read all of ${folder}`, { output: result.stderr.trim() })
  // find(1) takes a failure of grep, such as for a wrong pattern, for a file without such a line
  if (wanted.contains !== undefined && result.stderr.trim() !== '')
    throw new CoxswainError('read-failed', `cannot search the files in ${folder}`, {
      output: result.stderr.trim(),
      hint: 'check the regular expression of contains with grep -E on the host',
    })
  return parseFound(result.stdout, folder)
    .filter((one) => fits(one, wanted, Number(now)))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1))
}
