/**
 * A lock on a host against two runs at the same time as the same acting user.
 *
 * It is an flock(2) on a file in a private folder of the acting user (`/run/coxswain` for root, one in the home for
 * others), which no other user can open: other users of the host cannot hold the lock, or read or change its holder. Each
 * shell of a run holds it until it ends, in the watchdog process and not in the shell that runs commands, so a daemon that a
 * task starts does not hold it. It is free when the last shell has ended for any reason, even if the machine that started
 * the run is down. A record next to it names the holder, for the error of other runs.
 */
import { CoxswainError } from '../../errors.ts'
import type { LockWord } from './words.ts'

/** How a run locks a host. */
export interface HostLock {
  /** Identifies the run, in hexadecimal. Connections of the same run share the lock. */
  readonly token: string
  /** Who runs it, such as `ann@laptop`. */
  readonly owner: string
  /** What is run, such as the name of a playbook. */
  readonly purpose: string
  /** PID of the run, on its own machine. */
  readonly pid: number
  /** The parent of the private folders on hosts; by default `/run` for root, the home for others. */
  readonly folder?: string | undefined
  /** Seconds to try before the holder is reported; 5 by default. */
  readonly grace?: number | undefined
  /** Seconds to wait for the lock; 0 fails immediately. */
  readonly wait: number
  /** Aborted when no other task must start: then waiting ends. */
  readonly stopping?: AbortSignal | undefined
  /** Called when the run starts to wait, when the holder changes, and every 10 s, with the holder and the time. */
  readonly waiting: (holder: string) => void
  /** Called with the reason if the host cannot be locked; the run continues without a lock. */
  readonly absent: (why: string) => void
  /** A monotonic clock in seconds; by default that of this machine. */
  readonly clock?: (() => number) | undefined
}

const age = (seconds: number): string => {
  if (seconds < 60) return `${Math.max(0, seconds)} s`
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/**
 * Describes the holder of a lock, from the host's time and the record of the holder.
 *
 * @example
 * holderOf('1700000180 00ff:ann@laptop:4242:1700000000:ha-masters')
 * // 'ann@laptop (ha-masters, process 4242), for 3 min'
 */
export const holderOf = (said: string): string => {
  const [now = '', record = ''] = said.split(' ')
  const [, owner, pid, since, purpose] = record.split(':')
  if (owner === undefined || pid === undefined || purpose === undefined) return 'a run without a record'
  const seconds = Number(now) - Number(since)
  return `${owner} (${purpose}, process ${pid})${Number.isFinite(seconds) ? `, for ${age(seconds)}` : ''}`
}

const whyAbsent: Readonly<Record<string, string>> = {
  flock: 'the host does not have flock(1)',
  folder: 'the acting user does not have a folder that others cannot write into',
  write: 'the folder of the lock is full or read-only',
  locks: 'the file system of the lock does not support locks',
}

/** The error for another file or folder at the place of the private folder, with its mode, owner and path. */
const unsafe = (description: string, said: string): CoxswainError => {
  const [, mode = '', owner = '', path = ''] = /^(\S*)\/(\d*) (.*)$/.exec(said) ?? []
  return new CoxswainError(
    'lock-unsafe',
    `${description}: ${path} must be a folder that only the acting user can open, but it has mode ${mode} and owner UID ${owner}`,
    { hint: `find out who created it (ls -ldn ${path}), then remove it` },
  )
}

/** Seconds between two reports of the holder. */
const reportInterval = 10

/** Decides whether a shell continues to wait for the lock. */
export interface LockWatch {
  /** Takes a message of the shell about the lock; returns an error if the shell must not wait. */
  hear(word: LockWord): CoxswainError | undefined
}

/** Creates the watch for opening one shell. */
export const watchLock = (
  { wait, stopping, waiting, absent, clock = () => performance.now() / 1000 }: HostLock,
  description: string,
): LockWatch => {
  let began: number | undefined
  let reported: { readonly who: string; readonly at: number } | undefined
  return {
    hear: ({ kind, text }) => {
      if (kind === 'absent') {
        absent(whyAbsent[text] ?? text)
        return undefined
      }
      if (kind === 'unsafe') return unsafe(description, text)
      if (stopping?.aborted === true)
        return new CoxswainError('interrupted', `interrupted while ${description} was locked by another run`)
      const now = clock()
      began ??= now
      const waited = Math.floor(now - began)
      const holder = holderOf(text)
      if (now - began >= wait) {
        const waitedText = wait === 0 ? '' : `; waited ${waited} s for it`
        return new CoxswainError('host-locked', `${description} is locked by ${holder}${waitedText}`)
      }
      const [who = ''] = holder.split(', for ')
      if (who !== reported?.who || now - reported.at >= reportInterval) {
        waiting(`${holder}${waited === 0 ? '' : `; waited ${waited} s of at most ${wait} s`}`)
        reported = { who, at: now }
      }
      return undefined
    },
  }
}
