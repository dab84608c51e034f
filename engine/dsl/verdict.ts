import type { Secret } from '../secret.ts'
import type { Shown } from './cards.ts'

/** One difference between the host and the wanted state, as `--diff` shows it. */
export interface Change {
  /** What differs: a path, a key, a package, a phrase such as `service haproxy`. */
  readonly what: string
  /** The current value; undefined if there is none. Text of several lines is shown as a diff. */
  readonly from?: string | Secret | undefined
  /** The new value; undefined if it is removed. */
  readonly to?: string | Secret | undefined
}

/** The host is in the wanted state. */
export interface Ok<Value> {
  /** Which verdict it is. */
  readonly kind: 'ok'
  /** The value of a fact; undefined for other tasks. */
  readonly value: Value
  /** How the run shows the value to people; as JSON by default. */
  readonly shown?: Shown
}

/** The host is not in the wanted state. */
export interface Drift {
  /** Which verdict it is. */
  readonly kind: 'drift'
  /** The differences that an apply removes. */
  readonly changes: readonly Change[]
}

/** The state is not known yet. */
export interface Unknown {
  /** Which verdict it is. */
  readonly kind: 'unknown'
  /** What it depends on, for the user. */
  readonly why: string
}

/** All changes are made, but the host is not in the wanted state yet. */
export interface Pending {
  /** Which verdict it is. */
  readonly kind: 'pending'
  /** What is still missing, for the user. */
  readonly why: string
}

/** The result of a check. */
export type Verdict<Value = unknown> = Ok<Value> | Drift | Unknown | Pending

/**
 * The host is in the wanted state. A fact passes its value.
 *
 * @example
 * return ok()
 * return ok({ version: '1.20.2' })
 *
 * @param shown how the run shows the value to people: a text such as a table, and cards for the page of `--report`; as JSON by default.
 */
export function ok(): Ok<void>
export function ok<const Value>(value: Value, shown?: Shown): Ok<Value>
export function ok(value?: unknown, shown?: Shown): Ok<unknown> {
  return { kind: 'ok', value, ...(shown !== undefined && { shown }) }
}

/**
 * The host is not in the wanted state. Plain text is a change without `from` and `to`.
 *
 * @example
 * return drift({ what: key, from: live, to: value })
 */
export const drift = (...changes: readonly (Change | string)[]): Drift => ({
  kind: 'drift',
  changes: changes.map((change) => (typeof change === 'string' ? { what: change } : change)),
})

/**
 * The state is not known yet, because it depends on something that an earlier task would create. Not for "I did not
 * look".
 *
 * A normal run applies the task; `--check` reports it as unknown.
 */
export const unknown = (why: string): Unknown => ({ kind: 'unknown', why })

/**
 * All changes are made, but the host is not in the wanted state yet: pods are starting, a member is catching up.
 * Nothing is applied; the engine waits, up to the timeout of the task's `until`, and reports `ok`. `--check` does not
 * wait and reports unknown.
 */
export const pending = (why: string): Pending => ({ kind: 'pending', why })

/** `drift` with these changes, or `ok` if there are none. */
export const driftUnlessEmpty = (changes: readonly (Change | string)[]): Drift | Ok<void> =>
  changes.length === 0 ? ok() : drift(...changes)
