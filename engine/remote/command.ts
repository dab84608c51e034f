import type { CommandPath, Input, OutputStream, Result } from '../connection/types.ts'
import { isAuthorsCall } from '../authors-place.ts'
import { CoxswainError } from '../errors.ts'
import { operationFailure } from './failures.ts'
import { deadLink, foreignLink } from './statuses.ts'
import { placePath, placeScript } from './place-script.ts'
import { isScript, quote, script } from './quote.ts'
import type { Word } from './quote.ts'
import { withProgress } from './transfer.ts'
import type { Transfer } from './transfer.ts'

/** The result of a command that has ended. */
export interface CommandResult {
  /** Exit status; 128 + n if signal n ended the command. */
  readonly code: number
  /** Whether the exit status is 0. */
  readonly ok: boolean
  /** Standard output as UTF-8 text. */
  readonly stdout: string
  /** Standard error as UTF-8 text. */
  readonly stderr: string
  /** Bytes of output that were dropped because they exceed the limit. */
  readonly dropped: number
}

/** The options of a command. */
export interface CommandOptions {
  /** Bytes for standard input: the only way to pass a Secret. */
  readonly stdin?: Input
  /** The file that a stream on standard input contains; its progress is reported, as with `writeStream`. */
  readonly transfer?: {
    /** The path of the file on the host, as progress shows it. */
    readonly path: string
    /** Size in bytes. */
    readonly size: number
  }
  /** Seconds until the command and its children are stopped. */
  readonly timeout?: number
  /**
   * The folder or file that the command works on, if other users may control a part of its path: it is entered or
   * opened as file operations do, without following links that others control. The command runs in the folder, or has
   * the file open as descriptor 3. `cwd` is ignored.
   */
  readonly at?: CommandPath
  /** Working directory on the host. */
  readonly cwd?: string
  /** Environment variables. Not for secrets: every process of the same user on the host can read them. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * What the command does, in a few words such as `count the swap areas`; errors show it instead of a shell script.
   */
  readonly label?: string
  /** Hides its output, both live and in errors: for commands that print a secret. */
  readonly quiet?: boolean
}

/** Sends a command to the host. */
export type Execute = (request: {
  script: string
  label?: string | undefined
  /** The command in the script, if the script has a prologue. */
  command?: string | undefined
  stdin: Input | undefined
  timeout: number | undefined
  onOutput: ((stream: OutputStream, text: string) => void) | undefined
}) => Promise<Result>

/** Hints for exit statuses that the shell itself returns (POSIX.1-2017, XCU 2.8.2). */
const hints: Readonly<Record<number, string>> = {
  127: 'command not found: install it on the host, or check PATH',
  137: 'the command was killed (SIGKILL); a host that runs out of memory kills processes (`dmesg` shows which)',
}

/** Not a regular expression: on a long run of newlines, which the host controls, its time is quadratic. */
const withoutFinalNewlines = (text: string): string => {
  let end = text.length
  while (text[end - 1] === '\n') end -= 1
  return text.slice(0, end)
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-20).join('\n')

/**
 * The name of a command in errors: its text if that is one line. It is not truncated here: half a secret would not be
 * recognized when errors are masked (report-error.ts).
 */
const nameOf = (text: string): string => {
  const lines = text.trim().split('\n').length
  if (lines > 1) return `a script of ${lines} lines`
  return text
}

/**
 * The same for a command that is being built: its label. A shell script of a bundled task means nothing to the
 * reader, so it is not shown; a script that an author wrote is.
 */
const nameOfCall = (
  text: string,
  label: string | undefined,
  parts: TemplateStringsArray,
  values: readonly unknown[],
): string => {
  if (label !== undefined) return label
  return isScript(parts, values) && !isAuthorsCall(new Error('called here')) ? 'a shell script' : nameOf(text)
}

/**
 * A command that runs when it is awaited, once.
 *
 * Awaited plainly, it rejects with `command-failed` on a non-zero status. `.result()` never rejects for a status.
 */
export class Command implements PromiseLike<CommandResult> {
  /** The text for the shell, with working directory and environment. */
  readonly script: string
  /** Its name in errors. */
  readonly #name: string
  readonly #execute: () => Promise<Result>
  readonly #quiet: boolean
  #result: Promise<CommandResult> | undefined

  /** @param name its name in errors; its text by default. */
  constructor(full: string, execute: () => Promise<Result>, { name = nameOf(full), quiet = false } = {}) {
    this.script = full
    this.#name = name
    this.#execute = execute
    this.#quiet = quiet
  }

  /** Whether it has been awaited, and therefore sent. */
  get begun(): boolean {
    return this.#result !== undefined
  }

  /** Runs it and returns the result, whatever its exit status. */
  result(): Promise<CommandResult> {
    this.#result ??= this.#execute().then(({ code, stdout, stderr, dropped }) => ({
      code,
      ok: code === 0,
      stdout: stdout.toString('utf8'),
      stderr: stderr.toString('utf8'),
      dropped,
    }))
    return this.#result
  }

  /** Runs it and rejects with `command-failed` unless the status is 0. */
  async orFail(): Promise<CommandResult> {
    const result = await this.result()
    if (result.ok) return result
    throw new CoxswainError('command-failed', `exit status ${result.code} from: ${this.#name}`, {
      output: this.#shownOutput(result.stderr.trim() === '' ? result.stdout : result.stderr),
      hint: hints[result.code],
    })
  }

  /** Runs it as {@link Command.orFail} does: `await` calls this. */
  // oxlint-disable-next-line unicorn/no-thenable -- awaiting a command is how it is run
  then<A = CommandResult, B = never>(
    fulfilled?: ((result: CommandResult) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.orFail().then(fulfilled, rejected)
  }

  /**
   * Standard output without its final newlines; rejects on a non-zero status, or if the output exceeded the limit.
   */
  async text(): Promise<string> {
    const { stdout, dropped } = await this.orFail()
    if (dropped === 0) return withoutFinalNewlines(stdout)
    const lost = `${dropped} bytes are lost`
    throw new CoxswainError('command-failed', `its output exceeds the limit (${lost}): ${this.#name}`, {
      hint: 'reduce the output, for example with grep, head or tail',
    })
  }

  /** Standard output's lines, without the empty ones; rejects as {@link Command.text} does. */
  async lines(): Promise<string[]> {
    return (await this.text()).split('\n').filter((line) => line !== '')
  }

  /** Standard output parsed as JSON; rejects as {@link Command.text} does, and on invalid JSON. */
  async json(): Promise<unknown> {
    const text = await this.text()
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new CoxswainError('command-failed', `the output is not JSON: ${this.#name}`, {
        // the parser's message quotes the text
        cause: this.#quiet ? undefined : cause,
        output: this.#shownOutput(text),
      })
    }
  }

  /** The last lines of its output, unless they are hidden. */
  #shownOutput(text: string): string | undefined {
    return this.#quiet ? undefined : lastLines(text)
  }

  /** Runs it and returns whether it ended with status 0. */
  async succeeds(): Promise<boolean> {
    return (await this.result()).ok
  }
}

/**
 * The command tag: literal parts are shell text, every `${…}` becomes one quoted word (a list becomes several).
 *
 * @example
 * await remote.run`systemctl restart ${unit}`
 * await remote.run({ stdin: password, timeout: 30 })`chpasswd`
 */
export interface CommandTag {
  (parts: TemplateStringsArray, ...values: readonly Word[]): Command
  (options: CommandOptions): (parts: TemplateStringsArray, ...values: readonly Word[]) => Command
}

/** `script`, preceded by the working directory and environment of `options`. */
export const withSurroundings = (text: string, { cwd, env }: CommandOptions): string => {
  const exports = Object.entries(env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new CoxswainError('playbook-invalid', `not a valid name for an environment variable: ${name}`)
    }
    return `${name}=${quote(value)}; export ${name}; `
  })
  return `${cwd === undefined ? '' : `cd -- ${quote(cwd)} || exit; `}${exports.join('')}${text}`
}

/** Observers of commands and their output, and defaults for all commands. */
export interface TagOptions {
  /** Environment variables; those of the command override them. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Working directory of commands that do not set one. */
  readonly cwd?: string | undefined
  readonly onOutput?: ((stream: OutputStream, text: string) => void) | undefined
  /** Called with every command when it is made; the command runs when it is awaited. */
  readonly onCommand?: ((command: Command) => void) | undefined
  /** Called with the progress of streams on standard input. */
  readonly onTransfer?: ((transfer: Transfer) => void) | undefined
}

/** Whether an input is a stream. */
export const isStream = (input: Input | undefined): input is AsyncIterable<Uint8Array> =>
  typeof input === 'object' && Symbol.asyncIterator in input

/** Makes a command tag from a function that executes commands. */
export const commandTag = (execute: Execute, usual: TagOptions = {}): CommandTag => {
  const { onOutput, onCommand, onTransfer } = usual
  const build = (
    options: CommandOptions,
    parts: TemplateStringsArray,
    values: readonly unknown[],
  ): Command => {
    const { at } = options
    const cwd = at === undefined ? (options.cwd ?? usual.cwd) : undefined
    const surroundings = { env: { ...usual.env, ...options.env }, ...(cwd !== undefined && { cwd }) }
    const text = script(parts, ...values)
    const full = withSurroundings(text, surroundings)
    const { stdin: input, transfer, timeout, label, quiet = false } = options
    const name = nameOfCall(text, label, parts, values)
    const stdin =
      transfer !== undefined && onTransfer !== undefined && isStream(input)
        ? withProgress(input, { ...transfer, offset: 0 }, onTransfer)
        : input
    const tell = quiet ? undefined : onOutput
    const request = { label: name, stdin, timeout, onOutput: tell }
    const send = async (): Promise<Result> => {
      if (at === undefined) return execute({ script: full, ...request })
      const result = await execute({ script: placeScript(at, full), command: full, ...request })
      if (result.code !== foreignLink && result.code !== deadLink) return result
      throw operationFailure({ kind: 'read', path: placePath(at) }, 'query', result)
    }
    const command = new Command(full, send, { name, quiet })
    onCommand?.(command)
    return command
  }
  function tag(parts: TemplateStringsArray, ...values: readonly Word[]): Command
  function tag(options: CommandOptions): (parts: TemplateStringsArray, ...values: readonly Word[]) => Command
  function tag(
    first: TemplateStringsArray | CommandOptions,
    ...values: readonly Word[]
  ): Command | ((parts: TemplateStringsArray, ...values: readonly Word[]) => Command) {
    if (isTemplate(first)) return build({}, first, values)
    return (parts, ...more) => build(first, parts, more)
  }
  return tag
}

const isTemplate = (value: TemplateStringsArray | CommandOptions): value is TemplateStringsArray =>
  Array.isArray(value)
