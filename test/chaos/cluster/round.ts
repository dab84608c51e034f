/** One round: an operation of a cluster that is written to, a fault in it, and the same command again. */
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { failuresOf, eventsOf, tasksWith } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { faults } from './faults.ts'
import { operations } from './operations.ts'
import type { OperationName } from './operations.ts'
import type { Recipe } from './recipe.ts'
import { startWriter } from './writer.ts'
import type { Writer, Written } from './writer.ts'
import type { Master, Wanted, World } from './world.ts'

/** What a round was, and what was wrong. */
export interface Outcome {
  readonly operation: OperationName
  /** Undefined for a round without a fault. */
  readonly recipe: Recipe | undefined
  /** The host that the fault struck, and the task at that time. */
  readonly struck: string | undefined
  /** The runs: the one with the fault, and those after it. */
  readonly runs: readonly CliResult[]
  /** How many events the first run had. */
  readonly events: number
  readonly written: Written | undefined
  /** What the inventory says after it. */
  readonly wanted: Wanted
  readonly wrong: readonly string[]
}

/** How often the same command is run after a fault. */
const mostRuns = 4
/** Seconds between two of them. */
const between = 20
/** Seconds after which a run counts as hanging. */
const limit = 900

/** Runs a command, and calls back at each of its events. */
const watched = async (
  world: World,
  command: Parameters<World['run']>[0],
  event: (count: number, title: string, child: ChildProcess) => void,
): Promise<CliResult> => {
  let timer: NodeJS.Timeout | undefined
  const result = await world.run(command, {
    watch: (child) => {
      let [count, rest, title] = [0, '', '']
      timer = setTimeout(() => child.kill('SIGKILL'), limit * 1000)
      child.stdout?.on('data', (chunk: Buffer) => {
        const lines = `${rest}${chunk.toString()}`.split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          count += 1
          title = /"type":"task-start".*?"title":"([^"]*)"/.exec(line)?.[1] ?? title
          event(count, title, child)
        }
      })
    },
  })
  clearTimeout(timer)
  return result
}

/** Errors that a user could not act on: those without a way out, and those of the program itself. */
const unclear = (run: CliResult): string[] =>
  eventsOf({ ...run, stdout: run.stdout.slice(0, run.stdout.lastIndexOf('\n') + 1) }).flatMap((event) =>
    event.type === 'task-end' && event.error && (event.error.code === 'internal' || !event.error.hint)
      ? [
          `${event.task.host}: ${event.task.title}: ${event.error.code}, without a way out: ${event.error.message}`,
        ]
      : [],
  )

/** Findings of `status`, as it prints them, but one that is true of the lab: its hosts share a disk. */
const findingsIn = (text: string): string[] =>
  [...text.matchAll(/^(?:fault|warning) .*$/gm)]
    .map(([line]) => line.replaceAll(/ +/g, ' '))
    .filter((line) => !line.includes('its disk is too slow for etcd'))

/** What `status` says against the cluster. */
const statusFaults = (status: CliResult): string[] => {
  if (status.status === 0) return []
  const text = failuresOf(status)
  return text.includes('no findings:') ? findingsIn(text) : [`status ended with ${status.status}: ${text}`]
}

/** What is wrong with the cluster at the end. */
const wrongAtEnd = async (world: World, wanted: Wanted): Promise<string[]> => {
  const still = await world.run({ playbook: 'ha-masters', wanted })
  const changed = still.status === 0 ? tasksWith(still, 'changed') : []
  const status = await world.run({ playbook: 'status', wanted })
  return [
    ...(still.status === 0 ? [] : [`ha-masters ended with ${still.status}: ${failuresOf(still)}`]),
    ...(changed.length === 0 ? [] : [`ha-masters changed ${changed.join('; ')}`]),
    ...statusFaults(status),
  ]
}

/** A round of a cluster. */
interface Options {
  readonly world: World
  readonly wanted: Wanted
  readonly round: number
  readonly operation: OperationName
  readonly folder: string
}

const disturbed = async (
  { world, wanted, round, operation, folder }: Options,
  writer: Writer,
  recipe: Recipe | undefined,
  events: number,
): Promise<Outcome> => {
  const { goesBack, prepare } = operations[operation]
  const [first = 'm1'] = wanted.masters
  // what is written after the snapshot is lost on purpose
  if (goesBack) {
    while (writer.count() < 20) await sleep(200)
    await writer.stop()
  }
  const { command, wanted: after } = await prepare({ world, wanted, round, folder })
  const fault = recipe && faults[recipe.fault]
  const host: Master | undefined =
    fault?.ofHost === true
      ? command.wanted.masters[Math.floor((recipe?.host ?? 0) * command.wanted.masters.length)]
      : undefined
  let struck: string | undefined
  let strike: Promise<void> | undefined
  let failed: unknown
  const at = Math.max(1, Math.round(events * (recipe?.moment ?? 0)))
  const run = await watched(world, command, (count, title, child) => {
    if (fault === undefined || recipe === undefined || strike !== undefined || count < at) return
    struck = `${host === undefined ? '' : `${host}, `}${title}`
    const target = host ?? first
    const struckAndEnded = async (): Promise<void> => {
      try {
        await fault.strike({ run: child, world, host: target })
        if (recipe.fault !== 'cut') return
        await sleep(recipe.seconds * 1000)
        await world.link(target, 'up')
      } catch (error) {
        // thrown when the run is over: it is not the run's
        failed = error
      }
    }
    strike = struckAndEnded()
  })
  await strike
  if (failed !== undefined) throw new Error('the fault did not happen', { cause: failed })
  if (fault?.heal !== undefined && struck !== undefined) await fault.heal({ world, host: host ?? first })
  const runs = [run]
  const most = recipe === undefined ? 1 : mostRuns
  while (runs.at(-1)?.status !== 0 && runs.length < most) {
    if (runs.length > 1) await sleep(between * 1000)
    runs.push(await world.run(command))
  }
  if (!goesBack) await writer.stop()
  const last = runs.at(-1)
  const wrong = [
    ...runs.flatMap(unclear),
    ...(last?.status === 0 || last === undefined
      ? []
      : [`${command.playbook} ended with ${last.status}: ${failuresOf(last)}`]),
    ...(await wrongAtEnd(world, after)),
  ]
  const written = await writer.result()
  if (written.lost.length > 0) wrong.push(`lost: ${written.lost.slice(0, 10).join(', ')}`)
  const count = run.stdout.split('\n').length - 1
  return { operation, recipe, struck, runs, events: count, written, wanted: after, wrong }
}

/**
 * Does an operation, with a fault if there is a recipe.
 *
 * @param events how many events an undisturbed run has.
 */
export const tryRound = async (options: Options, recipe?: Recipe, events = 0): Promise<Outcome> => {
  const [first = 'm1'] = options.wanted.masters
  const writer = startWriter(await options.world.access(first), options.round)
  try {
    return await disturbed(options, writer, recipe, events)
  } finally {
    await writer.stop()
  }
}
