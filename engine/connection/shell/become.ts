/** The ways to become another user: how each is started, asks for a password, and refuses one. Pure. */
import { isCoxswainError } from '../../errors.ts'
import type { Identity } from '../types.ts'
import { quoted } from './frame.ts'

/** How a shell of another user is started. */
export interface Becoming {
  /**
   * A command line for whatever login shell there is (see bootstrap.ts), which starts `/bin/sh -c` with one or two words
   * as another user.
   *
   * @param nonce a random word that nothing else prints.
   */
  readonly command: (nonce: string, user: string, words: readonly string[]) => string
  /** How often a password was asked for, by all that was printed on one stream so far. */
  readonly prompts: (nonce: string, printed: string) => number
  /** What is printed along with the prompts, for the engine's eyes only. */
  readonly marks: (nonce: string) => readonly string[]
  /** What is said of a wrong password. */
  readonly refusal: RegExp
}

/**
 * What sudo prompts with. A login shell that traces its commands prints all that they are told, so neither this nor any
 * other mark is in a command line as it is printed: sudo makes `%` of `%%`.
 */
const sudoPrompt = (nonce: string): string => `${nonce}%password:`

/** -H: root's home, not the login user's. -S and -p: the password comes on stdin, to a prompt nobody else can print. */
const sudoWords = (nonce: string): string =>
  `env LC_ALL=C sudo -H -S -p ${quoted(sudoPrompt(nonce).replace('%', '%%'))} -u`

const times = (text: string, part: string): number => text.split(part).length - 1

/** Printed before what asks in words of its own; a prompt is what comes after it. */
const askingMark = (nonce: string): string => `${nonce}asking;`

/** Prompts of PAM on standard error and of busybox on standard output, in the language C: `Password: `, `doas (ann@web1) password: `. */
const promptsAfterMark = (nonce: string, printed: string): number => {
  const at = printed.indexOf(askingMark(nonce))
  return at < 0 ? 0 : [...printed.slice(at).matchAll(/assword:/g)].length
}

/** Starts a script of ours that prints the mark first; `$1` is the user, what follows are the words. */
const asking = (nonce: string, script: string, words: readonly string[]): string => {
  const mark = `LC_ALL=C; export LC_ALL; printf "%s%s" ${nonce} "asking;"; printf "%s%s" ${nonce} "asking;" >&2`
  return `exec /bin/sh -c '${mark}; ${script}' sh ${words.map(quoted).join(' ')}`
}

/**
 * What comes before {@link atTerminal}: our streams are laid aside, because the terminal is only there to be found as
 * /dev/tty (script(1) of util-linux and of busybox).
 */
const aside =
  'command -v script >/dev/null || { echo "the host has no script(1), which gives a terminal" >&2; exit 1; }; ' +
  'SHELL=/bin/sh; export SHELL u a b; exec 3<&0 4>&1 5>&2'

/** Runs `$c` at a terminal. */
const atTerminal = 'script -qec "$c" /dev/null >&5'

/** The streams that {@link aside} has laid aside, and no more open than there were. */
const streams = '<&3 >&4 2>&5 3<&- 4>&- 5>&-'

const sudo: Becoming = {
  command: (nonce, user, words) =>
    `exec ${sudoWords(nonce)} ${quoted(user)} /bin/sh -c ${words.map(quoted).join(' ')}`,
  prompts: (nonce, printed) => times(printed, sudoPrompt(nonce)),
  marks: (nonce) => [sudoPrompt(nonce)],
  refusal: /incorrect password|no password was provided/,
}

/** sudo where its rules want a terminal (sudoers(5), requiretty); it still asks on our streams. */
const sudoAtTerminal: Becoming = {
  ...sudo,
  command: (nonce, user, [first = '', second = '']) => {
    const inner = `exec ${sudoWords(nonce).replaceAll("'", '')} "$u" /bin/sh -c "$a" "$b" ${streams}`
    const script = `u=$1 c=$2 a=$3 b=$4; ${aside}; ${atTerminal} </dev/null`
    return `exec /bin/sh -c '${script}' sh ${[user, inner, first, second].map(quoted).join(' ')}`
  },
}

/** su reads its password from standard input where that is no terminal (util-linux with PAM, busybox). */
const su: Becoming = {
  command: (nonce, user, [first = '', second = '']) =>
    asking(nonce, 'exec su -s /bin/sh -c "$2" "$1" "$3"', [user, first, second]),
  prompts: promptsAfterMark,
  marks: (nonce) => [askingMark(nonce), 'Password: '],
  refusal: /Authentication failure|incorrect password/,
}

/**
 * doas asks at a terminal only (readpassphrase(3) with RPP_REQUIRE_TTY). The one line that it gets there is read from our
 * input, which the engine writes when it has seen it ask.
 */
const doas: Becoming = {
  command: (nonce, user, [first = '', second = '']) => {
    const inner = `exec doas -u "$u" /bin/sh -c "$a" "$b" ${streams}`
    const free =
      'if doas -n -u "$u" /bin/sh -c : 2>/dev/null; then exec doas -n -u "$u" /bin/sh -c "$a" "$b"; fi'
    const line = '{ IFS= read -r p <&3; printf "%s" "$p"; echo; }'
    // doas may end without having asked: then nobody else ends what waits for the line
    const typed = `trap : TERM; ${line} | { trap : TERM; ${atTerminal}; c=$?; kill -TERM 0; exit $c; }`
    return asking(nonce, `u=$1 c=$2 a=$3 b=$4; ${free}; ${aside}; ${typed}`, [user, inner, first, second])
  },
  prompts: promptsAfterMark,
  marks: (nonce) => [askingMark(nonce)],
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
