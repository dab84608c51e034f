import type { Connection, FileOperation, Input, Result } from '../connection/types.ts'
import { pieceSize } from '../connection/types.ts'
import { inputBytes } from '../connection/input.ts'
import { isSecret } from '../secret.ts'
import { CoxswainError } from '../errors.ts'
import { commandTag, isStream, withSurroundings } from './command.ts'
import type { Execute } from './command.ts'
import { isNotPermitted, operationFailure, reasonFrom, reasonScript } from './failures.ts'
import { checkedPath, checkedValidate, operationScript, parseStat } from './files.ts'
import type { Attributes, WriteOptions } from './attributes.ts'
import { checkedMode } from './file-mode.ts'
import { absent } from './statuses.ts'
import { script } from './quote.ts'
import { partName, partOf, toBeGathered, withProgress, worthResuming } from './transfer.ts'
import type { RepeatableSource } from './transfer.ts'
import type { Content, FollowOptions, Remote, RemoteOptions } from './types.ts'

const bytesOf = (content: Content): Buffer =>
  Buffer.from(typeof content === 'string' ? content : isSecret(content) ? content.reveal() : content)

/** A truncated file is an error: written back, it would destroy the rest. */
const tooLong = ({ kind, path }: FileOperation, { stdout, dropped }: Result): CoxswainError => {
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 / 1024)} MiB`
  return new CoxswainError(
    'read-failed',
    `cannot ${kind} ${path}: it exceeds the limit of ${mebibytes(stdout.length)} by ${mebibytes(dropped)}`,
    { hint: 'read the relevant part with a command on the host, or compare its sha256' },
  )
}

const decoded = (path: string, bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new CoxswainError('read-failed', `${path} is not UTF-8 text`, {
      cause,
      hint: 'convert it to UTF-8, or use readBytes',
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

/** Makes a {@link Remote} from a connection. */
export const createRemote = (connection: Connection, options: RemoteOptions = {}): Remote => {
  const { identity, signal, onOutput, onCommand, onTransfer = () => {}, env, cwd } = options

  const execute =
    (purpose: 'query' | 'run'): Execute =>
    ({ timeout, ...request }) =>
      connection.execute({ ...request, timeout: timeout ?? options.timeout, purpose, identity, signal })

  const operate = (
    operation: FileOperation,
    purpose: 'query' | 'run',
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
      purpose,
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

  /** Reads a file in pieces: each is a query of its own, and is repeated if the connection is lost. */
  async function* pieces(path: string, size = Infinity): AsyncGenerator<Uint8Array> {
    let came = 0
    for (let piece = 0; ; piece += 1) {
      const bytes = await lookUp({ kind: 'read', path, piece })
      if (bytes === undefined) throw new CoxswainError('read-failed', `${path} does not exist`)
      came += bytes.length
      if (bytes.length > pieceSize || came > size) {
        throw new CoxswainError(
          'read-failed',
          `the host sent more of ${path} than the ${size} bytes it announced`,
          {
            hint: 'if a program writes into the file, run again when it does not; otherwise, do not trust the host',
          },
        )
      }
      yield bytes
      if (bytes.length < pieceSize) return
    }
  }

  /** The reason for `Operation not permitted`. */
  const reason = async (path: string): Promise<string> => {
    const { stdout } = await connection.execute({
      script: reasonScript(path),
      label: `why not ${path}`,
      identity,
      purpose: 'query',
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

  /** What the host reports of an interrupted transfer; undefined if there was none, or it is unknown. */
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
      size === undefined
        ? pieces(path)
        : withProgress(pieces(path, size), { path, offset: 0, size }, onTransfer),
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
      const sent = withProgress(chunks, { path, offset, size }, onTransfer)
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
          ? withProgress(stdin, { ...transfer, offset: 0 }, onTransfer)
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
    giveBelow: (path, { from, to }) => change({ kind: 'give', path, from, to }),
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
