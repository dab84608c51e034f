import { becomingOf } from './become.ts'
import { quoted } from './frame.ts'
import type { Identity } from '../types.ts'
import { lockWords } from './lock-script.ts'
import type { HostLock } from './lock.ts'
import { systemPath } from './system-path.ts'
import { sayHello } from './words.ts'

/**
 * Command lines that start our shells. Whatever the login shell is (sh, bash, dash, ash, csh, fish), it must read them
 * alike: `exec`, plain words, and single quotes around text without quote, backslash, newline and `!`. Every user of the
 * host can read them, so they hold nothing that is secret.
 */

// output is parsed, so it must be in one language
const environment = `PATH="${systemPath}:$PATH" LC_ALL=C; export PATH LC_ALL`

/** Frames hold nonces and input; a `printf` that is a program of its own would have them as its arguments. */
const builtinPrintf =
  'case $(command -v printf) in printf) ;; *) echo "the printf of /bin/sh is not built in" >&2; exit 1;; esac'

/** Seconds that processes which were asked to end have to clean up after themselves, before they are killed. */
const grace = 3

/** Ends the process group, with SIGTERM first: traps can clean up. The shell that does it ignores SIGTERM. */
const killGroup = `kill -TERM 0; sleep ${grace}; kill -KILL 0`

/** {@link killGroup} by a shell whose output no one reads: it keeps neither a channel nor a pipe open. */
const endGroup = `{ exec >/dev/null 2>&1; trap "" TERM; ${killGroup}; }`

/**
 * The watchdog: passes our text on to the shell, and when there is no more (the engine ended, the connection broke, or
 * we want everything stopped) ends the whole process group. A shell that has ended by itself makes one of the echoes fail,
 * and then nothing is killed: a daemon that a task left behind lives on.
 */
const watchdog = `exec 2>/dev/null; cat; echo :; sleep 1; echo : && ${endGroup}`

/** What a shell is started with. */
export interface ShellStart {
  readonly identity: Identity | undefined
  /** Tells this shell from all others (left-behind.ts). */
  readonly mark: string
  /** Whether sudo wants a terminal. */
  readonly terminal: boolean
  /** The lock that it holds as long as it lives. */
  readonly lock?: HostLock | undefined
}

const asUser = ({ identity, mark, terminal, lock }: ShellStart, text: string): string => {
  const inner = `: ${mark}; ${text}`
  const words = lock === undefined ? [inner] : [...lockWords(lock), inner]
  if (identity === undefined) return `exec /bin/sh -c ${words.map(quoted).join(' ')}`
  return becomingOf(identity, terminal).command(identity.user, words)
}

/** What runs commands does not hold the lock: they may leave something behind that lives on. */
const unlock = 'exec 9<&-'

/**
 * Starts the shell that reads frames until its input ends. One that ends in another way (the host is out of memory and
 * kills it) takes all that it started with it: its commands have nobody to report to.
 */
export const sessionCommand = (start: ShellStart): string =>
  asUser(
    start,
    `${environment}; ${builtinPrintf}; { ${watchdog}; } | { ${unlock}; ${sayHello}; /bin/sh || ${endGroup}; }`,
  )

/**
 * Takes pieces (see pieces.ts) and passes them on, then sees to it that the command ends when we do: every end but our
 * farewell ends its process group. The command's input stays open until the command is dead, also when something
 * else stops it (this shell ignores SIGTERM), for one that sees its input end takes what it has for all of it. `dd` takes
 * a piece whole before it passes it on, so a command that reads no more does not bring the lengths out of step. It says
 * that it has heard our farewell, with the nonce that came with it: sshd throws away what it has not passed on yet when a
 * connection ends.
 */
const feeder =
  'trap "" TERM; exec 3>&2 2>/dev/null; while IFS= read -r n && [ "$n" -gt 0 ]; do dd bs="$n" count=1 iflag=fullblock; done; ' +
  'if [ "$n" = 0 ]; then exec >/dev/null; IFS= read -r n; fi; ' +
  `case $n in "bye "*) printf "%s;" "\${n#bye }" >&3;; *) exec 3>&-; ${killGroup};; esac`

/** Starts a shell that runs one script, whose base64 is the first line of its input; the rest is the script's own. */
export const rawCommand = (start: ShellStart): string =>
  asUser(
    start,
    `${environment}; ${builtinPrintf}; { ${feeder}; } | { ${unlock}; ${sayHello}; IFS= read -r s; ` +
      `( eval "$(printf "%s" "$s" | base64 -d)" ) || ${endGroup}; }`,
  )
