/** What is on a host at paths that are known here: asked for and told in one round trip, whatever their names hold. */
import { CoxswainError, shell } from '../../../engine/index.ts'
import type { RemoteReader } from '../../../engine/index.ts'

export interface RemoteEntry {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** Of files and folders: bits of read, write, execute and the special ones. */
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
  /** Who asks, and so makes what is new. */
  readonly uid: number
  readonly gid: number
  /** What is there, by path; what is not there is left out. Undefined when there is no folder. */
  readonly entries: ReadonlyMap<string, RemoteEntry> | undefined
  /** Every path below the folder, where they were asked for. */
  readonly all: readonly string[]
}

/** Tells the sums of files. Those of odd names come last, one by one: of them, sha256sum would tell in another way. */
const tellingSums = `
for f do
  if [ ! -L "$f" ] && [ -f "$f" ]; then case $f in *[\\\\"$nl"]*) ;; *) printf '%s\\0' "$f" ;; esac; fi
done | xargs -0 -r sha256sum --
for f do
  if [ ! -L "$f" ] && [ -f "$f" ]; then case $f in *[\\\\"$nl"]*) sha256sum <"$f" ;; esac; fi
done`

/**
 * Tells of the paths that it is given: a letter for each, then mode, ids and size of files and folders, then the sums of
 * files, then where links point (with a dot, or a newline at its end would be lost). Names are not told again, or a name
 * with a newline in it could pass for anything.
 */
const telling = `nl='
'
t=
for f do
  if [ -L "$f" ]; then t=\${t}l; elif [ -f "$f" ]; then t=\${t}f; elif [ -d "$f" ]; then t=\${t}d
  elif [ -e "$f" ]; then t=\${t}o; else t=\${t}-; fi
done
printf '%s\\n' "$t"
for f do
  if [ ! -L "$f" ]; then if [ -f "$f" ] || [ -d "$f" ]; then printf '%s\\0' "$f"; fi; fi
done | xargs -0 -r stat -c '%a %u %g %s %U %G' --${tellingSums}
for f do if [ -L "$f" ]; then printf '%s\\0' "$(readlink -- "$f"; echo .)"; fi; done
exit 0`

/** Before the list of all paths. */
const divider = 'all:\n'

/** Whether a name is one that sha256sum would write in another way, or over several lines. */
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

/** Takes text from the front of another. */
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

/** What was told of one batch of the paths; gives how many it was of. */
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
 * Reads what the host has told.
 *
 * @throws `read-failed` when it does not fit: something has changed meanwhile, or could not be read.
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

/** Exit status where there is no folder. */
const noFolder = 3

/** Who asks. */
const asking = shell`echo "$(id -u) $(id -g)"`

/**
 * What is in a folder of a host, which is entered as file operations do it.
 *
 * @param paths that are asked for, such as `./a`.
 * @param options whether every path below the folder is wanted, too, and whether links that others control are followed.
 * @throws `task-failed` when something else than a folder is there, `read-failed` when it cannot be read.
 */
export const remoteTree = async (
  remote: RemoteReader,
  folder: string,
  paths: readonly string[],
  { all = false, follow }: { readonly all?: boolean; readonly follow?: boolean | undefined } = {},
): Promise<RemoteTree> => {
  const stdin = paths.map((path) => `${path}\0`).join('')
  const list = all ? shell`&& printf ${divider} && find . -print0` : shell``
  const label = `list the files in ${folder}`
  const [stat, result] = await Promise.all([
    remote.stat(folder),
    remote.query({
      stdin,
      label,
      at: { folder, missing: noFolder, follow },
    })`${asking}; xargs -0 -n 200 sh -c ${telling} sh ${list}`.result(),
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
