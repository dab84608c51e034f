import type {
  Connection,
  FileOperation,
  Identity,
  Input,
  OutputStream,
  CommandPath,
  Result,
} from '../connection/types.ts'
import { pieceSize } from '../connection/types.ts'
import { inputBytes } from '../connection/input.ts'
import { isSecret } from '../secret.ts'
import type { Secret } from '../secret.ts'
import { CoxswainError } from '../errors.ts'
import { commandTag, isStream, withSurroundings } from './command.ts'
import type { Command, CommandTag, Execute } from './command.ts'
import { isNotPermitted, operationFailure, reasonFrom, reasonScript } from './failures.ts'
import { checkedPath, checkedValidate, operationScript, parseStat } from './files.ts'
import type { Attributes, Stat, WriteOptions } from './files.ts'
import { checkedMode } from './mode-script.ts'
import { absent } from './place-script.ts'
import type { ShellText } from './quote.ts'
import { script } from './quote.ts'
import { partName, partOf, toBeGathered, told, worthResuming } from './transfer.ts'
import type { RepeatableSource, Source, Transfer } from './transfer.ts'

/** How links in a path are taken. */
export interface FollowOptions {
  /**
   * Follow links even where others than root and the acting user can change where they lead. Such a link is else followed
   * only to what belongs to whoever controls it.
   */
  readonly follow?: boolean | undefined
}

/** How a command makes the content of a file. */
export interface OutputOptions extends WriteOptions {
  /** Its standard input. */
  readonly stdin?: Input
  /** What it works on; `cwd` does not count where that is a folder. */
  readonly at?: CommandPath
  /** Seconds until it is stopped. */
  readonly timeout?: number
  /** Lower-case hex of the SHA-256 that its output must have; anything else is `validation-failed` and replaces nothing. */
  readonly sha256?: string
}

/** How files that a command makes are put into a folder. */
export interface TreeOptions extends Omit<Attributes, 'mode'>, FollowOptions {
  readonly stdin?: Input
  /** A file that it works on. */
  readonly at?: CommandPath & { readonly file: string }
  /** What a stream on standard input is: progress is reported, as with `writeStream`. */
  readonly transfer?: { readonly path: string; readonly size: number }
  /** Keep set-user-id and set-group-id bits, devices, pipes and sockets: only from who is trusted. */
  readonly special?: boolean
}

/** What a task may do on a host without changing it: all that a `check` gets. */
export interface RemoteReader {
  /** Runs a command that only reads. Queries that do not wait for each other share a round trip. */
  readonly query: CommandTag
  /**
   * A file's text, or undefined when there is none. A byte order mark is a part of it. What is no UTF-8 is an error:
   * decoded with loss and written back, it would be destroyed.
   */
  readonly read: (path: string, options?: FollowOptions) => Promise<string | undefined>
  /** A file's bytes, or undefined when there is none. */
  readonly readBytes: (path: string, options?: FollowOptions) => Promise<Buffer | undefined>
  /**
   * A file's bytes as a stream, whatever its size; the memory it takes does not grow with it. It fails with `read-failed`
   * where there is no file. A file that changes meanwhile comes as a mixture: compare it by its sum.
   *
   * @param size what it is known to have: progress is reported then, and a host that sends more is an error.
   */
  readonly readStream: (path: string, size?: number) => AsyncIterable<Uint8Array>
  /**
   * What is at a path; undefined when there is nothing.
   *
   * @param options whether links are followed, as reading and writing do; one that leads nowhere is nothing then.
   */
  readonly stat: (path: string, options?: { readonly follow?: boolean }) => Promise<Stat | undefined>
  readonly exists: (path: string) => Promise<boolean>
  /** Lower-case hex of a file's SHA-256, or undefined when there is none. */
  readonly sha256: (path: string, options?: FollowOptions) => Promise<string | undefined>
  /** Names in a directory, `.` and `..` left out; undefined when there is none. */
  readonly list: (path: string) => Promise<string[] | undefined>
}

export type Content = string | Uint8Array | Secret

/** What a task may do on a host: all that an `apply` gets. Paths are absolute. */
export interface Remote extends RemoteReader {
  /** Runs a command that changes something. */
  readonly run: CommandTag
  /**
   * Writes a file whole: a temporary file beside it gets content, owner and mode, is synced, and takes its place. An
   * existing file keeps its owner and mode where none are given, and its extended attributes, ACL and SELinux context where
   * the host's cp can copy them (GNU's); a new one is 0644. A link stays, its target is written; but a link that others
   * than root and the acting user control is followed only to what is theirs, unless `follow` is given. Where others can
   * change the folder, nothing that they do meanwhile changes which file is written.
   * In one case it is not atomic: a file that something is mounted on, such as `/etc/hosts` in a container, cannot be
   * replaced, so it is overwritten in place once the content has come whole.
   */
  readonly write: (path: string, content: Content, options?: WriteOptions) => Promise<void>
  /**
   * Writes content that is streamed, as {@link Remote.write} does; the memory it takes does not grow with the size.
   *
   * Content that can be read again is compared by its SHA-256 before it replaces anything. When its transfer breaks off,
   * what has come stays beside the file as `.coxswain.….part`, readable for its owner alone, and the next attempt, of this
   * run or another, sends only the rest.
   */
  readonly writeStream: (path: string, source: Source, options?: WriteOptions) => Promise<void>
  /** Writes what a shell command prints into a file, as {@link Remote.write} does; when the command fails, nothing is replaced. */
  readonly writeOutput: (path: string, command: ShellText, options?: OutputOptions) => Promise<void>
  /**
   * Puts the files that a shell command makes in its current folder into a folder that is there: files that are there are
   * replaced, folders stay. The command runs in a hidden folder beside them, which nobody else can enter; when all of it has
   * come, each file takes its place by a rename. Nothing is written through a link below the folder, unless `follow` is
   * given. Set-user-id and set-group-id bits are dropped, and devices refused, unless `special` is given.
   */
  readonly writeTree: (path: string, command: ShellText, options?: TreeOptions) => Promise<void>
  /** Sets owner or mode of several paths below a folder, given from it on: `./a/b`. Links are left alone. */
  readonly setAttributesBelow: (
    path: string,
    names: readonly string[],
    attributes: Attributes & FollowOptions,
  ) => Promise<void>
  /** Removes several paths below a folder, with all that is in them. */
  readonly removeBelow: (path: string, names: readonly string[], options?: FollowOptions) => Promise<void>
  /** Makes a directory and its parents; one that is there only gets the attributes. */
  readonly makeDirectory: (path: string, attributes?: Attributes & FollowOptions) => Promise<void>
  /** Sets owner and mode of what is there; nothing is made. */
  readonly setAttributes: (path: string, attributes: Attributes & FollowOptions) => Promise<void>
  /** Makes or replaces a symbolic link. */
  readonly link: (path: string, target: string) => Promise<void>
  /** Removes a file; with `recursive`, a directory and all below. Nothing there is fine. */
  readonly remove: (path: string, options?: { readonly recursive?: boolean }) => Promise<void>
}

/** How a remote uses its connection. */
export interface RemoteOptions {
  readonly identity?: Identity | undefined
  readonly signal?: AbortSignal | undefined
  /** Environment variables of every command; its own win. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Working directory of every command that names none. */
  readonly cwd?: string | undefined
  /** Seconds for each command that names no limit of its own. */
  readonly timeout?: number | undefined
  readonly onOutput?: ((stream: OutputStream, text: string) => void) | undefined
  readonly onCommand?: ((command: Command) => void) | undefined
  /** Hears how far streamed content is: at its beginning, and with every piece that is handed on. */
  readonly onTransfer?: ((transfer: Transfer) => void) | undefined
}

const bytesOf = (content: Content): Buffer =>
  Buffer.from(typeof content === 'string' ? content : isSecret(content) ? content.reveal() : content)

/** Half of a file is worse than none: written back, it would destroy the rest. */
const tooLong = ({ kind, path }: FileOperation, { stdout, dropped }: Result): CoxswainError => {
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`
  return new CoxswainError(
    'read-failed',
    `cannot ${kind} ${path} whole: beyond the first ${mebibytes(stdout.length)}, ${mebibytes(dropped)} are lost`,
    { hint: 'let a command on the host look at it, or compare it by its sha256' },
  )
}

const decoded = (path: string, bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new CoxswainError('read-failed', `${path} is no UTF-8 text`, {
      cause,
      hint: 'convert it to UTF-8, or handle its bytes: readBytes gives them as they are',
    })
  }
}

const normalized = ({ mode, owner, group, follow }: Attributes & FollowOptions) => ({
  mode: mode === undefined ? undefined : checkedMode(mode),
  owner,
  group,
  ...(follow === true && { follow }),
})

const writing = ({ validate, backup, ...attributes }: WriteOptions) => ({
  ...normalized(attributes),
  ...(validate !== undefined && { validate: checkedValidate(validate) }),
  ...(backup === true && { backup }),
})

/** A {@link Remote} over a connection. */
export const createRemote = (connection: Connection, options: RemoteOptions = {}): Remote => {
  const { identity, signal, onOutput, onCommand, onTransfer = () => {}, env, cwd } = options

  const execute =
    (lane: 'query' | 'run'): Execute =>
    ({ timeout, ...request }) =>
      connection.execute({ ...request, timeout: timeout ?? options.timeout, lane, identity, signal })

  const operate = (
    operation: FileOperation,
    lane: 'query' | 'run',
    stdin?: Input,
    size?: number,
    timeout = options.timeout,
  ): Promise<Result> => {
    checkedPath(operation.path)
    const label = `${operation.kind} ${operation.path}`
    return connection.execute({
      script: operationScript(operation, size),
      operation,
      label,
      identity,
      lane,
      stdin,
      signal,
      timeout,
    })
  }

  const lookUp = async (operation: FileOperation): Promise<Buffer | undefined> => {
    const result = await operate(operation, 'query')
    if (result.code === 0 && result.dropped > 0) throw tooLong(operation, result)
    if (result.code === 0) return result.stdout
    if (result.code === absent) return undefined
    throw operationFailure(operation, 'query', result)
  }

  /** A file piece by piece: each is a query of its own, and comes again when the connection is lost. */
  async function* pieces(path: string, size = Infinity): AsyncGenerator<Uint8Array> {
    let came = 0
    for (let piece = 0; ; piece += 1) {
      const bytes = await lookUp({ kind: 'read', path, piece })
      if (bytes === undefined) throw new CoxswainError('read-failed', `there is no file ${path}`)
      came += bytes.length
      if (bytes.length > pieceSize || came > size) {
        throw new CoxswainError(
          'read-failed',
          `the host sent more of ${path} than the ${size} bytes it announced`,
          {
            hint: 'if something writes into the file, run it again when nothing does; else do not trust the host',
          },
        )
      }
      yield bytes
      if (bytes.length < pieceSize) return
    }
  }

  /** Why even root was not permitted to. */
  const reason = async (path: string): Promise<string> => {
    const { stdout } = await connection.execute({
      script: reasonScript(path),
      label: `why not ${path}`,
      identity,
      lane: 'query',
      signal,
      timeout: options.timeout,
    })
    return reasonFrom(stdout.toString('utf8'))
  }

  const change = async (
    operation: FileOperation,
    stdin?: Input,
    size?: number,
    timeout?: number,
  ): Promise<void> => {
    const result = await operate(operation, 'run', stdin, size, timeout)
    if (result.code === 0) return
    throw operationFailure(
      operation,
      'run',
      result,
      isNotPermitted(result) ? await reason(operation.path) : undefined,
    )
  }

  /** What the host says of a transfer that broke off; undefined when there was none, or it cannot be said. */
  const whatCame = async (
    path: string,
    { size, sha256 }: RepeatableSource,
    { follow }: FollowOptions,
  ): Promise<string | undefined> => {
    if (size < worthResuming) return undefined
    const name = partName(path, sha256)
    const { code, stdout } = await operate(
      { kind: 'part', path, name, ...(follow === true && { follow }) },
      'query',
    )
    return code === 0 ? stdout.toString('utf8') : undefined
  }

  const query = commandTag(execute('query'), { onCommand, env, cwd })
  return {
    query,
    run: commandTag(execute('run'), { onOutput, onCommand, onTransfer, env, cwd }),
    readBytes: (path, { follow } = {}) => lookUp({ kind: 'read', path, ...(follow === true && { follow }) }),
    read: async (path, { follow } = {}) => {
      const bytes = await lookUp({ kind: 'read', path, ...(follow === true && { follow }) })
      return bytes === undefined ? undefined : decoded(path, bytes)
    },
    readStream: (path, size) =>
      size === undefined ? pieces(path) : told(pieces(path, size), { path, offset: 0, size }, onTransfer),
    stat: async (path, { follow = false } = {}) => {
      const out = await lookUp({ kind: 'stat', path, ...(follow && { follow }) })
      return out === undefined ? undefined : parseStat(out.toString('utf8'))
    },
    exists: async (path) => (await lookUp({ kind: 'stat', path })) !== undefined,
    sha256: async (path, { follow } = {}) => {
      const out = await lookUp({ kind: 'sha256', path, ...(follow === true && { follow }) })
      return out?.toString('utf8').slice(0, 64)
    },
    list: async (path) => {
      const out = await lookUp({ kind: 'list', path })
      return out
        ?.toString('utf8')
        .split('\n')
        .filter((name) => name !== '')
    },
    write: async (path, content, how = {}) => {
      const bytes = bytesOf(content)
      const stdin = isSecret(content) ? content : bytes
      await change({ kind: 'write', path, ...writing(how) }, stdin, bytes.length)
    },
    writeStream: async (path, source, how = {}) => {
      const { size } = source
      const part =
        'from' in source ? await partOf(path, source, await whatCame(path, source, how)) : undefined
      const offset = part?.offset ?? 0
      const chunks = 'from' in source ? source.from(offset) : source.chunks
      const sent = told(chunks, { path, offset, size }, onTransfer)
      const stdin = size - offset <= toBeGathered ? await inputBytes(sent) : sent
      await change({ kind: 'write', path, ...writing(how), ...(part && { part }) }, stdin, size)
    },
    writeOutput: async (path, command, { stdin, timeout, sha256, at, ...how } = {}) => {
      const text = withSurroundings(script`${command}`, {
        ...(env !== undefined && { env }),
        ...(cwd !== undefined && at?.folder === undefined && { cwd }),
      })
      await change(
        {
          kind: 'write',
          path,
          ...writing(how),
          command: text,
          ...(at !== undefined && { at }),
          ...(sha256 !== undefined && { sha256 }),
        },
        stdin,
        0,
        timeout,
      )
    },
    writeTree: async (path, command, { stdin, transfer, owner, group, special = false, follow, at } = {}) => {
      const sent =
        transfer !== undefined && onTransfer !== undefined && isStream(stdin)
          ? told(stdin, { ...transfer, offset: 0 }, onTransfer)
          : stdin
      const text = script`${command}`
      const how = {
        owner,
        group,
        special,
        ...(follow === true && { follow }),
        ...(at !== undefined && { at }),
      }
      await change({ kind: 'tree', path, command: text, ...how }, sent)
    },
    setAttributesBelow: (path, names, attributes) =>
      change({ kind: 'each', path, names, change: 'attributes', ...normalized(attributes) }),
    removeBelow: (path, names, { follow } = {}) =>
      change({ kind: 'each', path, names, change: 'remove', ...(follow === true && { follow }) }),
    makeDirectory: async (path, attributes = {}) =>
      change({ kind: 'directory', path, ...normalized(attributes) }),
    setAttributes: async (path, attributes) =>
      change({ kind: 'attributes', path, ...normalized(attributes) }),
    link: (path, target) => change({ kind: 'link', path, target }),
    remove: async (path, { recursive = false } = {}) => {
      if (/^\/+$/.test(path)) throw new CoxswainError('params-invalid', 'refusing to remove /')
      await change({ kind: 'remove', path, recursive })
    },
  }
}
