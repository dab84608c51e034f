/** The ways to become another user: how each is started, asks for a password, and refuses one. Pure. */
import { isCoxswainError } from '../../errors.ts'
import type { Identity } from '../types.ts'
import { quoted } from './frame.ts'
import { systemPath } from './system-path.ts'
import { sayAsking, sayTerminalOpened, sayTerminalRead, sudoPromptWord } from './words.ts'
import type { Word } from './words.ts'

/** How a shell of another user is started. */
export interface Becoming {
  /**
   * A command line for whatever login shell there is (see bootstrap.ts), which starts `/bin/sh -c` with up to three words
   * as another user.
   */
  readonly command: (user: string, words: readonly string[]) => string
  /** What it prints when it asks for a password; a `prompt` counts after `asking`. */
  readonly prompt: (Word & { readonly kind: 'prompt' | 'sudo prompt' })['kind']
  /** What is said of a wrong password. */
  readonly refusal: RegExp
}

/** Starts a script of ours in the login shell. What it starts is not looked for in the login user's own folders. */
const script = (text: string, words: readonly string[]): string =>
  `exec /bin/sh -c ${quoted(`PATH=${systemPath} LC_ALL=C; export PATH LC_ALL; ${text}`)} sh ${words.map(quoted).join(' ')}`

/** -H: root's home, not the login user's. -S and -p: the password comes on stdin, to a prompt of ours. */
const sudoWords = `sudo -H -S -p ${sudoPromptWord} -u`

/**
 * What comes before {@link atTerminal}: our streams are laid aside, because the terminal is only there to be found as
 * /dev/tty (script(1) of util-linux and of busybox).
 */
const aside =
  'command -v script >/dev/null || { echo "the host has no script(1), which gives a terminal" >&2; exit 1; }; ' +
  `SHELL=/bin/sh; export SHELL u a b d r; ${sayTerminalOpened}; exec 3<&0 4>&1 5>&2`

/** The streams that {@link aside} has laid aside, and no more open than there were. */
const streams = '<&3 >&4 2>&5 3<&- 4>&- 5>&-'

/** A shell of the other user at the terminal. Before anything else it waits until what was written there is copied. */
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

/** sudo where its rules want a terminal (sudoers(5), requiretty); it still asks on our streams. */
const sudoAtTerminal: Becoming = {
  ...sudo,
  command: (user, words) => {
    const inner = `exec ${sudoWords} "$u" ${shellAtTerminal}`
    return script(`${named}; ${aside}; ${atTerminal} </dev/null`, namedWords(user, inner, words))
  },
}

/**
 * su reads its password from standard input where that is no terminal (util-linux with PAM, busybox). It hands on the
 * environment of who starts it, in which bash finds functions: `cat` would be what the login user made of it.
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
 * doas asks at a terminal only (readpassphrase(3) with RPP_REQUIRE_TTY). The one line that it gets there is read from our
 * input, which the engine writes when it has seen it ask.
 */
const doas: Becoming = {
  command: (user, words) => {
    const shell = '/bin/sh -c "$a" "$b" "$d"'
    const inner = `exec doas -u "$u" ${shellAtTerminal}`
    const free = `if doas -n -u "$u" /bin/sh -c : 2>/dev/null; then exec doas -n -u "$u" ${shell}; fi`
    const line = '{ IFS= read -r p <&3; printf "%s" "$p"; echo; }'
    // doas may end without having asked: then nobody else ends what waits for the line
    const typed = `trap : TERM; ${line} | { trap : TERM; ${atTerminal}; c=$?; kill -TERM 0; exit $c; }`
    const text = `${sayAsking}; ${named}; ${free}; ${aside}; ${typed}`
    return script(text, namedWords(user, inner, words))
  },
  prompt: 'prompt',
  refusal: /Authentication failed|incorrect password/i,
}

const becomings: Readonly<Record<Identity['method'], Becoming>> = { sudo, su, doas }

/**
 * How a user is become.
 *
 * @param terminal whether sudo wants one.
 */
export const becomingOf = ({ method }: Identity, terminal: boolean): Becoming =>
  method === 'sudo' && terminal ? sudoAtTerminal : becomings[method]

/** Whether sudo refused for want of a terminal (sudoers(5), requiretty). */
const wantsTerminal = (error: unknown): boolean =>
  isCoxswainError(error) && error.code === 'become-failed' && /must have a tty/.test(error.output ?? '')

/** Remembers for a connection whether sudo wants a terminal: most do not, and it is learnt from a refusal. */
export class Terminal {
  needed = false

  /** Does it, and once more with a terminal where one was missing. */
  async learn<Value>(attempt: () => Promise<Value>): Promise<Value> {
    try {
      return await attempt()
    } catch (error) {
      if (this.needed || !wantsTerminal(error)) throw error
      this.needed = true
      return attempt()
    }
  }
}
