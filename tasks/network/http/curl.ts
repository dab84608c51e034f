/** What curl reads on its standard input, where no other user can see it (curl(1), --config). Pure. */
import { Secret, isSecret } from '../../../engine/index.ts'

/** A value in quotes. */
const quoted = (value: string): string =>
  `"${value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')}"`

const text = (value: string | Secret): string => (isSecret(value) ? value.reveal() : value)

/** Options with a value, by their long names; one may be there more than once. */
export type CurlSetting = readonly [name: string, value: string | Secret]

/** Whether a value of a header stays one: a newline would begin another header. */
export const isOneLine = (value: string | Secret): boolean => !/[\r\n\0]/.test(text(value))

/** Headers as settings. */
export const headerSettings = (headers: Readonly<Record<string, string | Secret>>): CurlSetting[] =>
  Object.entries(headers).map(([name, value]) => ['header', `${name}: ${text(value)}`])

/** A configuration: options without a value, and those with one. */
export const curlConfiguration = (flags: readonly string[], settings: readonly CurlSetting[]): Secret =>
  new Secret(
    [...flags, ...settings.map(([name, value]) => `${name} = ${quoted(text(value))}`)]
      .map((line) => `${line}\n`)
      .join(''),
  )
