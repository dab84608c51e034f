/** HTTP from the machine that the run is started on. */
import { isSecret } from '../../../engine/index.ts'
import type { Secret } from '../../../engine/index.ts'
import { headersIn } from './headers.ts'
import type { HttpAnswer, HttpRequest } from './types.ts'

/** A longer response is not read. */
const limit = 16 * 1024 * 1024

const text = (value: string | Secret): string => (isSecret(value) ? value.reveal() : value)

/** Names and values in turn as lines. */
const linesOf = (raw: readonly string[]): string[] =>
  raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1] ?? ''}`] : []))

/**
 * Asks with Node's own client: `fetch` cannot take a self-signed certificate. The client is loaded with the first request: that
 * takes longer than all of a small task.
 */
export const askFromHere = async ({
  url,
  method,
  headers,
  body,
  insecure,
  timeout,
}: HttpRequest): Promise<HttpAnswer> => {
  const [{ request: plain }, { request: overTls }] = await Promise.all([
    import('node:http'),
    import('node:https'),
  ])
  return new Promise((resolve) => {
    const fail = (error: Error): void =>
      resolve({ failure: error.message === '' ? 'no answer' : error.message })
    const payload = body === undefined ? undefined : Buffer.from(text(body))
    const options = {
      method,
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, text(value)])),
        ...(payload !== undefined && { 'content-length': payload.length }),
      },
      signal: AbortSignal.timeout(timeout * 1000),
      agent: false as const,
    }
    const sent = url.startsWith('https:')
      ? overTls(url, { ...options, rejectUnauthorized: !insecure })
      : plain(url, options)
    sent.on('error', fail)
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= limit) chunks.push(chunk)
      })
      response.on('error', fail)
      response.on('end', () =>
        resolve(
          size > limit
            ? { failure: 'it answers more than can be kept' }
            : {
                status: response.statusCode ?? 0,
                headers: headersIn(linesOf(response.rawHeaders)),
                body: Buffer.concat(chunks).toString('utf8'),
              },
        ),
      )
    })
    sent.end(payload)
  })
}
