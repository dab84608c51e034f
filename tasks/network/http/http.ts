/** HTTP as tasks ask it: from the host (curl, else wget) or from here. */
import { isSecret, z } from '../../../engine/index.ts'
import type { CheckContext, Command } from '../../../engine/index.ts'
import { askFromHere } from './from-here.ts'
import type { HttpAnswer, HttpRequest } from './types.ts'
import { curlConfig, readAnswer, readWget, viaCurl, viaWget } from './from-host.ts'

/** Where requests and connections begin. */
export const askedFrom = () =>
  z
    .enum(['host', 'here'])
    .default('host')
    .describe('where the request is sent from: the host, or this machine (here)')

/** An http or https URL. A password in it would be seen in titles and logs. */
export const httpUrl = () =>
  z
    .string()
    .regex(/^https?:\/\/[^\s/]+\S*$/, 'http:// or https:// is needed')
    .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), {
      message: 'a password does not belong into a URL: give it as the header Authorization, a secret',
    })

/** A pattern for what is answered or found; ^ and $ are the ends of a line. */
export const answerPattern = () =>
  z.string().refine(
    (source) => {
      try {
        return new RegExp(source, 'm') instanceof RegExp
      } catch {
        return false
      }
    },
    { message: 'a regular expression of JavaScript is needed' },
  )

/** Statuses that are fine. */
export const statuses = () => {
  const one = z.coerce.number<number | string>().int().min(100).max(599)
  return z.union([z.array(one), one.transform((status) => [status])])
}

/** What is wrong with an answer; undefined when nothing is. */
export const faultOf = (
  answer: HttpAnswer,
  {
    status,
    matches,
  }: { readonly status?: readonly number[] | undefined; readonly matches?: string | undefined },
): string | undefined => {
  if ('failure' in answer) return answer.failure
  const fine =
    status === undefined ? answer.status >= 200 && answer.status < 300 : status.includes(answer.status)
  if (!fine) return `it answers ${answer.status}, not ${status?.join(' or ') ?? '2xx'}`
  if (matches === undefined || new RegExp(matches, 'm').test(answer.body)) return undefined
  return `it answers ${answer.status}, but not what ${matches} matches`
}

const needsCurl = ({ method, headers, body }: HttpRequest): boolean =>
  method !== 'GET' || body !== undefined || Object.values(headers).some(isSecret)

/** The `query` or `run` of a remote: a request that changes something is sent with `run`. */
type Tag = CheckContext['remote']['query']

const askFromHost = async (tag: Tag, request: HttpRequest): Promise<HttpAnswer> => {
  // the tool's own limit comes first: it says more
  const timeout = request.timeout + 15
  const send = (command: Command) => command.result()
  const answer = readAnswer(await send(viaCurl(tag, { stdin: curlConfig(request), timeout })))
  if (answer !== 'no curl') return answer
  if (needsCurl(request))
    return { failure: 'the host has no curl, and wget would show the request to every user there' }
  return readWget(await send(viaWget(tag, request, timeout)))
}

/** Asks. It never throws for what the other side does. */
export const ask = (tag: Tag, from: 'host' | 'here', request: HttpRequest): Promise<HttpAnswer> =>
  from === 'here' ? askFromHere(request) : askFromHost(tag, request)
