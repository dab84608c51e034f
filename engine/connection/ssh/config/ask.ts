/** Asks the system's own `ssh` what its configuration says of a host. */
import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { CoxswainError } from '../../../errors.ts'
import { isQuiet } from './quiet.ts'
import { parseSshConfig } from './parse.ts'
import type { SshConfig } from './parse.ts'

/** A host as ssh is asked for it. */
export interface Asked {
  readonly address: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  /** A configuration file instead of the usual ones. */
  readonly file?: string | undefined
  /** Options as `-o` takes them, that count before user and port. */
  readonly before?: readonly string[] | undefined
  /** Those that count after them. */
  readonly after?: readonly string[] | undefined
}

/** How many are asked for at a time: each is a process. */
const atATime = 8

/** Seconds that ssh may take: a `Match exec` or a name server may be slow. */
const answerTime = 20

/** Where ssh looks when it is not told. Its home is the one of the passwd file, whatever HOME says. */
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

/** What ssh says is wrong with its configuration, with the place. */
const complaint = ({ address }: Asked, said: string): CoxswainError => {
  const [, file, line, what] = /^(\S.*?):? line (\d+): (.*?)\r?$/m.exec(said) ?? []
  const told = what ?? said.trim().split(/\r?\n/)[0] ?? ''
  if (file !== undefined && /^command-line\b/.test(file)) {
    return new CoxswainError('connect-failed', `ssh does not take its arguments for ${address}: ${told}`, {
      hint: 'correct ansible_ssh_args, ansible_ssh_common_args or ansible_ssh_extra_args of the host',
    })
  }
  return new CoxswainError('connect-failed', `ssh cannot read its configuration for ${address}: ${told}`, {
    place: file === undefined ? undefined : { file, line: Number(line) },
    hint: 'correct the configuration of ssh, or name another file with the variable ssh_config',
  })
}

/** The settings of ssh, asked for once for each host of a run, and only where there may be any. */
export class SshConfigs {
  readonly #files: readonly string[]
  readonly #program: string
  readonly #answers = new Map<string, Promise<SshConfig | undefined>>()
  readonly #waiting: (() => void)[] = []
  #running = 0
  #quiet: boolean | undefined
  #usual: Promise<string> | undefined

  /**
   * @param files where ssh looks by itself; only for seeing whether it finds anything there.
   * @param program what is run.
   */
  constructor(files: readonly string[] = usualConfigs(), program = 'ssh') {
    this.#files = files
    this.#program = program
  }

  /** Whether there is any use in asking. */
  has({ file, before = [], after = [] }: Pick<Asked, 'file' | 'before' | 'after'>): boolean {
    if (file !== undefined || before.length + after.length > 0) return true
    return !(this.#quiet ??= this.#files.every((usual) => isQuiet(usual)))
  }

  /**
   * What ssh's configuration says of a host; undefined when there is no ssh here or nothing is configured.
   *
   * @throws `connect-failed` when the configuration is wrong.
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
      // the place goes to the next who waits
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
        // what was asked for in so many words is not passed over
        const { file, before = [], after = [] } = asked
        const explicit = file !== undefined || before.length + after.length > 0
        if (error.code === 'ENOENT' && !explicit) return resolve(undefined)
        reject(
          complaint(
            asked,
            error.killed === true ? `no answer within ${answerTime} s` : stderr || error.message,
          ),
        )
      })
      child.stdin?.end()
    })
  }
}
