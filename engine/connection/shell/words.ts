/**
 * Words that our shells print before they read frames. They are fixed, because a command line cannot have secrets. They only
 * count until the hello of a shell, when only programs of the login user can print; later output is marked with nonces
 * (frame.ts). A login shell that traces its commands (`set -x`) prints the command line, so no command line has these words
 * in the form in which they are printed. Pure.
 */

/** Printed when a shell of ours starts to read its standard input. */
export const hello = 'coxswain-shell-ready;'

/** Prints {@link hello}. */
export const sayHello = 'printf "%s%s" coxswain-shell "-ready;"'

/** The prompt of sudo. */
export const sudoPrompt = 'coxswain-sudo%password:'

/** {@link sudoPrompt} as passed to sudo, which replaces `%%` with `%`. */
export const sudoPromptWord = 'coxswain-sudo%%password:'

/** Printed before su and doas, which have their own prompts: a prompt only counts after it. */
export const asking = 'coxswain-asking;'

/** Prints {@link asking} on both streams. */
export const sayAsking = 'printf "%s%s" coxswain "-asking;"; printf "%s%s" coxswain "-asking;" >&2'

/** Printed on standard output when a terminal is opened, whose output script(1) copies to standard error. */
export const terminalOpened = 'coxswain-terminal-opened;'

/** Prints {@link terminalOpened}. */
export const sayTerminalOpened = 'printf "%s%s" coxswain "-terminal-opened;"'

/** Printed through the terminal as its last output: everything before it has then been copied. */
export const terminalRead = 'coxswain-terminal-read;'

/** Prints {@link terminalRead}. */
export const sayTerminalRead =
  '{ printf "%s%s" coxswain "-terminal-read;" >/dev/tty; } 2>/dev/null || printf "%s%s" coxswain "-terminal-read;" >&2'

/** Shell function `say`, which reports the lock: `say held …`, `say absent …`, `say unsafe …`. */
export const sayLock = 'say() { printf "%s%s;" coxswain-lock "-is $*"; }'

/** A report about the lock. */
export interface LockWord {
  readonly kind: 'held' | 'absent' | 'unsafe'
  readonly text: string
}

/** A word in the output of a shell. */
export type Word =
  | { readonly kind: 'hello' | 'sudo prompt' | 'prompt' | 'asking' | 'terminal opened' | 'terminal read' }
  | { readonly kind: 'lock'; readonly lock: LockWord }

const longestLockText = 600

const pattern = new RegExp(
  [
    `(?<hello>${hello})`,
    `(?<sudo>${sudoPrompt})`,
    `(?<asking>${asking})`,
    `(?<opened>${terminalOpened})`,
    `(?<read>${terminalRead})`,
    // PAM on standard error and busybox on standard output, in the language C: `Password: `, `doas (ann@web1) password: `
    '(?<prompt>assword:)',
    'coxswain-lock-is (?<lock>held|absent|unsafe)',
  ].join('|'),
  'g',
)

/** The start of all words except prompts. */
const prefix = 'coxswain-'
const longestWord = 'coxswain-lock-is absent'.length + longestLockText
const longestPrompt = 'assword:'.length

/** The end of the text about a lock, or text that it cannot contain. Paths of locks can contain `coxswain-`. */
const endOfLockText = /[;\n]|coxswain-(?:lock-is|shell-ready)/

const isLockKind = (text: string | undefined): text is LockWord['kind'] =>
  text === 'held' || text === 'absent' || text === 'unsafe'

/** Reads a match: a word with its end, no word, or `more` if the next chunk is needed. */
const readWord = (text: string, match: RegExpExecArray): { word: Word; end: number } | undefined | 'more' => {
  const { hello: ready, sudo, asking: asks, opened, read, lock } = match.groups ?? {}
  const end = match.index + match[0].length
  if (ready !== undefined) return { word: { kind: 'hello' }, end }
  if (sudo !== undefined) return { word: { kind: 'sudo prompt' }, end }
  if (asks !== undefined) return { word: { kind: 'asking' }, end }
  if (opened !== undefined) return { word: { kind: 'terminal opened' }, end }
  if (read !== undefined) return { word: { kind: 'terminal read' }, end }
  if (!isLockKind(lock)) return { word: { kind: 'prompt' }, end }
  const said = text.slice(end, end + longestLockText)
  const stop = endOfLockText.exec(said)
  if (stop === null) return said.length < longestLockText ? 'more' : undefined
  if (stop[0] !== ';') return undefined
  return {
    word: { kind: 'lock', lock: { kind: lock, text: said.slice(0, stop.index).trim() } },
    end: end + stop.index + 1,
  }
}

/** Finds these words in one stream, across chunks. It keeps at most the length of the longest word. */
export class WordScanner {
  #rest = ''

  /** Bytes kept for the next chunk. */
  get kept(): number {
    return this.#rest.length
  }

  /** The words that this chunk completes; `after` returns the rest of the chunk after a word. */
  *push(chunk: Buffer): Generator<{ readonly word: Word; readonly after: () => Buffer }, void, undefined> {
    const text = this.#rest + chunk.toString('latin1')
    const matches = new RegExp(pattern)
    let end = 0
    for (let match = matches.exec(text); match !== null; match = matches.exec(text)) {
      const found = readWord(text, match)
      if (found === 'more') break
      if (found === undefined) continue
      yield { word: found.word, after: () => Buffer.from(text.slice(found.end), 'latin1') }
      end = found.end
      matches.lastIndex = end
    }
    const begun = text.indexOf(prefix, Math.max(end, text.length - longestWord))
    const keep = Math.max(end, text.length - Math.max(prefix.length, longestPrompt) + 1)
    this.#rest = text.slice(begun < 0 ? keep : Math.min(begun, keep))
  }
}
