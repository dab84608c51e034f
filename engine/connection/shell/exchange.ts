import type { Writable } from 'node:stream'
import type { CoxswainError } from '../../errors.ts'
import type { Request, Result } from '../types.ts'
import { newNonce } from './nonce.ts'
import { OutputKeeper } from './output.ts'

/** The session ended before a request did. */
export class ShellSessionEnded extends Error {
  /** Whether the request was written to the session. If not, it has certainly not run. */
  readonly begun: boolean
  /** False if the engine ended the session because of another request. */
  readonly lost: boolean
  /** Whether the shell ended while its connection was open: something on the host killed it. */
  readonly killed: boolean

  constructor({ begun, lost, killed = false }: { begun: boolean; lost: boolean; killed?: boolean }) {
    super('the shell on the host has ended')
    this.begun = begun
    this.lost = lost
    this.killed = killed
  }
}

/** Writes a request to a shell. `fail` reports later errors on our side, such as a source that cannot be read. */
export type Send = (stdin: Writable, nonce: string, fail: (reason: CoxswainError) => void) => void

/** One request in a session, and its result. */
export class Exchange {
  readonly request: Request
  readonly send: Send
  /** Marks the end of this request only. */
  readonly nonce = newNonce()
  readonly output: { readonly stdout: OutputKeeper; readonly stderr: OutputKeeper }
  /** Rejects with the reason for giving it up, or with {@link ShellSessionEnded}. */
  readonly result: Promise<Result>
  /** Exit status, after its mark was read. */
  code = 0
  /** Set if the request was given up: it is rejected with this reason, even if the host still answers. */
  reason: CoxswainError | undefined
  #resolve: (result: Result) => void = () => {}
  #reject: (error: unknown) => void = () => {}

  constructor(request: Request, send: Send) {
    this.request = request
    this.send = send
    this.output = {
      stdout: new OutputKeeper('stdout', request),
      stderr: new OutputKeeper('stderr', request),
    }
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Called when both streams have ended. */
  finish(): void {
    if (this.reason !== undefined) return this.#reject(this.reason)
    const { stdout, stderr } = this.output
    this.#resolve({
      code: this.code,
      stdout: stdout.bytes(),
      stderr: stderr.bytes(),
      dropped: stdout.dropped + stderr.dropped,
    })
  }

  fail(error: CoxswainError | ShellSessionEnded): void {
    this.#reject(this.reason ?? error)
  }
}
