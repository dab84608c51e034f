import { CoxswainError } from '../errors.ts'
import { holdsMask, isSecret, mask } from '../secret.ts'

const brand = Symbol.for('coxswain.shell')

/** Shell text that stands in a command as it is. Made by {@link shell}. */
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
 * @throws `playbook-invalid` for a NUL byte, which no argument can hold.
 */
export const quote = (text: string): string => {
  if (text.includes('\0')) {
    throw new CoxswainError(
      'playbook-invalid',
      `a command's argument holds a NUL byte: ${JSON.stringify(text)}`,
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
    throw new CoxswainError('secret-in-command', `a secret may not be part of a command line: ${template}`)
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

/** More than a program and its arguments: what joins, redirects or computes, and the words of the shell's grammar. */
const syntax = /[;|&<>`$()\n]|(?:^|\s)(?:\[|\{|!|if|for|while|until|case)\s/

/** Whether a command template is a shell script by what it says itself, whatever the words are that it is given. */
export const isScript = (parts: readonly string[], values: readonly unknown[]): boolean => {
  const inValue = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(inValue) : isShellText(value) && syntax.test(value[brand])
  return parts.some((part) => syntax.test(part)) || values.some(inValue)
}

/**
 * Shell text to build a longer command of: its `${…}` are quoted, and it is not quoted again.
 *
 * @throws as {@link script} does.
 * @example
 * const flags = shell`--cacert=${ca} --cert=${cert}`
 * await remote.query`etcdctl ${flags} member list`
 */
export const shell = (parts: TemplateStringsArray, ...values: readonly Word[]): ShellText => ({
  [brand]: script(parts, ...values),
})
