/** What a task may do on a host, and the options of each operation. */
import type { CommandPath, Identity, Input, OutputStream } from '../connection/types.ts'
import type { Secret } from '../secret.ts'
import type { Command, CommandTag } from './command.ts'
import type { Attributes, Stat, WriteOptions } from './attributes.ts'
import type { ShellText } from './quote.ts'
import type { Source, Transfer } from './transfer.ts'

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
   * replaced, folders stay. The command runs in a hidden folder beside them, which no other user can enter; when all of it has
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
  /**
   * Gives what belongs to one user in a folder, and the folder itself, to another, on the same file system: files, folders and
   * links. Whatever that user does meanwhile, nothing of others is given.
   *
   * @param ids the numbers of both.
   */
  readonly giveBelow: (path: string, ids: { readonly from: number; readonly to: number }) => Promise<void>
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
