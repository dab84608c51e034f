/** HTTP from a host with the tools that it has, and the reading of what they print. Pure. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext, Command, CommandOptions, CommandResult, Secret } from '../../../engine/index.ts'
import { curlConfiguration, headerSettings } from './curl.ts'
import type { CurlSetting } from './curl.ts'
import { headersIn, splitHeaders } from './headers.ts'
import type { HttpAnswer, HttpRequest } from './types.ts'

const wget = shellFile(import.meta.url, 'wget.sh')

type Tag = CheckContext['remote']['query']

/** Exit status of our commands when the host does not have the tool. */
const missing = 101

/** Exit status when busybox's wget would have to trust anybody. */
const blind = 102

/** A request as curl reads it from its standard input. */
export const curlConfig = ({ url, method, headers, body, insecure, timeout }: HttpRequest): Secret =>
  curlConfiguration(
    [
      'silent',
      'show-error',
      'globoff',
      // HEAD prints them by itself
      ...(method === 'HEAD' ? [] : ['include']),
      ...(insecure ? ['insecure'] : []),
      ...(method === 'HEAD' ? ['head'] : []),
    ],
    [
      ['url', url],
      ['max-time', String(timeout)],
      // with a body curl would make a POST of it
      ...(method === 'HEAD' || (method === 'GET' && body === undefined)
        ? []
        : ([['request', method]] satisfies CurlSetting[])),
      ...headerSettings(headers),
      // --data would read a file where the body begins with @
      ...(body === undefined ? [] : ([['data-raw', body]] satisfies CurlSetting[])),
    ],
  )

/** `-q` comes first: the configuration of whoever logs in is not ours. */
export const viaCurl = (tag: Tag, options: CommandOptions): Command =>
  tag({
    ...options,
    quiet: true,
  })`command -v curl >/dev/null || exit ${missing}; curl -q -w ${'\n%{http_code}'} -K -`

/** The last line of an output names what went wrong. */
const lastWords = (stderr: string): string => stderr.trim().split('\n').at(-1)?.trim() ?? ''

/** What curl printed: the headers and the body, and the status on a line of its own. */
export const readAnswer = ({ code, stdout, stderr, dropped }: CommandResult): HttpAnswer | 'no curl' => {
  if (code === missing) return 'no curl'
  if (dropped > 0) return { failure: 'it answers more than can be kept' }
  if (code !== 0) return { failure: lastWords(stderr) || `curl ended with status ${code}` }
  const cut = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(cut + 1)), ...splitHeaders(stdout.slice(0, cut)) }
}

/**
 * wget, GNU's or busybox's; for a GET without secrets, because it takes everything as arguments. busybox's looks at no
 * certificate.
 */
export const viaWget = (
  tag: Tag,
  { url, headers, insecure, timeout }: HttpRequest,
  limit: number,
): Command => {
  const flags = Object.entries(headers).map(([name, value]) => `--header=${name}: ${String(value)}`)
  const seconds = Math.max(1, Math.ceil(timeout))
  const gnu = [
    ...(insecure ? ['--no-check-certificate'] : []),
    '--max-redirect=0',
    '--content-on-error',
    '-t',
    '1',
  ]
  const secure = url.startsWith('https:') && !insecure ? 1 : 0
  return tag({
    timeout: limit,
    quiet: true,
  })`${shellProgram(wget, url, seconds, secure, gnu.length, gnu, flags)}`
}

/** The first line of a response. */
const statusLine = /^(?:wget: server returned error: )?HTTP\/[\d.]+ (\d{3})/

/** What wget printed: the body, and the headers of the answer on its standard error. */
export const readWget = ({ code, stdout, stderr }: CommandResult): HttpAnswer => {
  if (code === missing) return { failure: 'the host has neither curl nor wget: install curl' }
  if (code === blind)
    return { failure: "the host's wget looks at no certificate: install curl, or say insecure" }
  // the first one: busybox goes where an answer sends it
  const lines = stderr.split('\n').map((line) => line.trim())
  const first = lines.findIndex((line) => statusLine.test(line))
  const status = statusLine.exec(lines[first] ?? '')?.[1]
  if (status !== undefined) {
    const next = lines.findIndex((line, at) => at > first && statusLine.test(line))
    const own = lines.slice(first + 1, next < 0 ? undefined : next)
    return { status: Number(status), headers: headersIn(own), body: stdout }
  }
  return { failure: lastWords(stderr) || `wget ended with status ${code}` }
}
