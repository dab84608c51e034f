/** Reads, in one round trip, what a host has at given paths, whatever characters their names contain. */
import { CoxswainError, shell, shellFile, shellProgram } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'

const describe = shellFile(import.meta.url, 'describe.sh')
const listFile = shellFile(import.meta.url, 'list.sh')

export interface RemoteEntry {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** Of files and folders: all mode bits, including set-user-ID, set-group-ID and sticky. */
  readonly mode?: number
  readonly size?: number
  readonly uid?: number
  readonly gid?: number
  readonly owner?: string
  readonly group?: string
  /** Of files, lower-case hex. */
  readonly sha256?: string
  /** Of links. */
  readonly target?: string
}

export interface RemoteTree {
  /** The acting user, who will own new entries. */
  readonly uid: number
  readonly gid: number
  /** The existing paths. Undefined if the folder does not exist. */
  readonly entries: ReadonlyMap<string, RemoteEntry> | undefined
  /** Every path below the folder, if requested. */
  readonly all: readonly string[]
}

/** Comes before the list of all paths. */
const divider = 'all:\n'

/** Whether sha256sum would quote a name, or print it on several lines. */
const isOdd = (path: string): boolean => /[\\\n]/.test(path)

const letters: Readonly<Record<string, RemoteEntry['kind']>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  o: 'other',
}

const changedMeanwhile = (): CoxswainError =>
  new CoxswainError('read-failed', 'the folder changed while it was being read', {
    hint: 'run again; check that the acting user can read everything in it',
  })

/** Takes text from the start of another text. */
class Reader {
  #text: string
  constructor(text: string) {
    this.#text = text
  }
  get rest(): string {
    return this.#text
  }
  upTo(end: string): string {
    const at = this.#text.indexOf(end)
    if (at < 0) throw changedMeanwhile()
    const part = this.#text.slice(0, at)
    this.#text = this.#text.slice(at + end.length)
    return part
  }
}

const statLine = /^([0-7]{1,4}) (\d+) (\d+) (\d+) (\S+) (\S+)$/

const attributesFrom = (line: string): Partial<RemoteEntry> => {
  const [, mode = '', uid, gid, size, owner = '', group = ''] = statLine.exec(line) ?? []
  if (mode === '') throw changedMeanwhile()
  const numbers = { mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid), size: Number(size) }
  return { ...numbers, owner, group }
}

const sumFrom = (line: string): string => {
  const [, sum] = /^([0-9a-f]{64}) /.exec(line) ?? []
  if (sum === undefined) throw changedMeanwhile()
  return sum
}

/** Reads the output for one batch of paths; returns the number of paths in the batch. */
const readBatch = (reader: Reader, paths: readonly string[], entries: Map<string, RemoteEntry>): number => {
  const kinds = reader.upTo('\n')
  if (kinds.length === 0 || kinds.length > paths.length) throw changedMeanwhile()
  const found = paths.slice(0, kinds.length).flatMap((path, at) => {
    const kind = letters[kinds.charAt(at)]
    return kind === undefined ? [] : [{ path, kind }]
  })
  const of = (...wanted: readonly RemoteEntry['kind'][]): string[] =>
    found.filter(({ kind }) => wanted.includes(kind)).map(({ path }) => path)
  for (const { path, kind } of found) entries.set(path, { kind })
  const more = (path: string, what: Partial<RemoteEntry>): void => {
    const entry = entries.get(path)
    if (entry !== undefined) entries.set(path, { ...entry, ...what })
  }
  for (const path of of('file', 'directory')) more(path, attributesFrom(reader.upTo('\n')))
  const files = of('file')
  for (const path of [...files.filter((name) => !isOdd(name)), ...files.filter(isOdd)])
    more(path, { sha256: sumFrom(reader.upTo('\n')) })
  for (const path of of('link')) more(path, { target: reader.upTo('\n.\0') })
  return kinds.length
}

/**
 * Reads the output of the host.
 *
 * @throws `read-failed` if the output is not complete: something changed meanwhile, or could not be read.
 */
export const parseTree = (text: string, paths: readonly string[]): RemoteTree => {
  const reader = new Reader(text)
  const [uid = '', gid = ''] = reader.upTo('\n').split(' ')
  const ids = { uid: Number(uid), gid: Number(gid) }
  if (reader.rest === '') return { ...ids, entries: undefined, all: [] }
  const entries = new Map<string, RemoteEntry>()
  for (let at = 0; at < paths.length;) at += readBatch(reader, paths.slice(at), entries)
  if (reader.rest === '') return { ...ids, entries, all: [] }
  if (!reader.rest.startsWith(divider)) throw changedMeanwhile()
  const all = reader.rest.slice(divider.length).split('\0')
  return { ...ids, entries, all: all.filter((path) => path !== '' && path !== '.') }
}

/** Exit status if the folder does not exist. */
const noFolder = 3

/** Prints the acting user and group. */
const asking = shell`echo "$(id -u) $(id -g)"`

/**
 * Reads a folder of a host. The folder is entered as file operations do it.
 *
 * @param paths the paths to read, such as `./a`.
 * @param options `all`: also list every path below the folder; `follow`: follow links that other users control.
 * @throws `task-failed` if the path is not a folder, `read-failed` if it cannot be read.
 */
export const remoteTree = async (
  remote: RemoteReader,
  folder: string,
  paths: readonly string[],
  { all = false, follow }: { readonly all?: boolean; readonly follow?: boolean | undefined } = {},
): Promise<RemoteTree> => {
  const stdin = paths.map((path) => `${path}\0`).join('')
  const line = all ? divider.trimEnd() : ''
  const label = `list the files in ${folder}`
  const [stat, result] = await Promise.all([
    remote.stat(folder),
    remote.query({
      stdin,
      label,
      at: { folder, missing: noFolder, follow },
    })`${shellProgram(listFile, describe.text, line)}`.result(),
  ])
  if (stat !== undefined && stat.type !== 'directory' && stat.type !== 'link') {
    throw new CoxswainError('task-failed', `${folder} exists, but is not a folder`, {
      hint: 'move it away first, or set another path',
    })
  }
  if (result.code === noFolder && stat === undefined)
    return parseTree(`${await remote.query({ label })`${asking}`.text()}\n`, paths)
  if (!result.ok || result.stderr !== '' || result.dropped > 0)
    throw new CoxswainError('read-failed', `cannot read all of ${folder}`, { output: result.stderr.trim() })
  return parseTree(result.stdout, paths)
}
