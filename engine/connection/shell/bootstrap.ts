import { becomingOf } from './become.ts'
import { quoted } from './frame.ts'
import type { Identity } from '../types.ts'
import { lockScript } from './lock.ts'
import type { HostLock } from './lock.ts'

/**
 * Command lines that start our shells. Whatever the login shell is (sh, bash, dash, ash, csh, fish), it must read them
 * alike: `exec`, plain words, and single quotes around text without quote, backslash, newline and `!`.
 */

/** Printed by a shell of ours when it is ready, on both streams; noise that a login prints comes before it. */
export const readyMark = (nonce: string): string => `${nonce}ready;`

// output is parsed, so it must be in one language; system tools live in sbin, which a login user's PATH may lack
const environment = 'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" LC_ALL=C; export PATH LC_ALL'

const ready = (nonce: string): string =>
  `printf "%s%s" ${nonce} "ready;"; printf "%s%s" ${nonce} "ready;" >&2`

/**
 * The watchdog: passes our text on to the shell, and when there is no more (the engine ended, the connection broke, or
 * we want everything stopped) ends the whole process group, first politely. A shell that has ended by itself makes one
 * of the echoes fail, and then nothing is killed: a daemon that a task left behind lives on.
 */
const watchdog =
  'exec 2>/dev/null; cat; echo :; sleep 1; echo : && { trap "" TERM; kill -TERM 0; sleep 3; kill -KILL 0; }'

/** What a shell is started with. */
export interface ShellStart {
  /** A random word for its marks, that no command can know. */
  readonly nonce: string
  readonly identity: Identity | undefined
  /** Whether sudo wants a terminal. */
  readonly terminal: boolean
  /** The lock that it holds as long as it lives, and whether a shell of the same connection holds it already. */
  readonly lock?: { readonly lock: HostLock; readonly join: boolean } | undefined
}

const asUser = ({ nonce, identity, terminal, lock }: ShellStart, inner: string): string => {
  const words = lock === undefined ? [inner] : [lockScript(nonce, lock.lock, lock.join), inner]
  if (identity === undefined) return `exec /bin/sh -c ${words.map(quoted).join(' ')}`
  return becomingOf(identity, terminal).command(nonce, identity.user, words)
}

/** What runs commands does not hold the lock: they may leave something behind that lives on. */
const unlock = 'exec 9<&-'

/** Starts the shell that reads frames until its input ends. */
export const laneCommand = (start: ShellStart): string =>
  asUser(start, `${environment}; { ${watchdog}; } | { ${unlock}; ${ready(start.nonce)}; exec /bin/sh; }`)

/**
 * Takes pieces (see pieces.ts) and passes them on, then sees to it that the command ends when we do: any end but our
 * farewell ends the whole process group, and only then the command's input. `dd` takes a piece whole before it passes
 * it on, so a command that reads no more does not bring the lengths out of step. It says that it has heard our farewell:
 * sshd throws away what it has not passed on yet when a connection ends.
 */
const feeder = (nonce: string): string =>
  'exec 3>&2 2>/dev/null; while IFS= read -r n && [ "$n" -gt 0 ]; do dd bs="$n" count=1 iflag=fullblock; done; ' +
  'if [ "$n" = 0 ]; then exec >/dev/null; IFS= read -r n; fi; ' +
  `[ "$n" = bye ] && printf "%s%s" ${nonce} "0;" >&3 || ` +
  '{ exec 3>&-; trap "" TERM; kill -TERM 0; sleep 3; kill -KILL 0; }'

/** Starts a shell that runs one script, whose base64 is the first line of its input; the rest is the script's own. */
export const rawCommand = (start: ShellStart): string =>
  asUser(
    start,
    `${environment}; { ${feeder(start.nonce)}; } | { ${unlock}; ${ready(start.nonce)}; IFS= read -r s; eval "$(printf "%s" "$s" | base64 -d)"; }`,
  )
