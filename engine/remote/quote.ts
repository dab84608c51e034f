import { CoxswainError } from '../errors.ts'
import { holdsMask, isSecret, mask } from '../secret.ts'
import type { ShellFile } from '../shell-file.ts'

const brand = Symbol.for('coxswain.shell')

/** Shell text that is not quoted in a command. Made by {@link shell}. */
export interface ShellText {
  readonly [brand]: string
}

/** What a command template takes: text, numbers, lists of them (spread into words), and other shell text. */
export type Word = string | number | bigint | boolean | ShellText | readonly Word[]

const plain = /^[\w@%+=:,./-]+$/

/**
 * One word, quoted for a POSIX shell.
 *
 * Single quotes protect everything but themselves (POSIX.1-2017, XCU 2.2.2). zx's `$'…'` is not POSIX: dash reads it
 * as a dollar sign and a word.
 *
 * @throws `playbook-invalid` for a NUL byte, which no argument can contain.
 */
export const quote = (text: string): string => {
  if (text.includes('\0')) {
    throw new CoxswainError(
      'playbook-invalid',
      `a command's argument contains a NUL byte: ${JSON.stringify(text)}`,
    )
  }
  return plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

const isShellText = (value: unknown): value is ShellText =>
  typeof value === 'object' && value !== null && brand in value

const word = (value: unknown, template: string): string => {
  if (isShellText(value)) return value[brand]
  if (Array.isArray(value)) return value.map((item) => word(item, template)).join(' ')
  if (isSecret(value)) {
    throw new CoxswainError('secret-in-command', `a secret cannot be part of a command line: ${template}`)
  }
  if (typeof value === 'string') {
    if (!holdsMask(value)) return quote(value)
    throw new CoxswainError('secret-masked', `${mask}, the mask of a secret, in the command: ${template}`)
  }
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value)
  throw new CoxswainError(
    'playbook-invalid',
    `${value === null ? 'null' : typeof value} in the command template: ${template}`,
    { hint: 'every ${…} of a command must be text, a number or a list of them' },
  )
}

/**
 * The script of a tagged template: the literal parts are shell text, every `${…}` is a quoted word.
 *
 * @throws `playbook-invalid` for undefined, null and objects; `secret-in-command` for a Secret, `secret-masked` for its
 * mask.
 * @example
 * script`rm -rf -- ${['a b', 'c']}`  // rm -rf -- 'a b' c
 */
export const script = (parts: TemplateStringsArray, ...values: readonly unknown[]): string => {
  const template = parts.join('${…}')
  return parts.reduce((text, part, index) => text + word(values[index - 1], template) + part)
}

/** Shell syntax beyond a program and its arguments: operators, redirections, expansions and reserved words. */
const syntax = /[;|&<>`$()\n]|(?:^|\s)(?:\[|\{|!|if|for|while|until|case)\s/

/** Whether a command template uses shell syntax of its own, apart from the values that it is given. */
export const isScript = (parts: readonly string[], values: readonly unknown[]): boolean => {
  const inValue = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(inValue) : isShellText(value) && syntax.test(value[brand])
  return parts.some((part) => syntax.test(part)) || values.some(inValue)
}

/**
 * Shell text to compose a longer command from: its `${…}` are quoted, and the result is not quoted again.
 *
 * @throws as {@link script} does.
 * @example
 * const flags = shell`--cacert=${ca} --cert=${cert}`
 * await remote.query`etcdctl ${flags} member list`
 */
export const shell = (parts: TemplateStringsArray, ...values: readonly Word[]): ShellText => ({
  [brand]: script(parts, ...values),
})

/** A program with quoted words as its positional parameters. */
const withWords = ({ text }: ShellFile, words: string): string =>
  words === '' ? text : `set -- ${words}\n${text}`

/** The program of a shell file with text as its positional parameters. */
export const programText = (file: ShellFile, ...words: readonly string[]): string =>
  withWords(file, words.map(quote).join(' '))

/**
 * The program of a shell file with words as its positional parameters: `$1`, `$2` and so on. The words are quoted as in a
 * command; a list becomes several.
 *
 * @throws as {@link script} does.
 * @example
 * await remote.query`${shellProgram(bootTime, 'seconds')}`.text()
 */
export const shellProgram = (file: ShellFile, ...words: readonly Word[]): ShellText => ({
  [brand]: withWords(file, word(words, file.name)),
})
