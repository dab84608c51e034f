import type { CommandPath, Input, OutputStream, Result } from '../connection/types.ts'
import { isAuthorsCall } from '../authors-place.ts'
import { CoxswainError } from '../errors.ts'
import { operationFailure } from './failures.ts'
import { deadLink, foreignLink } from './kinds.ts'
import { placePath, placeScript } from './place-script.ts'
import { isScript, quote, script } from './quote.ts'
import type { Word } from './quote.ts'
import { told } from './transfer.ts'
import type { Transfer } from './transfer.ts'

/** What a finished command left behind. */
export interface CommandResult {
  readonly code: number
  readonly ok: boolean
  readonly stdout: string
  readonly stderr: string
  /** Bytes that it printed beyond what is kept of an output; they are lost. */
  readonly dropped: number
}

export interface CommandOptions {
  /** Bytes for standard input: the only way in for a Secret. */
  readonly stdin?: Input
  /** What a stream on standard input is: progress is reported, as with `writeStream`. */
  readonly transfer?: { readonly path: string; readonly size: number }
  /** Seconds until the command and its children are stopped. */
  readonly timeout?: number
  /**
   * A folder or file of the host that it works on, where others may control a part of the path: it is entered or opened as
   * file operations do it, without following links that others control. The command runs in the folder, or has the file as
   * descriptor 3. `cwd` does not count then.
   */
  readonly at?: CommandPath
  /** Working directory on the host. */
  readonly cwd?: string
  /** Environment variables. Not for secrets: anybody on the host may read a process's environment as its user. */
  readonly env?: Readonly<Record<string, string>>
  /** What it does, in a few words such as `count the swap areas`: errors show it in place of a shell script. */
  readonly label?: string
  /** Tells nobody what it prints, neither live nor when it fails: for commands whose output is a secret. */
  readonly quiet?: boolean
}

/** How a command gets to the host. */
export type Execute = (request: {
  script: string
  label?: string | undefined
  /** The command in the script, where more was put in front of it. */
  command?: string | undefined
  stdin: Input | undefined
  timeout: number | undefined
  onOutput: ((stream: OutputStream, text: string) => void) | undefined
}) => Promise<Result>

/** What an exit status that the shell gives says (POSIX.1-2017, XCU 2.8.2). */
const hints: Readonly<Record<number, string>> = {
  127: 'the command is not there: install it on the host, or see that it is in PATH',
  137: 'it was killed (SIGKILL); a host that runs out of memory kills processes (`dmesg` shows which)',
}

/** Not with a pattern: it would look at a run of newlines again from each of them, which the host can make long. */
const withoutFinalNewlines = (text: string): string => {
  let end = text.length
  while (text[end - 1] === '\n') end -= 1
  return text.slice(0, end)
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-20).join('\n')

/**
 * What an error calls a command: its text where that is one line. It is not cut here: half a secret would not be known again
 * when errors are masked (report-error.ts).
 */
const nameOf = (text: string): string => {
  const lines = text.trim().split('\n').length
  if (lines > 1) return `a script of ${lines} lines`
  return text
}

/**
 * The same for a command that is being built: its label. A script of a task that comes with the engine has none of its
 * reader's words in it, so it is not shown; what an author wrote is.
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
  /** What the shell is given, with the working directory and the environment. */
  readonly script: string
  /** What errors call it. */
  readonly #name: string
  readonly #execute: () => Promise<Result>
  readonly #quiet: boolean
  #result: Promise<CommandResult> | undefined

  /** @param name what errors call it; its text unless given. */
  constructor(full: string, execute: () => Promise<Result>, { name = nameOf(full), quiet = false } = {}) {
    this.script = full
    this.#name = name
    this.#execute = execute
    this.#quiet = quiet
  }

  /** Whether it was awaited, and so has been sent. */
  get begun(): boolean {
    return this.#result !== undefined
  }

  /** Runs it and gives the result, whatever the status. */
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
      output: this.#told(result.stderr.trim() === '' ? result.stdout : result.stderr),
      // POSIX.1-2017, XCU 2.8.2: the command was not found
      hint: hints[result.code],
    })
  }

  // oxlint-disable-next-line unicorn/no-thenable -- awaiting a command is how it is run
  then<A = CommandResult, B = never>(
    fulfilled?: ((result: CommandResult) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.orFail().then(fulfilled, rejected)
  }

  /** Standard output without its final newlines; rejects on a non-zero status, or when it was too long to be kept. */
  async text(): Promise<string> {
    const { stdout, dropped } = await this.orFail()
    if (dropped === 0) return withoutFinalNewlines(stdout)
    const lost = `${dropped} bytes are lost`
    throw new CoxswainError('command-failed', `it printed more than can be kept (${lost}): ${this.#name}`, {
      hint: 'let the command print less, such as with grep, head or tail',
    })
  }

  /** Standard output's lines, without the empty ones; rejects as {@link Command.text} does. */
  async lines(): Promise<string[]> {
    return (await this.text()).split('\n').filter((line) => line !== '')
  }

  /** Standard output read as JSON; rejects as {@link Command.text} does, and on what is not JSON. */
  async json(): Promise<unknown> {
    const text = await this.text()
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw new CoxswainError('command-failed', `no JSON from: ${this.#name}`, {
        // the parser quotes what it cannot read
        cause: this.#quiet ? undefined : cause,
        output: this.#told(text),
      })
    }
  }

  /** The last lines of what it printed, unless nobody may see it. */
  #told(text: string): string | undefined {
    return this.#quiet ? undefined : lastLines(text)
  }

  /** Whether it ended with status 0. */
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

/** `script` with the working directory and environment of `options` put in front of it. */
export const withSurroundings = (text: string, { cwd, env }: CommandOptions): string => {
  const exports = Object.entries(env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new CoxswainError('playbook-invalid', `not a name for an environment variable: ${name}`)
    }
    return `${name}=${quote(value)}; export ${name}; `
  })
  return `${cwd === undefined ? '' : `cd -- ${quote(cwd)} || exit; `}${exports.join('')}${text}`
}

/** Who wants to hear of commands and of what they print, and what holds for all of them. */
export interface TagOptions {
  /** Environment variables; those of the command itself win. */
  readonly env?: Readonly<Record<string, string>> | undefined
  /** Working directory of a command that names none. */
  readonly cwd?: string | undefined
  readonly onOutput?: ((stream: OutputStream, text: string) => void) | undefined
  /** Hears of every command when it is made; it runs when it is awaited. */
  readonly onCommand?: ((command: Command) => void) | undefined
  /** Hears how far the streams are that commands are fed with. */
  readonly onTransfer?: ((transfer: Transfer) => void) | undefined
}

/** Whether an input is a stream. */
export const isStream = (input: Input | undefined): input is AsyncIterable<Uint8Array> =>
  typeof input === 'object' && Symbol.asyncIterator in input

/** Makes a command tag over a way to execute. */
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
        ? told(input, { ...transfer, offset: 0 }, onTransfer)
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
