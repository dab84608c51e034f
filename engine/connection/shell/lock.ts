/**
 * A lock on a host against two runs at once that act there as the same user.
 *
 * It is an flock(2) on a file in a private folder of the acting user (`/run/coxswain` for root, one in the home for
 * others), which nobody else can open: no other user of the host can hold it, or learn or change who does. Each shell of a
 * run holds it as long as it lives, in the process that watches over it and not in the one that runs commands: a daemon
 * that a task leaves behind does not have it, and it is free when the last shell is gone, however that came, also when the
 * machine that started the run is no more. Beside it stands a record of whose it is, for those who are refused.
 */
import { CoxswainError } from '../../errors.ts'
import type { LockWord } from './words.ts'

/** How a run keeps others off a host. */
export interface HostLock {
  /** Names the run; hexadecimal. Its connections do not lock each other out. */
  readonly token: string
  /** Who runs it, such as `ann@laptop`. */
  readonly owner: string
  /** What is run, such as the name of a playbook. */
  readonly purpose: string
  /** Process number of the run, on its own machine. */
  readonly pid: number
  /** Where on hosts the private folders of locks are; the usual places by default. */
  readonly folder?: string | undefined
  /** Seconds in which the lock is asked for before a word of who has it; five by default. */
  readonly grace?: number | undefined
  /** Seconds to wait for the lock; 0 to be refused at once. */
  readonly wait: number
  /** Aborted when nothing more must begin: then it is not waited for any longer. */
  readonly stopping?: AbortSignal | undefined
  /** Called when the run begins to wait, when another holds the lock, and every ten seconds; with words on who and how long. */
  readonly waiting: (holder: string) => void
  /** Called when the host cannot be locked, with the reason; nothing keeps another run off it. */
  readonly absent: (why: string) => void
  /** Seconds on a clock that only goes forward; that of this machine by default. */
  readonly clock?: (() => number) | undefined
}

const age = (seconds: number): string => {
  if (seconds < 60) return `${Math.max(0, seconds)} s`
  return seconds < 3600
    ? `${Math.floor(seconds / 60)} min`
    : `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/**
 * Who holds a lock, in words, from what the shell says: the host's time, and the record of the holder.
 *
 * @example
 * holderOf('1700000180 00ff:ann@laptop:4242:1700000000:ha-masters')
 * // 'ann@laptop (ha-masters, process 4242), since 3 min'
 */
export const holderOf = (said: string): string => {
  const [now = '', record = ''] = said.split(' ')
  const [, owner, pid, since, purpose] = record.split(':')
  if (owner === undefined || pid === undefined || purpose === undefined) return 'a run that left no record'
  const seconds = Number(now) - Number(since)
  return `${owner} (${purpose}, process ${pid})${Number.isFinite(seconds) ? `, since ${age(seconds)}` : ''}`
}

const whyAbsent: Readonly<Record<string, string>> = {
  flock: 'the host does not have flock(1)',
  folder: 'the acting user does not have a folder that others cannot write into',
  write: 'the folder of the lock is full or read-only',
  locks: 'the file system of the lock does not support locks',
}

/** The error for what somebody has put in the place of the private folder: its mode, owner and path. */
const unsafe = (description: string, said: string): CoxswainError => {
  const [, mode = '', owner = '', path = ''] = /^(\S*)\/(\d*) (.*)$/.exec(said) ?? []
  return new CoxswainError(
    'lock-unsafe',
    `${description}: ${path} must be a folder that only the acting user can open, but it is ${mode}, of the user with the number ${owner}`,
    { hint: `find out who made it, then remove it: ls -ldn ${path}` },
  )
}

/** Seconds between two words on who is waited for. */
const tellEvery = 10

/** Decides, while a shell waits for the lock, whether to go on waiting. */
export interface LockWatch {
  /** Takes what the shell says; gives why it is refused, when it is. */
  hear(word: LockWord): CoxswainError | undefined
}

/** Watches the opening of one shell. */
export const watchLock = (
  { wait, stopping, waiting, absent, clock = () => performance.now() / 1000 }: HostLock,
  description: string,
): LockWatch => {
  let began: number | undefined
  let told: { readonly who: string; readonly at: number } | undefined
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
        const vainly = wait === 0 ? '' : `; waited ${waited} s for it`
        return new CoxswainError('host-locked', `${description} is locked by ${holder}${vainly}`)
      }
      const [who = ''] = holder.split(', since')
      if (who !== told?.who || now - told.at >= tellEvery) {
        waiting(`${holder}${waited === 0 ? '' : `; waited ${waited} s of at most ${wait} s`}`)
        told = { who, at: now }
      }
      return undefined
    },
  }
}
