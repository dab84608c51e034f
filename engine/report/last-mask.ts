/** Masks text just before it leaves the process. */
import type { Redactor } from '../run/masking/redactor.ts'

/** The format of a text. The text must stay valid when secrets in it are masked. */
export type TextForm = 'text' | 'json' | 'xml' | 'html'

/** Keys of JSON whose values are not masked: our own words, numbers and host names. */
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
/** States of a running task; their key, `what`, is also that of a change. */
const states = new Set(['waiting', 'applying', 'reconnecting', 'retrying'])

const literal = /("(?:[^"\\]|\\.)*")(\s*:)?/g

/** Characters that JSON does not escape, but terminals, line readers or HTML interpret. */
const unsafe = /[<>&\u007f-\u009f\u2028\u2029]/g
const written = (text: string): string =>
  JSON.stringify(text).replace(unsafe, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Masks the strings of one or several JSON values; keys and numbers stay. */
const maskJson = (json: string, mask: (text: string) => string): string => {
  let key = ''
  return json.replace(literal, (match, quoted: string, colon: string | undefined) => {
    if (colon !== undefined) {
      key = quoted
      return match
    }
    if (ownKeys.has(key)) return match
    const text: unknown = JSON.parse(quoted)
    if (typeof text !== 'string' || (key === '"what"' && states.has(text))) return match
    const masked = mask(text)
    return masked === text ? match : written(masked)
  })
}

/** Attributes of reports whose values are numbers, times or our own words. */
const ownAttribute = /^(?:version|encoding|id|timestamp|hostname|tests|failures|errors|skipped|time|type)$/

/** Masks text and attributes of XML; the mask does not need escaping. */
const maskXml = (xml: string, mask: (text: string) => string): string =>
  xml.replace(
    / ([\w:]+)="([^"]*)"|>([^<>]+)</g,
    (match, name: string | undefined, value: string | undefined, text: string | undefined) => {
      if (text !== undefined) return `>${mask(text)}<`
      return name === undefined || value === undefined || ownAttribute.test(name)
        ? match
        : ` ${name}="${mask(value)}"`
    },
  )

/**
 * The parts of a report's page that contain data of the run. The others are its code, which the browser checks by
 * hash.
 */
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
 * Makes the final mask of an output: it masks every secret that is known at that time. Text composed of masked parts
 * can contain a secret, and so can a part that was masked before the secret was known.
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
