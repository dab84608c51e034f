/** The become methods: how each is started, prompts for a password, and rejects one. Pure. */
import { isCoxswainError } from '../../errors.ts'
import type { Identity } from '../types.ts'
import { quoted } from './frame.ts'
import { systemPath } from './system-path.ts'
import { sayAsking, sayTerminalOpened, sayTerminalRead, sudoPromptWord } from './words.ts'
import type { Word } from './words.ts'

/** How to start a shell as another user. */
export interface Becoming {
  /**
   * A command line for any login shell (see bootstrap.ts) that starts `/bin/sh -c` with up to three words
   * as another user.
   */
  readonly command: (user: string, words: readonly string[]) => string
  /** What it prints when it asks for a password; a `prompt` is only valid after `asking`. */
  readonly prompt: (Word & { readonly kind: 'prompt' | 'sudo prompt' })['kind']
  /** The message about a wrong password. */
  readonly refusal: RegExp
}

/** Starts a script of ours in the login shell, without programs from the login user's own folders. */
const script = (text: string, words: readonly string[]): string =>
  `exec /bin/sh -c ${quoted(`PATH=${systemPath} LC_ALL=C; export PATH LC_ALL; ${text}`)} sh ${words.map(quoted).join(' ')}`

/** -H: the home of root, not of the login user. -S and -p: read the password from stdin, with our prompt. */
const sudoWords = `sudo -H -S -p ${sudoPromptWord} -u`

/**
 * Runs before {@link atTerminal}: saves our streams on other descriptors, because the terminal is only used as
 * /dev/tty (script(1) of util-linux and of busybox).
 */
const aside =
  'command -v script >/dev/null || { echo "the host has no script(1), which gives a terminal" >&2; exit 1; }; ' +
  `SHELL=/bin/sh; export SHELL u a b d r; ${sayTerminalOpened}; exec 3<&0 4>&1 5>&2`

/** Restores the streams that {@link aside} has saved, and closes the copies. */
const streams = '<&3 >&4 2>&5 3<&- 4>&- 5>&-'

/** A shell of the other user at the terminal. It first waits until script(1) has copied the output of the terminal. */
const shellAtTerminal = `/bin/sh -c "$r; $a" "$b" "$d" ${streams}`

/** Runs `$c` at a terminal. */
const atTerminal = 'script -qec "$c" /dev/null >&5'

/** The variables that {@link aside} exports: a shell that `script` starts gets no arguments. */
const named = 'u=$1 c=$2 a=$3 b=$4 d=$5 r=$6'

const namedWords = (user: string, inner: string, [a = '', b = '', d = '']: readonly string[]): string[] => [
  user,
  inner,
  a,
  b,
  d,
  sayTerminalRead,
]

const sudo: Becoming = {
  command: (user, words) => script(`exec ${sudoWords} "$@"`, [user, '/bin/sh', '-c', ...words]),
  prompt: 'sudo prompt',
  refusal: /incorrect password|no password was provided/,
}

/** sudo with a terminal, where its rules require one (sudoers(5), requiretty); it still prompts on our streams. */
const sudoAtTerminal: Becoming = {
  ...sudo,
  command: (user, words) => {
    const inner = `exec ${sudoWords} "$u" ${shellAtTerminal}`
    return script(`${named}; ${aside}; ${atTerminal} </dev/null`, namedWords(user, inner, words))
  },
}

/**
 * su reads its password from standard input if that is not a terminal (util-linux with PAM, busybox). It passes on the
 * environment of the login user, in which bash finds functions: `cat` could be one of them.
 */
const su: Becoming = {
  command: (user, words) => {
    const clean =
      'env -i PATH="$PATH" LC_ALL=C USER="$u" LOGNAME="$u" ${SSH_AUTH_SOCK:+SSH_AUTH_SOCK="$SSH_AUTH_SOCK"}'
    const text = `u=$1 c=$2; shift 2; ${sayAsking}; exec ${clean} su -s /bin/sh -c "$c" "$u" "$@"`
    return script(text, [user, ...words])
  },
  prompt: 'prompt',
  refusal: /Authentication failure|incorrect password/,
}

/**
 * doas prompts only at a terminal (readpassphrase(3) with RPP_REQUIRE_TTY). The one line that it reads there comes from our
 * input, which the engine writes after the prompt.
 */
const doas: Becoming = {
  command: (user, words) => {
    const shell = '/bin/sh -c "$a" "$b" "$d"'
    const inner = `exec doas -u "$u" ${shellAtTerminal}`
    const free = `if doas -n -u "$u" /bin/sh -c : 2>/dev/null; then exec doas -n -u "$u" ${shell}; fi`
    const line = '{ IFS= read -r p <&3; printf "%s" "$p"; echo; }'
    // if doas ends without a prompt, the reader of the line must be ended
    const typed = `trap : TERM; ${line} | { trap : TERM; ${atTerminal}; c=$?; kill -TERM 0; exit $c; }`
    const text = `${sayAsking}; ${named}; ${free}; ${aside}; ${typed}`
    return script(text, namedWords(user, inner, words))
  },
  prompt: 'prompt',
  refusal: /Authentication failed|incorrect password/i,
}

const becomings: Readonly<Record<Identity['method'], Becoming>> = { sudo, su, doas }

/**
 * How to start a shell with a become method.
 *
 * @param terminal whether sudo requires one.
 */
export const becomingOf = ({ method }: Identity, terminal: boolean): Becoming =>
  method === 'sudo' && terminal ? sudoAtTerminal : becomings[method]

/** Whether sudo failed because it requires a terminal (sudoers(5), requiretty). */
const requiresTerminal = (error: unknown): boolean =>
  isCoxswainError(error) && error.code === 'become-failed' && /must have a tty/.test(error.output ?? '')

/** Records whether sudo requires a terminal on a connection, which is only known after it has refused. */
export class Terminal {
  needed = false

  /** Runs an attempt, and again with a terminal if sudo requires one. */
  async learn<Value>(attempt: () => Promise<Value>): Promise<Value> {
    try {
      return await attempt()
    } catch (error) {
      if (this.needed || !requiresTerminal(error)) throw error
      this.needed = true
      return attempt()
    }
  }
}
