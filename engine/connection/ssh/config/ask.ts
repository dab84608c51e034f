/** Reads the configuration of a host with `ssh -G`. */
import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { CoxswainError } from '../../../errors.ts'
import { isQuiet } from './quiet.ts'
import { parseSshConfig } from './parse.ts'
import type { SshConfig } from './parse.ts'

/** A host and the options of `ssh -G`. */
export interface Asked {
  readonly address: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  /** A configuration file instead of the default ones. */
  readonly file?: string | undefined
  /** Options as for `-o` that override user and port. */
  readonly before?: readonly string[] | undefined
  /** Options that do not override them. */
  readonly after?: readonly string[] | undefined
}

/** The number of ssh processes at a time. */
const atATime = 8

/** Timeout of ssh in seconds: a `Match exec` or a name server can be slow. */
const answerTime = 20

/** The default configuration files. ssh takes the home from the passwd file, not from HOME. */
export const usualConfigs = (): readonly string[] => [
  join(userInfo().homedir, '.ssh', 'config'),
  '/etc/ssh/ssh_config',
]

const optionWords = (options: readonly string[] = []): string[] => options.flatMap((one) => ['-o', one])

const words = ({ address, user, port, file, before, after }: Asked): string[] => [
  '-G',
  '-T',
  ...optionWords(before),
  ...(file === undefined ? [] : ['-F', file]),
  ...(user === undefined ? [] : ['-l', user]),
  ...(port === undefined ? [] : ['-p', String(port)]),
  ...optionWords(after),
  '--',
  address,
]

/** The error that ssh reports in its configuration, with the place. */
const configError = ({ address }: Asked, said: string): CoxswainError => {
  const [, file, line, what] = /^(\S.*?):? line (\d+): (.*?)\r?$/m.exec(said) ?? []
  const text = what ?? said.trim().split(/\r?\n/)[0] ?? ''
  if (file !== undefined && /^command-line\b/.test(file)) {
    return new CoxswainError('connect-failed', `ssh rejects its arguments for ${address}: ${text}`, {
      hint: 'fix ansible_ssh_args, ansible_ssh_common_args or ansible_ssh_extra_args of the host',
    })
  }
  return new CoxswainError('connect-failed', `ssh cannot read its configuration for ${address}: ${text}`, {
    place: file === undefined ? undefined : { file, line: Number(line) },
    hint: 'fix the configuration of ssh, or set the variable ssh_config to another file',
  })
}

/** The configuration of ssh, read once per host of a run, and only if the files have relevant options. */
export class SshConfigs {
  readonly #files: readonly string[]
  readonly #program: string
  readonly #answers = new Map<string, Promise<SshConfig | undefined>>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #quiet: boolean | undefined
  #usual: Promise<string> | undefined

  /**
   * @param files the default configuration files; only to see whether they have relevant options.
   * @param program the ssh program.
   */
  constructor(files: readonly string[] = usualConfigs(), program = 'ssh') {
    this.#files = files
    this.#program = program
  }

  /** Whether there can be relevant options for a host. */
  has({ file, before = [], after = [] }: Pick<Asked, 'file' | 'before' | 'after'>): boolean {
    if (file !== undefined || before.length + after.length > 0) return true
    return !(this.#quiet ??= this.#files.every((usual) => isQuiet(usual)))
  }

  /**
   * The configuration of a host; undefined if ssh is not installed or nothing is configured.
   *
   * @throws `connect-failed` for an invalid configuration.
   */
  of(asked: Asked): Promise<SshConfig | undefined> {
    if (!this.has(asked)) return Promise.resolve(undefined)
    const key = JSON.stringify(words(asked))
    const answer = this.#answers.get(key) ?? this.#ask(asked)
    this.#answers.set(key, answer)
    return answer
  }

  async #ask(asked: Asked): Promise<SshConfig | undefined> {
    if (this.#running < atATime) this.#running += 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      const text = await this.#run(asked)
      if (text === undefined) return undefined
      this.#usual ??= this.#run({ address: 'localhost', file: '/dev/null' }).then((said = '') => said)
      return parseSshConfig(text, await this.#usual)
    } finally {
      // the next waiting call takes the slot
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }

  #run(asked: Asked): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const options = { encoding: 'utf8', timeout: answerTime * 1000 } as const
      const child = execFile(this.#program, words(asked), options, (error, stdout, stderr) => {
        if (error === null) return resolve(stdout)
        // explicit options are not ignored
        const { file, before = [], after = [] } = asked
        const explicit = file !== undefined || before.length + after.length > 0
        if (error.code === 'ENOENT' && !explicit) return resolve(undefined)
        reject(
          configError(
            asked,
            error.killed === true ? `no answer within ${answerTime} s` : stderr || error.message,
          ),
        )
      })
      child.stdin?.end()
    })
  }
}
