/** Shell programs as they are sent to a host, for tests with the scripted connection. */
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { quote } from '../../engine/remote/quote.ts'
import { readShellFile } from '../../engine/shell-file.ts'

const root = resolve(import.meta.dirname, '../..')

/** Returns the text of a shell file, by its path in the repository. */
export const shellText = (file: string): string => readShellFile(pathToFileURL(join(root, file)))

/** Returns the script that is sent to run a shell file with these positional parameters. */
export const sent = (file: string, ...words: readonly (string | number)[]): string =>
  words.length === 0
    ? shellText(file)
    : `set -- ${words.map((word) => quote(String(word))).join(' ')}\n${shellText(file)}`

/**
 * Returns a pattern that matches the script that is sent to run a shell file.
 *
 * @param words a regular expression for its quoted positional parameters; any by default.
 */
export const sentPattern = (file: string, words = '[^]*'): RegExp =>
  new RegExp(`^(?:set -- ${words}\\n)?${shellText(file).replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')}$`)

/** Returns the script that is sent to run a shell file as a user, whose name is its first parameter. */
export const sentAs = (user: string, file: string, ...words: readonly (string | number)[]): string =>
  sent('tasks/system/accounts/as-user.sh', user, shellText(file), user, ...words)

/** Returns a pattern that matches the script that is sent to run any shell file as a user. */
export const anyAs = (user: string): RegExp => sentPattern('tasks/system/accounts/as-user.sh', `${user} [^]*`)

/** Returns the quoted positional parameters of a script that was sent. */
export const wordsIn = (text: string): string => /^set -- (.*)/.exec(text)?.[1] ?? ''
