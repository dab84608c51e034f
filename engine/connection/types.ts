/**
 * The port under `Remote`: what a host can be asked to do, and nothing about tasks.
 *
 * ssh and local connections run every request through a framed shell session; the scripted one answers from a
 * script, for tests.
 */
import type { Secret } from '../secret.ts'

/** The ways to become another user. */
export const becomeMethods = ['sudo', 'su', 'doas'] as const

/** What is done about the key that a host presents: known_hosts decides, or adds an unknown one, or is not read. */
export const hostKeyCheckings = ['strict', 'accept-new', 'off'] as const

/** One of them. */
export type HostKeyChecking = (typeof hostKeyCheckings)[number]

/** Another user to act as, and how to become it. */
export interface Identity {
  readonly method: (typeof becomeMethods)[number]
  /** The user to become, `root` most often. */
  readonly user: string
  /** Given on standard input when the prompt appears, never otherwise. */
  readonly password?: Secret | undefined
}

/**
 * Content that comes in a temporary file of a known name, so that a transfer which breaks off can go on where it was.
 */
export interface Part {
  /** Its name; the file lies in the folder of the file that it becomes. */
  readonly name: string
  /** Bytes that are there already. */
  readonly offset: number
  /** Lower-case hex of the whole content's SHA-256. */
  readonly sha256: string
}

/** Bytes of a piece in which a file is read that is too big to be kept in memory: well below what is kept of an output. */
export const pieceSize = 8 * 1024 * 1024

/**
 * What a command works on, entered or opened as file operations do it: a folder, in which the command runs, or a file, which
 * the command has as descriptor 3 (`/proc/self/fd/3`).
 */
export type CommandPath = (
  | {
      readonly folder: string
      readonly file?: undefined
      /** Exit status where there is no such folder; 1 with a message when absent. */
      readonly missing?: number | undefined
    }
  | { readonly file: string; readonly folder?: undefined }
) & {
  /** Follow links whoever controls them. */
  readonly follow?: boolean | undefined
}

/** What a request stands for, when it is a file operation: told in events, and answered by the scripted connection. */
export type FileOperation =
  /** All of a file, or one of its pieces of {@link pieceSize}, counted from 0. */
  | {
      readonly kind: 'read'
      readonly path: string
      readonly piece?: number | undefined
      readonly follow?: boolean | undefined
    }
  /** What is at a path, or, where links are followed, what it leads to. */
  | { readonly kind: 'stat'; readonly path: string; readonly follow?: boolean | undefined }
  | { readonly kind: 'sha256'; readonly path: string; readonly follow?: boolean | undefined }
  | { readonly kind: 'list'; readonly path: string }
  /** What has come of a file's new content: its size and its SHA-256. */
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
      /** Shell text that must succeed before the file is replaced; `%s` in it is the new content's path. */
      readonly validate?: string | undefined
      /** Keep what is replaced beside it. */
      readonly backup?: boolean | undefined
      /** Let the content come in a file that outlives the connection. */
      readonly part?: Part | undefined
      /** Shell text that prints the new content; standard input is its own then. */
      readonly command?: string | undefined
      /** What the command works on. */
      readonly at?: CommandPath | undefined
      /** Lower-case hex of the SHA-256 that what the command prints must have. */
      readonly sha256?: string | undefined
      /** Follow links whoever controls them. */
      readonly follow?: boolean | undefined
    }
  /** Look whether one of the changes below would be refused; nothing is changed. */
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
  /** Put what a command makes in the current folder into a folder that is there. */
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
  /** Do the same to several paths below a folder. */
  | {
      readonly kind: 'each'
      readonly path: string
      /** From the folder on: `./a/b`. */
      readonly names: readonly string[]
      readonly change: 'attributes' | 'remove'
      readonly mode?: string | undefined
      readonly owner?: string | undefined
      readonly group?: string | undefined
      readonly follow?: boolean | undefined
    }
  /** Give what belongs to one user in a folder to another, by their numbers. */
  | { readonly kind: 'give'; readonly path: string; readonly from: number; readonly to: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'remove'; readonly path: string; readonly recursive: boolean }

/** Bytes for a command's standard input. A Secret's text is sent as UTF-8 and never logged. */
export type Input = string | Uint8Array | Secret | AsyncIterable<Uint8Array>

export type OutputStream = 'stdout' | 'stderr'

export interface Request {
  /**
   * POSIX shell text. It may span lines; it is never put into an argv. What it leaves in the background shall have its
   * output redirected: the shell is shared, so what comes late is taken for the next command's.
   */
  readonly script: string
  /** The command in the script, where the engine put more in front of it. */
  readonly command?: string | undefined
  /** What the script does, in words fit for a person; the script itself when absent. */
  readonly label?: string | undefined
  /** Set when the script is a file operation of the engine. */
  readonly operation?: FileOperation | undefined
  readonly identity?: Identity | undefined
  /**
   * `query` reads and returns soon, `run` may change things and take its time: each has a shell of its own, so that
   * a long `run` does not hold up what others ask of the host. Each `run` is sent once, when those before it are
   * through; a query may be sent again after the connection was lost.
   */
  readonly purpose: 'query' | 'run'
  readonly stdin?: Input | undefined
  /**
   * Seconds until the command and all its children are stopped, on the remote side too; they count from when it is its
   * turn on the host. None when absent.
   */
  readonly timeout?: number | undefined
  /**
   * Aborting stops the remote command and its children; one that has not begun never does. The promise rejects with the
   * signal's reason where that is a CoxswainError, else with `interrupted`.
   */
  readonly signal?: AbortSignal | undefined
  /** Bytes kept of each stream; what is beyond is counted and dropped. 16 MiB unless told. */
  readonly maxOutput?: number | undefined
  /** Live output, decoded as UTF-8 over chunk borders. */
  readonly onOutput?: ((stream: OutputStream, text: string) => void) | undefined
}

export interface Result {
  /** Exit status of the script; 128 + n when a signal ended it. */
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** Bytes dropped beyond `maxOutput`, both streams together. */
  readonly dropped: number
}

/**
 * A way to a host. It connects when it is first used and again after it was lost.
 *
 * `execute` rejects with a CoxswainError: `connect-failed`, `auth-failed`, `host-key-*`, `shell-failed`,
 * `become-*`, `connection-lost` (the command may or may not have run), `command-timeout`, `interrupted`. A command
 * that ends with a non-zero status is a result, not an error.
 */
export interface Connection {
  /** Where it leads, for people: `root@10.0.0.7:22`, `local`. */
  readonly description: string
  execute(request: Request): Promise<Result>
  /** Ends all sessions. Remote commands that still run are stopped. Idempotent. */
  close(): Promise<void>
}
