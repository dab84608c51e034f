/** The lines of `--output json`, checked with the schema that `run schema events` prints, without unknown fields. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { RunEvent } from '../../engine/run/events.ts'
import { eventsJsonSchema } from '../../engine/report/json-events.ts'

const ajv = new Ajv2020({ discriminator: true, strictTypes: false })
const valid = ajv.compile<RunEvent>(eventsJsonSchema('invalid'))

/** @throws when the value is not an event as the schema describes it. */
export const validEvent = (value: unknown): RunEvent => {
  if (valid(value)) return value
  throw new Error(
    `not valid by \`run schema events\`: ${ajv.errorsText(valid.errors)}\n${JSON.stringify(value)}`,
  )
}

/** The events of text in which each line is one. */
export const eventsIn = (text: string): RunEvent[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [validEvent(JSON.parse(line))]))
