import { now as runClock } from '../run/clock.ts'
import { paintWith } from './colors.ts'
import { formatError } from './format-error.ts'
import { recapLines } from './recap.ts'
import type { Reporter, ReportOptions } from './reporter.ts'
import { oneLine, plural, printable } from './text.ts'
import { finalPicture } from './tree-final.ts'
import { lifecycle } from './tree-lifecycle.ts'
import type { Lifecycle } from './tree-lifecycle.ts'
import { livePicture } from './tree-live.ts'
import {
  afterEnd,
  afterHostEnd,
  afterOutput,
  afterProgress,
  afterStart,
  afterTransfer,
  hostsAtStart,
} from './tree-model.ts'
import type { TreeHost, TreePlay } from './tree-model.ts'
import { holder } from './holder.ts'
import { screen } from './tree-screen.ts'

/**
 * A live tree for a terminal: the current play with its hosts and their tasks, drawn ten times a second in the rows
 * of the terminal. When a play ends, its final view stays on the terminal; after the run, the recap follows.
 *
 * @param now the clock for drawing: Unix milliseconds, as in the events.
 */
export const treeReporter = (options: ReportOptions, now: () => number = runClock): Reporter => {
  // width and height are read for each drawing, because a getter can follow a resized terminal
  const { write, color, verbosity } = options
  const paint = paintWith(color)
  const live = screen(write)
  let check = false
  let plays: readonly string[] = []
  let play: Omit<TreePlay, 'hosts'> | undefined
  let hosts = new Map<string, TreeHost>()
  let list: Lifecycle | undefined

  const held = holder((text) => live.print(text))
  const say = (lines: readonly string[]): void => held.print(`${lines.join('\n')}\n`)

  const draw = (spinner: string): void => {
    if (play === undefined || held.holding()) return
    const { width, height } = options
    const shown = { ...play, hosts: [...hosts.values()] }
    live.show(livePicture(shown, { now: now(), width, height, color, spinner, plays: plays.length }))
  }

  /** Shows the next play while its hosts are selected. */
  const next = (index: number, since: number): void => {
    const name = plays[index]
    play = name === undefined ? undefined : { index, name, note: undefined, since }
    hosts = new Map()
    if (play === undefined && !held.holding()) live.show([])
  }

  const update = (name: string, after: (host: TreeHost) => TreeHost): void => {
    const host = hosts.get(name)
    if (host !== undefined) hosts.set(name, after(host))
  }

  const stop = (): void => {
    play = undefined
    live.close()
  }
  process.once('exit', stop)

  return {
    handle: {
      'run-start': (event) => {
        ;({ check, plays } = event)
        const size = `${plural(event.hosts.length, 'host')}, ${plural(plays.length, 'play')}`
        say([paint.bold(`${oneLine(event.playbook)}: ${size}${check ? ' (check: nothing is changed)' : ''}`)])
        list = lifecycle(plays, draw)
        next(0, event.time)
      },
      'play-start': (event) => {
        const { play: index, name, note, time } = event
        play = { index, name, note, since: time }
        hosts = new Map(hostsAtStart(event).map((host) => [host.name, host]))
      },
      'tasks-added': (event) => update(event.host, (host) => ({ ...host, total: host.total + event.tasks })),
      'task-start': (event) => update(event.task.host, (host) => afterStart(host, event)),
      'task-output': (event) => update(event.task.host, (host) => afterOutput(host, event, verbosity > 0)),
      'task-progress': (event) => update(event.task.host, (host) => afterProgress(host, event)),
      'task-transfer': (event) => update(event.task.host, (host) => afterTransfer(host, event)),
      'task-end': (event) => update(event.task.host, (host) => afterEnd(host, event)),
      'handlers-due': () => {},
      'host-end': (event) => update(event.host, (host) => afterHostEnd(host, event)),
      'play-end': (event) => {
        if (play !== undefined) {
          const { width, height, diff } = options
          const ended = { ...play, hosts: [...hosts.values()] }
          const format = { width, height, color, diff, verbosity, now: event.time, plays: plays.length }
          if (!held.holding()) live.show([])
          say(finalPicture(ended, format))
          if (event.note !== undefined) say([paint.yellow(`  ${oneLine(event.note)}`)])
        }
        list?.ended(event.play, event.failed)
        // no play follows a failed one
        next(event.failed.length > 0 ? plays.length : event.play + 1, event.time)
      },
      'run-end': (event) => {
        const { stopped } = event
        const { width, height } = options
        stop()
        say([
          '',
          ...(stopped === undefined ? [] : [formatError(stopped, { color, verbosity, width }), '']),
          ...recapLines(event, {
            check,
            color,
            width,
            rows: Math.max(10, height - 10),
            resumable: options.resumable,
          }),
        ])
      },
    },
    note: (text) => say([paint.yellow(printable(text))]),
    suspend: () => {
      // this also shows the cursor, for the answer
      live.close()
      return held.hold()
    },
    close: async () => {
      stop()
      held.release()
      process.off('exit', stop)
      await list?.close()
    },
  }
}
