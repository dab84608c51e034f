import type { Secret } from '../secret.ts'

/** One difference between what is and what shall be: `--diff` needs nothing more. */
export interface Change {
  /** What differs: a path, a key, a package, a phrase such as `service haproxy`. */
  readonly what: string
  /** What is there now; undefined when there is nothing. Text of several lines is shown as a diff. */
  readonly from?: string | Secret | undefined
  /** What will be there; undefined when it is to be removed. */
  readonly to?: string | Secret | undefined
}

export interface Ok<Value> {
  readonly kind: 'ok'
  readonly value: Value
}

export interface Drift {
  readonly kind: 'drift'
  readonly changes: readonly Change[]
}

export interface Unknown {
  readonly kind: 'unknown'
  readonly why: string
}

export interface Pending {
  readonly kind: 'pending'
  readonly why: string
}

/** What a check found. */
export type Verdict<Value = unknown> = Ok<Value> | Drift | Unknown | Pending

/**
 * The host is in the wanted state. A fact gives its value.
 *
 * @example
 * return ok()
 * return ok({ version: '1.20.2' })
 */
export function ok(): Ok<void>
export function ok<const Value>(value: Value): Ok<Value>
export function ok(value?: unknown): Ok<unknown> {
  return { kind: 'ok', value }
}

/**
 * The host is not in the wanted state. Plain text stands for a change that needs no from and to.
 *
 * @example
 * return drift({ what: key, from: live, to: value })
 */
export const drift = (...changes: readonly (Change | string)[]): Drift => ({
  kind: 'drift',
  changes: changes.map((change) => (typeof change === 'string' ? { what: change } : change)),
})

/**
 * It cannot be known yet, because it rests on something that an earlier task would make. Not for "I did not look".
 *
 * A normal run applies the task; `--check` reports it as unknown.
 */
export const unknown = (why: string): Unknown => ({ kind: 'unknown', why })

/**
 * All is done that can be done, but it is not so yet: pods that start, a member that catches up. Nothing is applied for
 * it; the engine waits, as long as the task's `until` says, and reports `ok`. `--check` does not wait: there it is unknown.
 */
export const pending = (why: string): Pending => ({ kind: 'pending', why })

/** `drift` of these changes, or `ok` when there is none. */
export const driftUnlessEmpty = (changes: readonly (Change | string)[]): Drift | Ok<void> =>
  changes.length === 0 ? ok() : drift(...changes)
