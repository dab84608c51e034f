/**
 * The port under `Remote`: requests to a host, independent of tasks.
 *
 * SSH, container and local connections run every request in a framed shell session. The scripted connection, for tests,
 * answers from a script.
 */
import type { Secret } from '../secret.ts'

/** The become methods. */
export const becomeMethods = ['sudo', 'su', 'doas'] as const

/** How to check host keys: with known_hosts, with unknown keys added to it, or not at all. */
export const hostKeyCheckings = ['strict', 'accept-new', 'off'] as const

/** One of {@link hostKeyCheckings}. */
export type HostKeyChecking = (typeof hostKeyCheckings)[number]

/** Another user to act as, and how to become it. */
export interface Identity {
  readonly method: (typeof becomeMethods)[number]
  /** The user to become, usually `root`. */
  readonly user: string
  /** Written to standard input when the prompt appears, never otherwise. */
  readonly password?: Secret | undefined
}

/**
 * Content in a temporary file with a known name, so that an interrupted transfer can continue.
 */
export interface Part {
  /** Its name; the file is in the folder of the file that it becomes. */
  readonly name: string
  /** Bytes that are already in it. */
  readonly offset: number
  /** Lower-case hex of the SHA-256 of the complete content. */
  readonly sha256: string
}

/** Bytes of a piece, for reading a file that is too large for memory; well below the limit of output. */
export const pieceSize = 8 * 1024 * 1024

/**
 * What a command works on, opened as by file operations: a folder, in which the command runs, or a file, which
 * the command has as descriptor 3 (`/proc/self/fd/3`).
 */
export type CommandPath = (
  | {
      /** The folder that the command runs in. */
      readonly folder: string
      /** Not together with `folder`. */
      readonly file?: undefined
      /** Exit status if the folder does not exist; by default 1 with a message. */
      readonly missing?: number | undefined
    }
  | {
      /** The file that the command has open as descriptor 3. */
      readonly file: string
      /** Not together with `file`. */
      readonly folder?: undefined
    }
) & {
  /** Follow links whoever controls them. */
  readonly follow?: boolean | undefined
}

/** The file operation of a request, which is reported in events and answered by the scripted connection. */
export type FileOperation =
  /** All of a file, or one of its pieces of {@link pieceSize}, counted from 0. */
  | {
      readonly kind: 'read'
      readonly path: string
      readonly piece?: number | undefined
      readonly follow?: boolean | undefined
    }
  /** The status of a path or, if links are followed, of its target. */
  | { readonly kind: 'stat'; readonly path: string; readonly follow?: boolean | undefined }
  | { readonly kind: 'sha256'; readonly path: string; readonly follow?: boolean | undefined }
  | { readonly kind: 'list'; readonly path: string }
  /** The size and the SHA-256 of the received part of new content. */
  | {
      readonly kind: 'part'
      readonly path: string
      readonly name: string
      readonly follow?: boolean | undefined
    }
  | {
      readonly kind: 'write'
      readonly path: string
      readonly mode: string | undefined
      readonly owner: string | undefined
      readonly group: string | undefined
      /** Shell text that must succeed before the file is replaced; `%s` in it is the path of the new content. */
      readonly validate?: string | undefined
      /** Keep a copy of the old file in the same folder. */
      readonly backup?: boolean | undefined
      /** Receive the content in a file that is kept if the connection is lost. */
      readonly part?: Part | undefined
      /** Shell text that prints the new content; standard input belongs to it. */
      readonly command?: string | undefined
      /** What the command works on. */
      readonly at?: CommandPath | undefined
      /** Lower-case hex of the required SHA-256 of the command's output. */
      readonly sha256?: string | undefined
      /** Follow links whoever controls them. */
      readonly follow?: boolean | undefined
    }
  /** Check whether one of the changes below would be refused, without a change. */
  | {
      readonly kind: 'could'
      readonly change: 'write' | 'directory' | 'link' | 'attributes'
      readonly path: string
      readonly owner: string | undefined
      readonly group: string | undefined
      readonly follow?: boolean | undefined
    }
  | {
      readonly kind: 'directory'
      readonly path: string
      readonly mode: string | undefined
      readonly owner: string | undefined
      readonly group: string | undefined
      readonly follow?: boolean | undefined
    }
  | {
      readonly kind: 'attributes'
      readonly path: string
      readonly mode: string | undefined
      readonly owner: string | undefined
      readonly group: string | undefined
      readonly follow?: boolean | undefined
    }
  /** Put the files that a command creates in its current folder into an existing folder. */
  | {
      readonly kind: 'tree'
      readonly path: string
      /** Shell text. */
      readonly command: string
      /** What the command works on. */
      readonly at?: CommandPath | undefined
      readonly owner: string | undefined
      readonly group: string | undefined
      /** Keep set-user-id and set-group-id bits, devices, pipes and sockets. */
      readonly special: boolean
      readonly follow?: boolean | undefined
    }
  /** Change several paths below a folder in the same way. */
  | {
      readonly kind: 'each'
      readonly path: string
      /** Relative to the folder: `./a/b`. */
      readonly names: readonly string[]
      readonly change: 'attributes' | 'remove'
      readonly mode?: string | undefined
      readonly owner?: string | undefined
      readonly group?: string | undefined
      readonly follow?: boolean | undefined
    }
  /** Change the owner of all files of one user in a folder, by UID. */
  | { readonly kind: 'give'; readonly path: string; readonly from: number; readonly to: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'remove'; readonly path: string; readonly recursive: boolean }

/** Bytes for a command's standard input. A Secret's text is sent as UTF-8 and never logged. */
export type Input = string | Uint8Array | Secret | AsyncIterable<Uint8Array>

export type OutputStream = 'stdout' | 'stderr'

export interface Request {
  /**
   * POSIX shell text. It can span lines and is never in an argv. Background processes must have their
   * output redirected: the shell is shared, so late output would be taken for that of the next command.
   */
  readonly script: string
  /** The command in the script, without text that the engine has put before it. */
  readonly command?: string | undefined
  /** What the script does, for messages; by default the script. */
  readonly label?: string | undefined
  /** Set when the script is a file operation of the engine. */
  readonly operation?: FileOperation | undefined
  readonly identity?: Identity | undefined
  /**
   * `query` only reads and is short; `run` can change things and take long. Each has its own shell, so that a long `run`
   * does not block queries. Each `run` is sent once, after earlier ones have ended; a query can be sent again after the
   * connection was lost.
   */
  readonly purpose: 'query' | 'run'
  readonly stdin?: Input | undefined
  /**
   * Seconds until the command and all its children are stopped, on the host too, counted from its start on the host. No
   * limit by default.
   */
  readonly timeout?: number | undefined
  /**
   * Aborting stops the remote command and its children, or prevents its start. The promise rejects with the signal's
   * reason if it is a CoxswainError, else with `interrupted`.
   */
  readonly signal?: AbortSignal | undefined
  /** Bytes kept of each stream; 16 MiB by default. Further bytes are counted and dropped. */
  readonly maxOutput?: number | undefined
  /** Live output, decoded as UTF-8 across chunks. */
  readonly onOutput?: ((stream: OutputStream, text: string) => void) | undefined
}

export interface Result {
  /** Exit status of the script; 128 + n if a signal ended it. */
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** Bytes dropped beyond `maxOutput`, both streams together. */
  readonly dropped: number
}

/**
 * A connection to a host. It connects when it is first used, and again after it was lost.
 *
 * `execute` rejects with a CoxswainError: `connect-failed`, `auth-failed`, `host-key-*`, `shell-failed`,
 * `become-*`, `connection-lost` (it is unknown whether the command has run), `command-timeout`, `interrupted`. A command
 * that ends with a non-zero status is a result, not an error.
 */
export interface Connection {
  /** The host, for messages: `root@10.0.0.7:22`, `local`. */
  readonly description: string
  execute(request: Request): Promise<Result>
  /** Ends all sessions and stops commands that still run. Idempotent. */
  close(): Promise<void>
}
