/** Masks text that is complete, just before it leaves the process. Pure but for what the redactor knows. */
import type { Redactor } from '../run/masking/redactor.ts'

/** What a text is written in. A program that reads it must still be able to when secrets in it are masked. */
export type TextForm = 'text' | 'json' | 'xml' | 'html'

/** What values of JSON have under these names: words of ours, numbers, and names by which hosts are distinguished. */
const ownKeys = new Set(
  [
    'type',
    'outcome',
    'outcomes',
    'standing',
    'standings',
    'stream',
    'role',
    'code',
    'host',
    'hosts',
    'on',
    'failed',
  ].map((key) => JSON.stringify(key)),
)
/** The states of a task that is under way, under the name that the text of a change has too. */
const states = new Set(['waiting', 'applying', 'reconnecting', 'retrying'])

const literal = /("(?:[^"\\]|\\.)*")(\s*:)?/g

/** What JSON leaves as it is, though terminals, readers of lines or a page of HTML may act on it. */
const unsafe = /[<>&\u007f-\u009f\u2028\u2029]/g
const written = (text: string): string =>
  JSON.stringify(text).replace(unsafe, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Texts of JSON, however many values of it follow each other; names and numbers stay. */
const maskJson = (json: string, mask: (text: string) => string): string => {
  let key = ''
  return json.replace(literal, (whole, quoted: string, colon: string | undefined) => {
    if (colon !== undefined) {
      key = quoted
      return whole
    }
    if (ownKeys.has(key)) return whole
    const text: unknown = JSON.parse(quoted)
    if (typeof text !== 'string' || (key === '"what"' && states.has(text))) return whole
    const masked = mask(text)
    return masked === text ? whole : written(masked)
  })
}

/** Attributes of reports whose values are numbers, times and words of ours. */
const ownAttribute = /^(?:version|encoding|id|timestamp|hostname|tests|failures|errors|skipped|time|type)$/

/** Text and attributes of XML; a mask needs no escapes. */
const maskXml = (xml: string, mask: (text: string) => string): string =>
  xml.replace(
    / ([\w:]+)="([^"]*)"|>([^<>]+)</g,
    (whole, name: string | undefined, value: string | undefined, text: string | undefined) => {
      if (text !== undefined) return `>${mask(text)}<`
      return name === undefined || value === undefined || ownAttribute.test(name)
        ? whole
        : ` ${name}="${mask(value)}"`
    },
  )

/** The parts of a report's page that come of the run; the others are its code, which the browser knows by its sum. */
const parts = /(<title>)([^<]*)|(<script type="application\/json" id="data">)([^<]*)/g

const maskHtml = (html: string, mask: (text: string) => string): string =>
  html.replace(
    parts,
    (
      _,
      title: string | undefined,
      name: string | undefined,
      script: string | undefined,
      data: string | undefined,
    ) =>
      script === undefined ? `${title ?? ''}${mask(name ?? '')}` : `${script}${maskJson(data ?? '', mask)}`,
  )

/**
 * The last gate before a text is seen: masks every secret that is known by then. What was composed of parts that were
 * masked before may show one, and so may a part that was masked before the secret was known.
 */
export const lastMask = (redactor: Redactor, form: TextForm): ((text: string) => string) => {
  const mask = (text: string): string => redactor.text(text)
  switch (form) {
    case 'text':
      return mask
    case 'json':
      return (text) => maskJson(text, mask)
    case 'xml':
      return (text) => maskXml(text, mask)
    case 'html':
      return (text) => maskHtml(text, mask)
  }
}
