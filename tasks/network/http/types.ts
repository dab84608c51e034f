import type { Secret } from '../../../engine/index.ts'

/** What is asked. Nothing of it becomes a part of a command line where there is curl. */
export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string | Secret>>
  readonly body: string | Secret | undefined
  /** Take any certificate. */
  readonly insecure: boolean
  /** Seconds until it is given up. */
  readonly timeout: number
}

/** What came of it: an answer of whatever status, or why there is none. Redirects are not followed. */
export type HttpAnswer =
  | {
      readonly status: number
      /** By their names in lower-case letters; the values of one that comes several times are joined by commas. */
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  | { readonly failure: string }
