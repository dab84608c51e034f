import { becomingOf } from './become.ts'
import { quoted } from './frame.ts'
import type { Identity } from '../types.ts'
import { lockWords } from './lock-script.ts'
import type { HostLock } from './lock.ts'
import { systemPath } from './system-path.ts'
import { sayHello } from './words.ts'

/**
 * Command lines that start our shells. Every login shell (sh, bash, dash, ash, csh, fish) must read them
 * the same way: `exec`, plain words, and single quotes around text without quote, backslash, newline and `!`. Every user of the
 * host can read them, so they contain no secrets.
 */

// output is parsed, so it must be in one language
const environment = `PATH="${systemPath}:$PATH" LC_ALL=C; export PATH LC_ALL`

/** Frames contain nonces and input, which an external `printf` would have in its arguments. */
const builtinPrintf =
  'case $(command -v printf) in printf) ;; *) echo "the printf of /bin/sh is not built in" >&2; exit 1;; esac'

/** Seconds between SIGTERM and SIGKILL, in which processes can clean up. */
const grace = 3

/** Ends the process group, with SIGTERM first. The shell that runs it ignores SIGTERM. */
const killGroup = `kill -TERM 0; sleep ${grace}; kill -KILL 0`

/** {@link killGroup} without output, so that it keeps no channel or pipe open. */
const endGroup = `{ exec >/dev/null 2>&1; trap "" TERM; ${killGroup}; }`

/**
 * The watchdog passes our text on to the shell. At the end of the text (the engine ended, the connection was lost, or the
 * engine stops everything) it ends the process group. If the shell has exited by itself, one of the echoes fails, and
 * nothing is killed: a daemon that a task has started keeps running.
 */
const watchdog = `exec 2>/dev/null; cat; echo :; sleep 1; echo : && ${endGroup}`

/** The parameters of a shell. */
export interface ShellStart {
  readonly identity: Identity | undefined
  /** Identifies this shell (left-behind.ts). */
  readonly mark: string
  /** Whether sudo requires a terminal. */
  readonly terminal: boolean
  /** The lock that it holds until it ends. */
  readonly lock?: HostLock | undefined
}

const asUser = ({ identity, mark, terminal, lock }: ShellStart, text: string): string => {
  const inner = `: ${mark}; ${text}`
  const words = lock === undefined ? [inner] : [...lockWords(lock), inner]
  if (identity === undefined) return `exec /bin/sh -c ${words.map(quoted).join(' ')}`
  return becomingOf(identity, terminal).command(identity.user, words)
}

/** The shell that runs commands does not hold the lock: they can start daemons that keep running. */
const unlock = 'exec 9<&-'

/**
 * Starts the shell that reads frames until its input ends. If it ends in another way (the host is out of memory and
 * kills it), its process group is ended too, as no one would read the results.
 */
export const sessionCommand = (start: ShellStart): string =>
  asUser(
    start,
    `${environment}; ${builtinPrintf}; { ${watchdog}; } | { ${unlock}; ${sayHello}; /bin/sh || ${endGroup}; }`,
  )

/**
 * Reads pieces (see pieces.ts) and passes them on. Any end of its input except our farewell ends the process group of the
 * command. The input of the command stays open until the command has ended, even if something else stops it (this shell
 * ignores SIGTERM), because a command takes the end of its input for complete data. `dd` reads a complete piece before it
 * passes it on, so a command that stops reading does not disturb the lengths. It confirms our farewell with the nonce in
 * it: when a connection ends, sshd discards data that it has not passed on.
 */
const feeder =
  'trap "" TERM; exec 3>&2 2>/dev/null; while IFS= read -r n && [ "$n" -gt 0 ]; do dd bs="$n" count=1 iflag=fullblock; done; ' +
  'if [ "$n" = 0 ]; then exec >/dev/null; IFS= read -r n; fi; ' +
  `case $n in "bye "*) printf "%s;" "\${n#bye }" >&3;; *) exec 3>&-; ${killGroup};; esac`

/** Starts a shell that runs one script. The first line of its input is the script in base64; the rest belongs to the script. */
export const rawCommand = (start: ShellStart): string =>
  asUser(
    start,
    `${environment}; ${builtinPrintf}; { ${feeder}; } | { ${unlock}; ${sayHello}; IFS= read -r s; ` +
      `( eval "$(printf "%s" "$s" | base64 -d)" ) || ${endGroup}; }`,
  )
