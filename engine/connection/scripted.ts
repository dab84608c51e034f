import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { CoxswainError } from '../errors.ts'
import { inputBytes } from './input.ts'
import { modeFor } from './mode.ts'
import { pieceSize } from './types.ts'
import type { Connection, FileOperation, Identity, Result } from './types.ts'

/** A file of a scripted host. A directory has no content. */
export interface ScriptedFile {
  /** Its content; for a link, its target. */
  readonly content: string | Buffer
  /** Four octal digits; `0644` by default, `0755` for a directory. */
  readonly mode?: string | undefined
  /** Name of the owner; `root` by default. */
  readonly owner?: string | undefined
  /** Name of the group; `root` by default. */
  readonly group?: string | undefined
  /** What it is; `file` by default. */
  readonly type?: 'file' | 'directory' | 'link'
}

/** What a command of a scripted host does. */
export interface Answer {
  /** Exit status; 0 by default. */
  readonly code?: number
  /** Standard output; empty by default. */
  readonly stdout?: string | Buffer
  /** Standard error; empty by default. */
  readonly stderr?: string
}

/** The answer to a command, or a function that returns it and can change the files. */
export type Reply =
  | string
  | Answer
  | ((request: LogEntry, files: Map<string, ScriptedFile>) => string | Answer | Promise<string | Answer>)

export interface Script {
  readonly files?: Readonly<Record<string, string | ScriptedFile>>
  /** Answers by the complete script or a pattern, tried in order. */
  readonly replies?: readonly (readonly [string | RegExp, Reply])[]
}

/** A request as it was sent. */
export interface LogEntry {
  /** `query` for a command that only reads, `run` for one that can change the host. */
  readonly purpose: 'query' | 'run'
  /** The complete script. */
  readonly script: string
  /** The file operation, if it is one. */
  readonly operation: FileOperation | undefined
  /** The user to act as; undefined for the login user. */
  readonly identity: Identity | undefined
  /** Standard input as text; empty if there is none. */
  readonly stdin: string
}

export interface ScriptedConnection extends Connection {
  readonly files: Map<string, ScriptedFile>
  readonly log: readonly LogEntry[]
  /** The commands without a reply. */
  readonly unanswered: readonly string[]
  /** The commands that were sent, without file operations. */
  commands(): string[]
}

const result = ({ code = 0, stdout = '', stderr = '' }: Answer): Result => ({
  code,
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(stderr),
  dropped: 0,
})

const absent = result({ code: 3 })

/** The error of the real scripts for a directory at the path of a file or link. */
const directoryInTheWay = (path: string): Result => result({ code: 6, stderr: `${path} is a directory` })

/** The error for a path below a regular file. */
const underFile = (files: ReadonlyMap<string, ScriptedFile>, path: string): Result | undefined => {
  for (let at = posix.dirname(path); at.length > 1; at = posix.dirname(at)) {
    const { type = 'file' } = files.get(at) ?? { type: 'directory' as const }
    if (type === 'file') return result({ code: 1, stderr: `Not a directory: ${at}` })
  }
  return undefined
}

const names = (files: ReadonlyMap<string, ScriptedFile>, directory: string): string[] => {
  const prefix = directory === '/' ? '/' : `${directory}/`
  const below = [...files.keys()].filter((path) => path.startsWith(prefix) && path !== prefix)
  return [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0] ?? ''))].toSorted()
}

const isDirectory = (files: ReadonlyMap<string, ScriptedFile>, path: string): boolean =>
  files.get(path)?.type === 'directory' || (!files.has(path) && names(files, path).length > 0)

/** Follows links; a link to itself gives ''. */
const followLinks = (files: ReadonlyMap<string, ScriptedFile>, path: string, before = 0): string => {
  const file = files.get(path)
  if (file?.type !== 'link') return path
  const target = posix.resolve(posix.dirname(path), String(file.content))
  return before < 40 ? followLinks(files, target, before + 1) : ''
}

/** The ID of a user or group: 0 for root, a numeric name as it is, else 1000. */
const idOf = (name: string): number => (name === 'root' ? 0 : /^\d+$/.test(name) ? Number(name) : 1000)

const statOf = (files: ReadonlyMap<string, ScriptedFile>, path: string): Result => {
  const file = files.get(path)
  if (file === undefined && !isDirectory(files, path)) return absent
  const {
    type = 'file',
    owner = 'root',
    group = 'root',
    content = '',
  } = file ?? { type: 'directory' as const }
  const mode = file?.mode ?? (type === 'directory' ? '0755' : '0644')
  const size = Buffer.byteLength(content)
  const target = type === 'link' ? `\n${String(content)}` : ''
  return result({
    stdout: `${type} ${mode} ${owner} ${group} ${size} 0 ${idOf(owner)} ${idOf(group)}${target}\n`,
  })
}

const pieceOf = (content: Buffer, piece: number | undefined): Buffer =>
  piece === undefined ? content : content.subarray(piece * pieceSize, (piece + 1) * pieceSize)

/** Answers a file operation from the files in memory, as the real script would. */
const operate = (files: Map<string, ScriptedFile>, operation: FileOperation, input: Buffer): Result => {
  const { path } = operation
  const file = files.get(path)
  switch (operation.kind) {
    case 'read':
      if (isDirectory(files, path)) return directoryInTheWay(path)
      return file === undefined
        ? absent
        : result({ stdout: pieceOf(Buffer.from(file.content), operation.piece) })
    case 'sha256':
      if (isDirectory(files, path)) return directoryInTheWay(path)
      return file === undefined
        ? absent
        : result({ stdout: `${createHash('sha256').update(file.content).digest('hex')}  -\n` })
    case 'list':
      return isDirectory(files, path)
        ? result({
            stdout: names(files, path)
              .map((name) => `${name}\n`)
              .join(''),
          })
        : absent
    case 'stat':
      return statOf(files, operation.follow === true ? followLinks(files, path) : path)
    case 'part':
      return absent
    case 'could':
      return underFile(files, path) ?? result({})
    case 'write':
    case 'directory':
    case 'attributes': {
      if (operation.kind === 'attributes' && file === undefined && !isDirectory(files, path)) {
        return result({ code: 1, stderr: `chmod: cannot access '${path}': No such file or directory` })
      }
      const refused = underFile(files, path)
      if (refused !== undefined) return refused
      const isFile = operation.kind === 'write'
      if (isFile && isDirectory(files, path)) return directoryInTheWay(path)
      const type = isFile
        ? 'file'
        : (file?.type ?? (isDirectory(files, path) || operation.kind === 'directory' ? 'directory' : 'file'))
      const there = file?.mode ?? (type === 'directory' ? '0755' : '0644')
      files.set(path, {
        type,
        content: isFile ? (isText(input) ? input.toString('utf8') : input) : (file?.content ?? ''),
        mode: operation.mode === undefined ? there : modeFor(operation.mode, { type, there }),
        owner: operation.owner ?? file?.owner ?? 'root',
        group: operation.group ?? file?.group ?? 'root',
      })
      return result({})
    }
    case 'tree':
    case 'each':
    case 'give':
      return result({})
    case 'link':
      if (isDirectory(files, path)) return directoryInTheWay(path)
      files.set(path, { type: 'link', content: operation.target, mode: '0777' })
      return result({})
    case 'remove':
      for (const name of files.keys()) {
        if (name === path || (operation.recursive && name.startsWith(`${path}/`))) files.delete(name)
      }
      return result({})
  }
}

/** The command for a change of several paths, for replies: `chmod 0644 ./a ./b`. */
const commandOf = ({
  change,
  mode,
  owner,
  group,
  names: paths,
}: Extract<FileOperation, { kind: 'each' }>): string => {
  const whose = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  const words = change === 'remove' ? ['rm'] : mode === undefined ? ['chown', whose] : ['chmod', mode]
  return [...words, ...paths].join(' ')
}

const isText = (bytes: Buffer): boolean => Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)

/**
 * A fake host for tests: files in memory, and commands that are answered from a script. Output is also reported
 * as live output.
 *
 * A command without a reply rejects with the list of expected commands.
 */
export const scripted = ({ files: given = {}, replies = [] }: Script = {}): ScriptedConnection => {
  const files = new Map(
    Object.entries(given).map(([path, file]) => [path, typeof file === 'string' ? { content: file } : file]),
  )
  const log: LogEntry[] = []
  const unanswered: string[] = []
  return {
    description: 'scripted',
    files,
    log,
    unanswered,
    commands: () => log.flatMap(({ operation, script }) => (operation === undefined ? [script] : [])),
    execute: async (request) => {
      const { purpose, operation, identity } = request
      const script = request.command ?? request.script
      const input = await inputBytes(request.stdin)
      const entry = { purpose, script, operation, identity, stdin: input.toString('utf8') }
      log.push(entry)
      const answerTo = async (command: string): Promise<Result> => {
        const found = replies.find(([wanted]) =>
          typeof wanted === 'string' ? wanted === command : wanted.test(command),
        )
        if (found === undefined) {
          unanswered.push(command)
          const expected = replies.map(([wanted]) => `  ${String(wanted)}`).join('\n')
          throw new CoxswainError(
            'internal',
            `the script has no reply for this command:\n  ${command}\nit has replies for:\n${expected}`,
          )
        }
        const [, reply] = found
        const said = typeof reply === 'function' ? await reply(entry, files) : reply
        return result(typeof said === 'string' ? { stdout: said } : said)
      }
      if (operation?.kind === 'write' && operation.command !== undefined) {
        const made = await answerTo(operation.command)
        if (made.code !== 0) return { ...made, code: 10 }
        const sum = createHash('sha256').update(made.stdout).digest('hex')
        if (operation.sha256 !== undefined && operation.sha256 !== sum)
          return result({ code: 11, stderr: sum })
        return operate(files, operation, made.stdout)
      }
      // the reply creates the files
      if (operation?.kind === 'tree') return answerTo(operation.command)
      if (operation?.kind === 'each') return answerTo(commandOf(operation))
      if (operation?.kind === 'give')
        return answerTo(`give ${operation.path} from ${operation.from} to ${operation.to}`)
      if (operation !== undefined) return operate(files, operation, input)
      const answer = await answerTo(script)
      for (const stream of ['stdout', 'stderr'] as const) {
        if (answer[stream].length > 0) request.onOutput?.(stream, answer[stream].toString('utf8'))
      }
      return answer
    },
    close: async () => {},
  }
}
