/** One run of the compiled command line on the playbook of a round. */
import type { ChildProcess } from 'node:child_process'
import type { RunEvent } from '../../engine/run/events.ts'
import { eventsOf, hostsElsewhere, spawnCli } from '../support/run-cli.ts'
import type { CliResult } from '../support/run-cli.ts'

/** Where a round's files are on the controller. */
export interface Desk {
  /** The folder of the playbook, its files and its inventory. */
  readonly folder: string
  /** The parent of the state folder. */
  readonly state: string
}

/** What is known of a run while it goes on. */
export interface Watch {
  /** Is given the process when it is started. */
  readonly started?: (child: ChildProcess) => void
  /** Is called after each event with their number and the last one. */
  readonly event?: (count: number, last: RunEvent) => void
}

export interface Ran {
  readonly result: CliResult
  readonly events: readonly RunEvent[]
}

const environment = ({ state }: Desk) => ({ ...hostsElsewhere, XDG_STATE_HOME: state })

/** Seconds after which a run counts as one that hangs. */
const limit = 150

const parsed = (line: string): RunEvent => JSON.parse(line)

/** Calls back for each whole line of a process's standard output. */
const onLines = (child: ChildProcess, take: (line: string) => void): void => {
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

/** Events of what was printed; the last line of a killed run can be half of one. */
const wholeEvents = (result: CliResult): RunEvent[] =>
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
  return { result, events: wholeEvents(result) }
}

/** Runs a command of the command line that has to do with earlier runs. */
export const askHistory = (desk: Desk, ...words: readonly string[]): Promise<CliResult> =>
  spawnCli(['history', ...words], { cwd: desk.folder, env: environment(desk) })
