/** Plays in the middle of their work, made of events, for the tests of the tree's pictures. */
import {
  afterEnd,
  afterOutput,
  afterProgress,
  afterStart,
  hostsAtStart,
} from '../../engine/report/tree-model.ts'
import type { TreeHost, TreePlay } from '../../engine/report/tree-model.ts'
import type { RunEvent } from '../../engine/run/events.ts'
import { playStart, time } from './run-events.ts'

const after = (host: TreeHost, event: RunEvent, keep: boolean): TreeHost => {
  switch (event.type) {
    case 'task-start':
      return afterStart(host, event)
    case 'task-output':
      return afterOutput(host, event, keep)
    case 'task-progress':
      return afterProgress(host, event)
    case 'task-end':
      return afterEnd(host, event)
    default:
      return host
  }
}

/** A play of hosts with so many tasks, after these events. */
export const playAfter = (
  hosts: readonly string[],
  tasks: number,
  events: readonly RunEvent[],
  keep = false,
): TreePlay => {
  const started = hostsAtStart(
    playStart({ hosts, tasks: Object.fromEntries(hosts.map((host) => [host, tasks])) }),
  )
  return {
    index: 0,
    name: 'every master is ready',
    note: undefined,
    since: time,
    hosts: started.map((host) => {
      const own = events.filter((event) => 'task' in event && event.task.host === host.name)
      return own.reduce((state, event) => after(state, event, keep), host)
    }),
  }
}
