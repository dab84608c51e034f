/** What a task may do on a host, and the options of each operation. */
import type { CommandPath, Identity, Input, OutputStream } from '../connection/types.ts'
import type { Secret } from '../secret.ts'
import type { Command, CommandTag } from './command.ts'
import type { Attributes, Stat, WriteOptions } from './attributes.ts'
import type { ShellText } from './quote.ts'
import type { Source, Transfer } from './transfer.ts'

/** How links in a path are handled. */
export interface FollowOptions {
  /**
   * Follow links even if users other than root and the acting user control them. By default, such a link is followed
   * only to files of the user who controls it.
   */
  readonly follow?: boolean | undefined
}

/** How a command creates the content of a file. */
export interface OutputOptions extends WriteOptions {
  /** Its standard input. */
  readonly stdin?: Input
  /** What it works on; `cwd` is ignored if that is a folder. */
  readonly at?: CommandPath
  /** Seconds until the command is stopped. */
  readonly timeout?: number
  /** SHA-256 in lower-case hex that the output must have; otherwise `validation-failed`, and nothing is replaced. */
  readonly sha256?: string
}

/** How files that a command creates are moved into a folder. */
export interface TreeOptions extends Omit<Attributes, 'mode'>, FollowOptions {
  /** The standard input of the command. */
  readonly stdin?: Input
  /** A file that the command works on. */
  readonly at?: CommandPath & {
    /** The file that the command has open as descriptor 3. */
    readonly file: string
  }
  /** The file that a stream on standard input contains; its progress is reported, as with `writeStream`. */
  readonly transfer?: {
    /** The path of the file on the host, as progress shows it. */
    readonly path: string
    /** Size in bytes. */
    readonly size: number
  }
  /** Keep set-user-id and set-group-id bits, devices, pipes and sockets: only for content from a trusted source. */
  readonly special?: boolean
}

/** What a task can do on a host without changing it: what a `check` gets. */
export interface RemoteReader {
  /** Runs a command that only reads. Queries that do not depend on each other share a round trip. */
  readonly query: CommandTag
  /**
   * A file's text, or undefined if it does not exist. A byte order mark is part of the text. Bytes that are not UTF-8
   * are an error: decoded with loss and written back, they would be destroyed.
   */
  readonly read: (path: string, options?: FollowOptions) => Promise<string | undefined>
  /** A file's bytes, or undefined if it does not exist. */
  readonly readBytes: (path: string, options?: FollowOptions) => Promise<Buffer | undefined>
  /**
   * A file's bytes as a stream of any size, in constant memory. It fails with `read-failed` if the file does not
   * exist. A file that changes meanwhile is read as a mixture: compare its SHA-256.
   *
   * @param size its size in bytes, if known: then progress is reported, and a host that sends more is an error.
   */
  readonly readStream: (path: string, size?: number) => AsyncIterable<Uint8Array>
  /**
   * The attributes of a path; undefined if it does not exist.
   */
  readonly stat: (
    path: string,
    options?: {
      /**
       * Whether links are followed, as reading and writing do; false by default. A link that leads nowhere is then
       * undefined.
       */
      readonly follow?: boolean
    },
  ) => Promise<Stat | undefined>
  /** Whether a path exists, if only as a link that leads nowhere. */
  readonly exists: (path: string) => Promise<boolean>
  /** A file's SHA-256 in lower-case hex, or undefined if it does not exist. */
  readonly sha256: (path: string, options?: FollowOptions) => Promise<string | undefined>
  /** Names in a directory, without `.` and `..`; undefined if it does not exist. */
  readonly list: (path: string) => Promise<string[] | undefined>
}

/** What a file gets: text, written as UTF-8, bytes, or a secret. */
export type Content = string | Uint8Array | Secret

/** What a task can do on a host: what an `apply` gets. Paths are absolute. */
export interface Remote extends RemoteReader {
  /** Runs a command that changes something. */
  readonly run: CommandTag
  /**
   * Writes a file atomically: a temporary file in the same folder gets content, owner and mode, is synced, and is
   * renamed into place. An existing file keeps its owner and mode unless they are given, and its extended attributes,
   * ACL and SELinux context if the host's cp can copy them (GNU cp can); a new file gets 0644. A symbolic link stays,
   * and its target is written; but a link that users other than root and the acting user control is followed only to
   * their own files, unless `follow` is given. If others can change the folder, nothing that they do meanwhile
   * changes which file is written. In one case the write is not atomic: a file that is a mount point, such as
   * `/etc/hosts` in a container, cannot be replaced, so it is overwritten in place once the content has arrived
   * completely.
   */
  readonly write: (path: string, content: Content, options?: WriteOptions) => Promise<void>
  /**
   * Writes streamed content as {@link Remote.write} does, in constant memory.
   *
   * Content that can be read again is compared by its SHA-256 before it replaces anything. If its transfer is
   * interrupted, the part that has arrived stays in the folder of the file as `.coxswain.….part`, readable by its
   * owner only, and the next attempt, of this run or another, sends only the rest.
   */
  readonly writeStream: (path: string, source: Source, options?: WriteOptions) => Promise<void>
  /**
   * Writes the output of a shell command into a file as {@link Remote.write} does; if the command fails, nothing is
   * replaced.
   */
  readonly writeOutput: (path: string, command: ShellText, options?: OutputOptions) => Promise<void>
  /**
   * Moves the files that a shell command creates in its current folder into an existing folder: existing files are
   * replaced, existing folders stay. The command runs in a hidden subfolder, which no other user can enter; when it
   * has succeeded, each file is renamed into place. Nothing is written through a link below the folder, unless
   * `follow` is given. Set-user-id and set-group-id bits are dropped, and devices refused, unless `special` is given.
   */
  readonly writeTree: (path: string, command: ShellText, options?: TreeOptions) => Promise<void>
  /** Sets owner or mode of several paths relative to a folder, such as `./a/b`. Links are skipped. */
  readonly setAttributesBelow: (
    path: string,
    names: readonly string[],
    attributes: Attributes & FollowOptions,
  ) => Promise<void>
  /**
   * Gives one user's files, folders and links in a folder, and the folder itself, to another user, on the same file
   * system. Whatever that user does meanwhile, files of others keep their owner.
   */
  readonly giveBelow: (
    path: string,
    ids: {
      /** The UID of the user whose files they are. */
      readonly from: number
      /** The UID of the user who gets them. */
      readonly to: number
    },
  ) => Promise<void>
  /** Removes several paths below a folder, recursively. */
  readonly removeBelow: (path: string, names: readonly string[], options?: FollowOptions) => Promise<void>
  /** Creates a directory and its parents; an existing directory only gets the attributes. */
  readonly makeDirectory: (path: string, attributes?: Attributes & FollowOptions) => Promise<void>
  /** Sets owner and mode of an existing file or folder. */
  readonly setAttributes: (path: string, attributes: Attributes & FollowOptions) => Promise<void>
  /** Creates or replaces a symbolic link. */
  readonly link: (path: string, target: string) => Promise<void>
  /** Removes a file; with `recursive`, a directory and all below. A missing path is not an error. */
  readonly remove: (
    path: string,
    options?: {
      /** Whether a directory and all below is removed as well; false by default. */
      readonly recursive?: boolean
    },
  ) => Promise<void>
}

/** How a {@link Remote} uses its connection. */
export interface RemoteOptions {
  readonly identity?: Identity | undefined
  readonly signal?: AbortSignal | undefined
  /** Environment variables of every command; the command's own override them. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Working directory of commands that do not set one. */
  readonly cwd?: string | undefined
  /** Timeout in seconds for commands that do not set one. */
  readonly timeout?: number | undefined
  readonly onOutput?: ((stream: OutputStream, text: string) => void) | undefined
  readonly onCommand?: ((command: Command) => void) | undefined
  /** Called with the progress of streamed content: at its beginning, and after every piece. */
  readonly onTransfer?: ((transfer: Transfer) => void) | undefined
}
