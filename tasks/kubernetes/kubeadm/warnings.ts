import type { CheckContext } from '../../../engine/index.ts'
import { kubectl } from './kubectl.ts'
import { sameAs } from './last-errors.ts'

/** The most warnings that are shown. */
const most = 6

/** A time, the object and the message of each event. Newer events have an `eventTime` in place of a `lastTimestamp`. */
const fields =
  '{range .items[*]}{.lastTimestamp} {.eventTime}{"\\t"}{.involvedObject.kind} {.involvedObject.name}{"\\t"}{.reason}: {.message}{"\\n"}{end}'

/**
 * The last different warnings in a list of events, oldest first, each with its time.
 *
 * @param text lines of times, the object and the message, with tabs between them.
 * @param since milliseconds since 1970: what is older is left out.
 */
export const distinctWarnings = (text: string, since: number): string[] => {
  const found = text.split('\n').flatMap((line) => {
    const [, time = '', about = '', message = ''] =
      /^[^\t]*?(\d{4}-\d\d-\d\dT[\d:.]+Z)[^\t]*\t([^\t]+)\t(.+)$/.exec(line) ?? []
    return Date.parse(time) >= since ? [{ time: Date.parse(time), about, message }] : []
  })
  const warnings = new Map<string, string>()
  for (const { time, about, message } of found.toSorted((a, b) => a.time - b.time)) {
    const same = `${about} ${sameAs(message)}`
    // the last one of those that say the same
    warnings.delete(same)
    warnings.set(same, `${new Date(time).toISOString().slice(11, 19)} ${about}: ${message}`)
  }
  return [...warnings.values()].slice(-most)
}

/**
 * The last warnings in the events of the cluster that a control-plane node belongs to; empty if its API server does not answer.
 *
 * @param seconds what is older is left out, by the clock of the host.
 */
export const warningsOf = async (ctx: CheckContext, seconds: number): Promise<readonly string[]> => {
  const [clock, { stdout }] = await Promise.all([
    ctx.remote.query`date +%s`.text(),
    kubectl(ctx, [
      'get',
      'events',
      '-A',
      '--field-selector',
      'type=Warning',
      '-o',
      `jsonpath=${fields}`,
    ]).result(),
  ])
  return distinctWarnings(stdout, (Number(clock) - seconds) * 1000)
}
