/** Text in the editor of the user, in a folder that only they can read and that is gone afterwards. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CoxswainError } from '../../errors.ts'

/** What statfs(2) says of file systems in memory: tmpfs and ramfs. */
const inMemory: ReadonlySet<number> = new Set([0x01_02_19_94, 0x85_84_58_f6])

const isInMemory = (folder: string): boolean => {
  try {
    return inMemory.has(statfsSync(folder).type)
  } catch {
    return false
  }
}

/** A folder of a file system in memory; undefined where there is none. */
const memoryFolder = (env: NodeJS.ProcessEnv): string | undefined =>
  [env['XDG_RUNTIME_DIR'], '/dev/shm'].find((folder) => folder !== undefined && isInMemory(folder))

/** Signals that would end this process while the plain text is there. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

/** Signals that are kept from ending this process: the editor gets them, and this process tidies up when it has ended. */
class Signals {
  #child: ChildProcess | undefined
  #last: NodeJS.Signals | undefined

  readonly #take = (signal: NodeJS.Signals): void => {
    this.#last = signal
    this.#child?.kill(signal)
  }

  constructor() {
    for (const signal of signals) process.on(signal, this.#take)
  }

  /** Whether one has come. */
  get came(): boolean {
    return this.#last !== undefined
  }

  /** From now on the editor gets them; one that came before it was started, too. */
  forward(child: ChildProcess): void {
    this.#child = child
    if (this.#last !== undefined) child.kill(this.#last)
  }

  release(): void {
    for (const signal of signals) process.off(signal, this.#take)
  }
}

/** Runs the editor. Resolves to its exit status; null when a signal ended it. */
const runEditor = (command: string, file: string, received: Signals): Promise<number | null> =>
  new Promise((done, fail) => {
    // the shell becomes the editor, so that it gets the signals; env takes assignments before its name
    const child = spawn('sh', ['-c', `exec env ${command} "$@"`, command, file], { stdio: 'inherit' })
    received.forward(child)
    child.on('error', fail)
    child.on('close', done)
  })

/** What the editor has left in the file. */
const readEdited = (file: string, command: string): Uint8Array => {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new CoxswainError('usage', `the editor ${command} left no readable file: nothing was written`, {
      cause,
      hint: 'the editor must save the text in the file that it was given',
    })
  }
}

/** What editing depends on. */
export interface EditOptions {
  readonly env: NodeJS.ProcessEnv
  /** Says that the plain text is on a disk. */
  readonly warn: (text: string) => void
}

/**
 * Lets the user edit bytes.
 *
 * @param name of the file that the editor shows.
 * @throws `interrupted`, and `usage` for an editor that fails; nothing is left of the plain text then either.
 */
export const editText = async (
  bytes: Uint8Array,
  name: string,
  { env, warn }: EditOptions,
): Promise<Uint8Array> => {
  const command = [env['VISUAL'], env['EDITOR']].find((one) => one !== undefined && one !== '') ?? 'vi'
  const memory = memoryFolder(env)
  if (memory === undefined) warn(`the plain text is in ${tmpdir()} while you edit it`)
  // before there is anything to tidy up
  const received = new Signals()
  // only its owner can enter it
  const folder = mkdtempSync(join(memory ?? tmpdir(), 'coxswain-secret-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  try {
    const file = join(folder, name)
    writeFileSync(file, bytes, { mode: 0o600, flag: 'wx' })
    const status = await runEditor(command, file, received)
    if (status === 0) return readEdited(file, command)
    if (received.came) throw new CoxswainError('interrupted', 'editing was interrupted: nothing was written')
    throw new CoxswainError(
      'usage',
      `the editor ${command} ended with ${status ?? 'a signal'}: nothing was written`,
      { hint: 'VISUAL or EDITOR names the editor' },
    )
  } finally {
    remove()
    process.off('exit', remove)
    received.release()
  }
}
