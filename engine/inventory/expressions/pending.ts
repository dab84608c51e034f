/** Values that are not there yet while an expression is evaluated. */

/** What has to be done before an expression can be evaluated: it is evaluated again afterwards. */
export class Suspended extends Error {
  readonly work: () => Promise<void>

  constructor(work: () => Promise<void>) {
    super('an expression waits for a value')
    this.work = work
  }
}

/** Why an expression is not evaluated here. */
export type ShutReason = 'a secret' | 'an encrypted file' | 'a program' | 'the hosts of a play'

/** An expression reads a secret, a program or hosts that this step does not open, run or know. */
export class Shut extends Error {
  readonly reason: ShutReason
  /** More about it: which variable, and in which files it can be. */
  readonly detail: string | undefined

  constructor(reason: ShutReason, detail?: string) {
    super(`an expression reads ${reason}`)
    this.reason = reason
    this.detail = detail
  }
}

/** The result of work that can be suspended. */
export const settled = async <Result>(attempt: () => Result): Promise<Result> => {
  for (;;) {
    try {
      return attempt()
    } catch (error) {
      if (!(error instanceof Suspended)) throw error
      await error.work()
    }
  }
}
