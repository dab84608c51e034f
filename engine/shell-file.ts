/** Shell programs in files of their own, beside the modules that send them to hosts. */
import { readFileSync } from 'node:fs'
import { includeFiles, stripShell } from './shell-source.ts'

/** A shell program from a file. */
export interface ShellFile {
  /** The file's name, for errors. */
  readonly name: string
  /** The program as it is sent. */
  readonly text: string
}

/** Reads a shell file: with the files that it includes, without comments and indentation. */
export const readShellFile = (file: URL): string =>
  stripShell(includeFiles(file.href, (url) => readFileSync(new URL(url), 'utf8')))

/**
 * Returns the shell program in a file beside a module. Its line `. ./other.sh` includes another file; comments, blank lines
 * and indentation are not sent.
 *
 * In the bundle of this package nothing is read: `build.ts` adds the text to calls of the form
 * `shellFile(import.meta.url, 'name.sh')`.
 *
 * @param module the URL of the module: `import.meta.url`.
 * @param name the file's path from the module's folder.
 * @param text the program, where it was read before.
 * @example
 * const bootTime = shellFile(import.meta.url, 'boot-time.sh')
 * await remote.query`${shellProgram(bootTime, 'seconds')}`.text()
 */
export const shellFile = (
  module: string,
  name: string,
  text = readShellFile(new URL(name, module)),
): ShellFile => ({ name, text })
