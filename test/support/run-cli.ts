/** The command line for tests: in this process, or started as a user starts it where the process is the subject. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { RunEvent, TaskEnd } from '../../engine/run/events.ts'
import { compiledProgram } from './compiled.ts'
import { runMain } from './run-main.ts'
import { eventsIn } from './valid-events.ts'

const root = resolve(import.meta.dirname, '../..')

/** What a run of the command line printed, and how it ended. */
export interface CliResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs of this process are remembered here: what a test does must not depend on what ran on this machine before. */
const state = mkdtempSync(join(tmpdir(), 'coxswain-state-'))
/** All hosts of the tests are this machine, and tests run side by side: each process of them has a lock of its own. */
const lock = mkdtempSync(join(tmpdir(), 'coxswain-lock-'))
chmodSync(lock, 0o1777)
process.on('exit', () => {
  for (const folder of [state, lock]) rmSync(folder, { recursive: true, force: true })
})

/** For runs whose hosts are machines of their own, as in the lab: each has its own lock, where a user's run has it. */
export const hostsElsewhere = { COXSWAIN_LOCK_PATH: '' }

/** How the command line is started. */
export interface CliOptions {
  /** What it reads on standard input; nothing by default. */
  readonly input?: string
  /** The repository by default. */
  readonly cwd?: string
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/** How a process of the command line is started. */
export interface SpawnOptions extends CliOptions {
  /** Is given the process when it is started. */
  readonly watch?: (child: ChildProcess) => void
}

const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  XDG_STATE_HOME: state,
  COXSWAIN_LOCK_PATH: lock,
  ...env,
})

/** The same result, after the events of `--output json` in it were checked with their schema; a cut last line is none. */
const checked = (result: CliResult): CliResult => {
  const { stdout } = result
  if (stdout.startsWith('{"type":"run-start"')) eventsIn(stdout.slice(0, stdout.lastIndexOf('\n') + 1))
  return result
}

/**
 * Runs the command line in this process, which takes a tenth of the time that a process of its own takes. Calls run one
 * after another; for signals, two runs at once or standard streams that close, use {@link spawnCli}.
 */
export const runCli = async (
  words: readonly string[],
  { input = '', cwd = root, env = {} }: CliOptions = {},
): Promise<CliResult> => checked(await runMain(words, { input, cwd, env: environment(env) }))

/** Starts the compiled command line in a process of its own, as a user does. */
export const spawnCli = async (
  words: readonly string[],
  { watch, input, cwd = root, env = {} }: SpawnOptions = {},
): Promise<CliResult> => {
  const result = await new Promise<CliResult>((done, failed) => {
    const child = spawn(process.execPath, [compiledProgram(), ...words], {
      cwd,
      env: environment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', failed)
    child.on('close', (status) =>
      done({ status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    )
    child.stdin.end(input ?? '')
    watch?.(child)
  })
  return checked(result)
}

/** The events of a run with `--output json`; each is checked with their schema. */
export const eventsOf = ({ stdout }: CliResult): RunEvent[] => eventsIn(stdout)

export const taskEnds = (result: CliResult): TaskEnd[] =>
  eventsOf(result).flatMap((event) => (event.type === 'task-end' ? [event] : []))

/** `host: title` of each task with one of these outcomes, sorted. */
export const tasksWith = (result: CliResult, ...outcomes: readonly string[]): string[] =>
  taskEnds(result)
    .filter(({ outcome }) => outcomes.includes(outcome))
    .map(({ task }) => `${task.host}: ${task.name}: ${task.title}`)
    .toSorted()

/** What went wrong, for a test's message. */
export const failuresOf = (result: CliResult): string =>
  [
    result.stderr,
    ...taskEnds(result).flatMap(({ task, error }) =>
      // JSON says null where an event has nothing
      error
        ? [
            `${task.host}: ${task.title}: ${error.message}
${error.output ?? ''}`,
          ]
        : [],
    ),
  ].join('\n')
