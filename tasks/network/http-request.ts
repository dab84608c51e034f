import {
  CoxswainError,
  defineTask,
  drift,
  flag,
  isSecret,
  ok,
  duration,
  unknown,
  z,
} from '../../engine/index.ts'
import type { CheckContext, Secret, Verdict } from '../../engine/index.ts'
import { isOneLine } from './http/curl.ts'
import { answerPattern, ask, askedFrom, faultOf, httpUrl, statuses } from './http/http.ts'
import type { HttpAnswer, HttpRequest } from './http/types.ts'
import { jsonReader } from '../shared/json-reader.ts'
import type { JsonReader } from '../shared/json-reader.ts'

const textOrSecret = () =>
  z.union([z.string(), z.custom<Secret>(isSecret).meta({ title: 'secret' })], {
    error: 'text or a secret is needed',
  })

/** Methods that change nothing on a server (RFC 9110, 9.2.1), those in use. */
const looks = (method: string): boolean => method === 'GET' || method === 'HEAD'

const params = () =>
  z
    .object({
      url: httpUrl().describe('the URL'),
      method: z
        .string()
        .regex(/^[A-Za-z]+$/, 'a method is needed, such as POST')
        .default('GET')
        .transform((method) => method.toUpperCase())
        .describe('the HTTP method; GET and HEAD only read, every other one counts as a change'),
      headers: z
        .record(z.string().regex(/^[\w-]+$/, 'the name of a header is needed'), textOrSecret())
        .default({})
        .describe('headers of the request; in a playbook a value can be a Secret, such as for Authorization'),
      body: textOrSecret().optional().describe('the body of the request'),
      json: z.unknown().optional().describe('the body of the request, sent as JSON'),
      status: statuses()
        .optional()
        .describe('the accepted status codes, such as 200 or [200, 404]; by default any 2xx'),
      matches: answerPattern().optional().describe('a pattern that the body of the response must match'),
      unless: httpUrl()
        .optional()
        .describe('do not send the request if a GET of this URL, with the same headers, returns 2xx'),
      unlessMatches: answerPattern()
        .optional()
        .describe('and if the response of `unless` matches this pattern'),
      from: askedFrom(),
      insecure: flag().default(false).describe('accept any certificate'),
      timeout: duration().default(30).describe('seconds to wait for the response'),
    })
    .refine(({ body, json }) => body === undefined || json === undefined, {
      message: 'just one of body and json is sent',
      path: ['json'],
    })
    .refine(({ unless, unlessMatches }) => unless !== undefined || unlessMatches === undefined, {
      message: 'it is a pattern for the answer of `unless`, which is missing',
      path: ['unlessMatches'],
    })
    .refine(({ unless, method }) => unless === undefined || !looks(method), {
      message: '`unless` is not for GET and HEAD: they change nothing',
      path: ['unless'],
    })
    .refine(({ headers }) => Object.values(headers).every(isOneLine), {
      message: 'a header must be one line',
      path: ['headers'],
    })
type Params = z.output<ReturnType<typeof params>>

const requestOf = ({ url, method, headers, body, json, insecure, timeout }: Params): HttpRequest => ({
  url,
  method,
  headers:
    json === undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
      ? headers
      : { 'Content-Type': 'application/json', ...headers },
  body: json === undefined ? body : JSON.stringify(json),
  insecure,
  timeout,
})

/** Whether `unless` shows that it is done; what speaks against it otherwise. */
const notDone = async ({ remote }: CheckContext, given: Params): Promise<string | undefined> => {
  const { unless = '', unlessMatches, headers, insecure, timeout, from } = given
  const looking = { url: unless, method: 'GET', headers, body: undefined, insecure, timeout }
  return faultOf(await ask(remote.query, from, looking), { matches: unlessMatches })
}

/** The response to a request. */
export interface HttpResponse {
  readonly status: number
  /** By their names in lower-case letters; the values of one that comes several times are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Parses the body as JSON; a schema checks the value and types it. Throws `task-failed` for other text. */
  readonly json: JsonReader
}

const summary = ({ method, url }: Params): string => `${method} ${url}`

/** @throws `task-failed` if there is no answer, or it is not what it should be. */
const responseOf = (given: Params, answer: HttpAnswer): HttpResponse => {
  const fault = faultOf(answer, given)
  if (fault !== undefined || 'failure' in answer) throw refused(given, fault ?? '', answer)
  const { status, headers, body } = answer
  return {
    status,
    headers,
    body,
    json: jsonReader(body, { name: 'the response', of: summary(given), code: 'task-failed' }),
  }
}

/** The error of an answer that is not what it should be, with the beginning of what was said. */
const refused = (given: Params, fault: string, answer: HttpAnswer): CoxswainError =>
  new CoxswainError('task-failed', `${summary(given)}: ${fault}`, {
    output: 'failure' in answer ? undefined : answer.body.slice(0, 2000),
    hint:
      'failure' in answer
        ? `ask it by hand from ${given.from === 'here' ? 'here' : 'the host'}: curl -v ${given.url}`
        : 'see what it answers; `status` and `matches` say what is fine',
  })

/** Sends an HTTP request, from the host or from this machine, and verifies the response. */
export const httpRequest = defineTask({
  name: 'http-request',
  description:
    'Sends an HTTP request from the host or from this machine, and fails if the response has another status or does not match. A method other than GET and HEAD is sent at every run, unless `unless` shows that it is not needed.',
  reads: 'the response to a GET or HEAD; for other methods that of `unless`',
  example: { url: 'https://api.example/v1/status', status: 200, matches: '"ok"' },
  params,
  title: summary,

  checkable: ({ method, unless }) => looks(method) || unless !== undefined,

  async check(ctx, given): Promise<Verdict<HttpResponse | void>> {
    if (!looks(given.method)) {
      const left = await notDone(ctx, given)
      return left === undefined ? ok() : drift({ what: summary(given), from: left, to: 'sent' })
    }
    const answer = await ask(ctx.remote.query, given.from, requestOf(given))
    const fault = faultOf(answer, given)
    // an earlier task may be the one that makes it answer
    return fault === undefined ? ok(responseOf(given, answer)) : unknown(fault)
  },

  async apply(ctx, given) {
    const tag = looks(given.method) ? ctx.remote.query : ctx.remote.run
    return ok(responseOf(given, await ask(tag, given.from, requestOf(given))))
  },
})
