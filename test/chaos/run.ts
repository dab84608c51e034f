/** One run of the compiled command line on the playbook of a round. */
import type { ChildProcess } from 'node:child_process'
import type { RunEvent } from '../../engine/run/events.ts'
import { eventsOf, hostsElsewhere, spawnCli } from '../support/run-cli.ts'
import type { CliResult } from '../support/run-cli.ts'

/** The places of a round's files on the controller. */
export interface Desk {
  /** The folder with the playbook, its files and its inventory. */
  readonly folder: string
  /** The parent of the state folder. */
  readonly state: string
}

/** Callbacks during a run. */
export interface Watch {
  /** Receives the process when it is started. */
  readonly started?: (child: ChildProcess) => void
  /** Called after each event, with the number of events and the last one. */
  readonly event?: (count: number, last: RunEvent) => void
}

export interface Ran {
  readonly result: CliResult
  readonly events: readonly RunEvent[]
}

const environment = ({ state }: Desk) => ({ ...hostsElsewhere, XDG_STATE_HOME: state })

/** Seconds after which a run counts as hanging. */
const limit = 150

const parsed = (line: string): RunEvent => JSON.parse(line)

/** Calls back for each complete line of a process's standard output. */
const onLines = (child: ChildProcess, take: (line: string) => void): void => {
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

/** The printed events; the last line of a killed run can be incomplete. */
const completeEvents = (result: CliResult): RunEvent[] =>
  eventsOf({ ...result, stdout: result.stdout.slice(0, result.stdout.lastIndexOf('\n') + 1) })

/** Runs the playbook. */
export const runPlaybook = async (
  desk: Desk,
  words: readonly string[] = [],
  { started, event }: Watch = {},
): Promise<Ran> => {
  let timer: NodeJS.Timeout | undefined
  const result = await spawnCli(['chaos.ts', '-i', 'inventory.yaml', '--output', 'json', ...words], {
    cwd: desk.folder,
    env: environment(desk),
    watch: (child) => {
      let count = 0
      onLines(child, (line) => {
        count += 1
        event?.(count, parsed(line))
      })
      timer = setTimeout(() => child.kill('SIGKILL'), limit * 1000)
      started?.(child)
    },
  })
  clearTimeout(timer)
  return { result, events: completeEvents(result) }
}

/** Runs a command of the command line about earlier runs. */
export const askHistory = (desk: Desk, ...words: readonly string[]): Promise<CliResult> =>
  spawnCli(['history', ...words], { cwd: desk.folder, env: environment(desk) })
