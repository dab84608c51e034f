/** Checks the lines of `--output json` against the schema that `run schema events` prints; unknown fields are refused. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { RunEvent } from '../../engine/run/events.ts'
import { eventsJsonSchema } from '../../engine/report/json-events.ts'

const ajv = new Ajv2020({ discriminator: true, strictTypes: false })
const valid = ajv.compile<RunEvent>(eventsJsonSchema('invalid'))

/** @throws if the value is not a valid event. */
export const validEvent = (value: unknown): RunEvent => {
  if (valid(value)) return value
  throw new Error(
    `not valid by \`run schema events\`: ${ajv.errorsText(valid.errors)}\n${JSON.stringify(value)}`,
  )
}

/** Returns the events of a text with one event in each line. */
export const eventsIn = (text: string): RunEvent[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [validEvent(JSON.parse(line))]))
