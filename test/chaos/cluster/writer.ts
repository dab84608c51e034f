/** Puts numbered objects through the endpoint of a cluster, one after the other, and checks what was acknowledged. */
import { randomInt } from 'node:crypto'
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

/** How to reach an API server as an administrator. */
export interface Access {
  /** `https://ADDRESS:PORT`. */
  readonly url: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** What a writer has seen. */
export interface Written {
  /** How many writes were acknowledged. */
  readonly acknowledged: number
  /** Acknowledged writes that could not be found, by name. */
  readonly lost: readonly string[]
  /** The longest time in seconds from one acknowledged write to the next, without the pause in between. */
  readonly longest: number
  /** The sum of all such times above a second. */
  readonly away: number
}

/** Milliseconds between two writes. */
const pause = 100
/** Milliseconds after which a request counts as unanswered. */
const patience = 3000
const path = '/api/v1/namespaces/default/configmaps'

const listSchema = z.object({
  metadata: z.object({ continue: z.string().default('') }),
  items: z.array(z.object({ metadata: z.object({ name: z.string() }) })).nullable(),
})

interface Answer {
  /** The status of HTTP; undefined if no answer came. */
  readonly status: number | undefined
  readonly body: string
}

/** One request on a connection of its own: a kept one could go to an API server that has gone. */
const ask = ({ url, ...tls }: Access, method: string, where: string, body?: object): Promise<Answer> =>
  new Promise((resolve) => {
    const none = (): void => resolve({ status: undefined, body: '' })
    const agent = new Agent({ keepAlive: false, ...tls })
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = text === undefined ? {} : { 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(patience)
    const asked = request(`${url}${where}`, { method, agent, headers, signal }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', none)
      answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks).toString() }))
    })
    asked.on('error', none)
    asked.end(text)
  })

/** Names of all objects of a label. */
const namesOf = async (access: Access, label: string): Promise<Set<string>> => {
  const names = new Set<string>()
  let next = ''
  do {
    const query = `labelSelector=${label}&limit=500&continue=${encodeURIComponent(next)}`
    const { status, body } = await ask(access, 'GET', `${path}?${query}`)
    if (status !== 200) throw new Error(`the written objects cannot be read: ${status ?? 'no answer'}`)
    const { metadata, items } = listSchema.parse(JSON.parse(body))
    for (const item of items ?? []) names.add(item.metadata.name)
    next = metadata.continue
  } while (next !== '')
  return names
}

/** A writer that runs, with a reader beside it. */
export interface Writer {
  /** How many writes were acknowledged until now. */
  count(): number
  /** Ends writing and reading. */
  stop(): Promise<void>
  /** What was seen; reads all objects, and removes them. Call it after `stop`, when the cluster is healthy. */
  result(): Promise<Written>
}

/**
 * Starts to write. A write without an answer is tried again under the same number: that it exists already then means that it was
 * done before.
 *
 * @param round for the names of the objects.
 */
export const startWriter = (access: Access, round: number): Writer => {
  const label = `chaos-round=${round}`
  const nameOf = (number: number): string => `chaos-${round}-${number}`
  const lost = new Set<string>()
  const ended = new AbortController()
  let [acknowledged, longest, away] = [0, 0, 0]

  const write = async (): Promise<void> => {
    let last = performance.now()
    while (!ended.signal.aborted) {
      const number = acknowledged + 1
      const { status } = await ask(access, 'POST', path, {
        metadata: { name: nameOf(number), labels: { 'chaos-round': String(round) } },
        data: { number: String(number) },
      })
      if (status === 201 || status === 409) {
        const gap = Math.max(0, performance.now() - last - pause) / 1000
        last = performance.now()
        longest = Math.max(longest, gap)
        if (gap > 1) away += gap
        acknowledged = number
      }
      await sleep(pause)
    }
  }

  const read = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      if (acknowledged > 0) {
        const name = nameOf(randomInt(1, acknowledged + 1))
        const { status } = await ask(access, 'GET', `${path}/${name}`)
        if (status === 404) lost.add(name)
      }
      await sleep(pause * 5)
    }
  }

  const both = Promise.all([write(), read()])
  return {
    count: () => acknowledged,
    stop: async () => {
      ended.abort()
      await both
    },
    result: async () => {
      const there = await namesOf(access, label)
      for (let number = 1; number <= acknowledged; number += 1)
        if (!there.has(nameOf(number))) lost.add(nameOf(number))
      await ask(access, 'DELETE', `${path}?labelSelector=${label}`)
      return { acknowledged, lost: [...lost], longest, away }
    },
  }
}
