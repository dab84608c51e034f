/** Whether the output of a run is in order for each host. Pure. */
import { expectedLines } from './fleet.ts'
import type { Case } from './fleet.ts'

type Output = 'plain' | 'json'

/** `host words` of a line of plain output, or undefined for a line without a host. */
const ofPlain = (line: string): [string, string] | undefined => {
  const [, host, words] = /^ {2}(host-\d+) +(\S+ +.*)$/.exec(line) ?? []
  if (host === undefined || words === undefined || /^\d/.test(words)) return undefined
  return [host, words.replace(/ {2}\d+\.\d s$/, '').replace(/ +/g, ' ')]
}

/** The same for a line of JSON. */
const ofJson = (line: string): [string, string] | undefined => {
  const event: unknown = JSON.parse(line)
  if (typeof event !== 'object' || event === null || !('type' in event) || !('task' in event))
    return undefined
  const { task } = event
  if (typeof task !== 'object' || task === null || !('host' in task) || !('title' in task)) return undefined
  if (event.type === 'task-output' && 'line' in event) return [String(task.host), `| ${String(event.line)}`]
  if (event.type === 'task-end' && 'outcome' in event)
    return [String(task.host), `${String(event.outcome)} ${String(task.title)}`]
  return undefined
}

/** The first host whose lines are not in order; undefined if all are. */
export const disorder = (
  text: string,
  output: Output,
  start: Case,
  hosts: readonly string[],
  tasks: number,
) => {
  const found = new Map<string, string[]>(hosts.map((host) => [host, []]))
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [host, words] = (output === 'plain' ? ofPlain(line) : ofJson(line)) ?? []
    if (host !== undefined && words !== undefined) found.get(host)?.push(words)
  }
  const expected = expectedLines(start, tasks).join('\n')
  for (const [host, lines] of found)
    if (lines.join('\n') !== expected) return `${host}: ${lines.slice(0, 6).join(', ')} …`
  return undefined
}
