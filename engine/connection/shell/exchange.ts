import type { Writable } from 'node:stream'
import type { CoxswainError } from '../../errors.ts'
import type { Request, Result } from '../types.ts'
import { newNonce } from './nonce.ts'
import { OutputKeeper } from './output.ts'

/** Why a request did not come back from a session: the session ended. */
export class ShellSessionEnded extends Error {
  /** Whether it was written to the session. What was not written has certainly not happened. */
  readonly begun: boolean
  /** False when the session was ended by us, for reasons that this request has no part in. */
  readonly lost: boolean
  /** Whether the shell itself ended while the way to it was there: something on the host killed it. */
  readonly killed: boolean

  constructor({ begun, lost, killed = false }: { begun: boolean; lost: boolean; killed?: boolean }) {
    super('the shell on the host has ended')
    this.begun = begun
    this.lost = lost
    this.killed = killed
  }
}

/** Writes a request to a shell. `fail` is for what goes wrong later on our side, such as a source that cannot be read. */
export type Send = (stdin: Writable, nonce: string, fail: (reason: CoxswainError) => void) => void

/** One request on its way through a session, and its answer. */
export class Exchange {
  readonly request: Request
  readonly send: Send
  /** Marks its end, and the end of no other. */
  readonly nonce = newNonce()
  readonly output: { readonly stdout: OutputKeeper; readonly stderr: OutputKeeper }
  /** Rejects with the reason it was given up for, or with {@link ShellSessionEnded}. */
  readonly result: Promise<Result>
  /** Exit status, once its mark was seen. */
  code = 0
  /** Set when it was given up: it is told so, whatever still comes from the host. */
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

  /** Both its streams have ended. */
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
