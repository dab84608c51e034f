/** Running plays, made from events, for the tests of the tree's views. */
import {
  afterEnd,
  afterHostEnd,
  afterOutput,
  afterProgress,
  afterStart,
  afterTransfer,
  hostsAtStart,
  stateOf,
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
    case 'task-transfer':
      return afterTransfer(host, event)
    case 'task-end':
      return afterEnd(host, event)
    case 'host-end':
      return afterHostEnd(host, event)
    default:
      return host
  }
}

/** The host of an event. */
const hostOf = (event: RunEvent): string | undefined => {
  if ('task' in event) return event.task.host
  return event.type === 'host-end' ? event.host : undefined
}

/** A host without remaining tasks has ended the play. */
const through = (host: TreeHost): TreeHost =>
  host.standing === undefined && host.running.length === 0 && host.ended >= host.total
    ? { ...host, standing: stateOf(host) === 'failed' ? 'failed' : 'well' }
    : host

/**
 * A play of hosts with this many tasks, after these events. The `host-end` of a host that has done them all is added.
 */
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
      const own = events.filter((event) => hostOf(event) === host.name)
      return through(own.reduce((state, event) => after(state, event, keep), host))
    }),
  }
}
