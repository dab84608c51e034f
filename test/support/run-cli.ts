/** Runs the command line for tests: in this process, or as a separate process. */
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

/** The exit status and output of the command line. */
export interface CliResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The state folder of these tests, so that they do not depend on earlier runs on this machine. */
const state = mkdtempSync(join(tmpdir(), 'coxswain-state-'))
/** The folder of locks: all hosts of the tests are this machine, so test processes in parallel need separate locks. */
const lock = mkdtempSync(join(tmpdir(), 'coxswain-lock-'))
chmodSync(lock, 0o1777)
process.on('exit', () => {
  for (const folder of [state, lock]) rmSync(folder, { recursive: true, force: true })
})

/** Environment for runs on other machines, as in the lab: their locks are where a user's run has them. */
export const hostsElsewhere = { COXSWAIN_LOCK_PATH: '' }

/** How the command line is started. */
export interface CliOptions {
  /** Its standard input; empty by default. */
  readonly input?: string
  /** Its working directory; the repository by default. */
  readonly cwd?: string
  /** Environment variables, added to those of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/** How the command line is started as a process. */
export interface SpawnOptions extends CliOptions {
  /** Called with the process when it has started. */
  readonly watch?: (child: ChildProcess) => void
}

const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...process.env,
  XDG_STATE_HOME: state,
  COXSWAIN_LOCK_PATH: lock,
  ...env,
})

/** Checks the events of `--output json` against their schema, without an incomplete last line, and returns the result. */
const checked = (result: CliResult): CliResult => {
  const { stdout } = result
  if (stdout.startsWith('{"type":"run-start"')) eventsIn(stdout.slice(0, stdout.lastIndexOf('\n') + 1))
  return result
}

/**
 * Runs the command line in this process, which takes a tenth of the time of a separate process. Calls run one after
 * another; for signals, concurrent runs and closed standard streams, use {@link spawnCli}.
 */
export const runCli = async (
  words: readonly string[],
  { input = '', cwd = root, env = {} }: CliOptions = {},
): Promise<CliResult> => checked(await runMain(words, { input, cwd, env: environment(env) }))

/** Runs the compiled command line as a separate process, as a user does. */
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

/** Returns the events of a run with `--output json`, checked against their schema. */
export const eventsOf = ({ stdout }: CliResult): RunEvent[] => eventsIn(stdout)

export const taskEnds = (result: CliResult): TaskEnd[] =>
  eventsOf(result).flatMap((event) => (event.type === 'task-end' ? [event] : []))

/** Returns `host: task: title` of each task with one of these outcomes, sorted. */
export const tasksWith = (result: CliResult, ...outcomes: readonly string[]): string[] =>
  taskEnds(result)
    .filter(({ outcome }) => outcomes.includes(outcome))
    .map(({ task }) => `${task.host}: ${task.name}: ${task.title}`)
    .toSorted()

/** Returns the errors of a run, for the message of an assertion. */
export const failuresOf = (result: CliResult): string =>
  [
    result.stderr,
    ...taskEnds(result).flatMap(({ task, error }) =>
      // it is null in JSON where an event does not have one
      error
        ? [
            `${task.host}: ${task.title}: ${error.message}
${error.hint ?? ''}
${error.output ?? ''}`,
          ]
        : [],
    ),
  ].join('\n')
