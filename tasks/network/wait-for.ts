import { connect } from 'node:net'
import {
  defineTask,
  drift,
  flag,
  ok,
  portNumber,
  remotePath,
  duration,
  z,
  shellFile,
  shellProgram,
} from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { hostInUrl } from './addresses/addresses.ts'
import { answerPattern, ask, askedFrom, faultOf, httpUrl, statuses } from './http/http.ts'

const portOpen = shellFile(import.meta.url, 'port-open.sh')

const params = () =>
  z
    .object({
      port: portNumber().optional().describe('a TCP port to wait for'),
      host: z
        .string()
        .regex(/^[\w.:%-]+$/, 'a host name or an address is needed')
        .optional()
        .describe(
          'the address of the port; by default 127.0.0.1 seen from the host, or the address of the host seen from this machine',
        ),
      path: remotePath().optional().describe('a path to wait for'),
      url: httpUrl().optional().describe('a URL to wait for'),
      command: z.string().optional().describe('a command to wait for, until it succeeds; it must only read'),
      state: z
        .enum(['present', 'absent'])
        .default('present')
        .describe(
          'absent waits until the port is closed, the path does not exist, or the URL or command fails',
        ),
      matches: answerPattern()
        .optional()
        .describe(
          'a pattern that the content of the file at the path, or the response of the URL, must match',
        ),
      status: statuses()
        .optional()
        .describe('the accepted status codes of the URL, such as 200 or [200, 404]; by default any 2xx'),
      insecure: flag().default(false).describe('accept any certificate of the URL'),
      from: askedFrom(),
      timeout: duration().default(300).describe('seconds to wait'),
      every: duration().default(1).describe('seconds between two attempts'),
    })
    .refine(
      ({ port, path, url, command }) =>
        [port, path, url, command].filter((one) => one !== undefined).length === 1,
      { message: 'just one of port, path, url and command is needed' },
    )
    .refine(({ host, port }) => host === undefined || port !== undefined, {
      message: 'it goes with a port',
      path: ['host'],
    })
    .refine(({ matches, path, url }) => matches === undefined || (path ?? url) !== undefined, {
      message: 'it goes with a path or a URL',
      path: ['matches'],
    })
    .refine(({ status, url }) => status === undefined || url !== undefined, {
      message: 'it goes with a URL',
      path: ['status'],
    })
    .refine(({ insecure, url }) => !insecure || url !== undefined, {
      message: 'it goes with a URL',
      path: ['insecure'],
    })
    .refine(({ from, port, url }) => from === 'host' || (port ?? url) !== undefined, {
      message: 'only a port or a URL can be looked at from here',
      path: ['from'],
    })
type Params = z.output<ReturnType<typeof params>>

/** Seconds that one attempt to connect may take. */
const connectTimeout = 3

/** nc where there is one (netcat, busybox), bash's own sockets otherwise, curl as a last way. */
const openFromHost = ({ remote }: CheckContext, host: string, port: number): Promise<boolean> =>
  remote.query({
    timeout: 20,
  })`${shellProgram(portOpen, host, port, connectTimeout)}`.succeeds()

const openFromHere = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: connectTimeout * 1000 })
    const say = (open: boolean) => (): void => {
      socket.destroy()
      resolve(open)
    }
    socket.on('connect', say(true)).on('error', say(false)).on('timeout', say(false))
  })

const placeOf = (ctx: CheckContext, { host, from }: Params): string =>
  host ?? (from === 'here' ? ctx.host.address : '127.0.0.1')

const fileHolds = async ({ remote }: CheckContext, path: string, matches: string): Promise<boolean> => {
  // a log may be any bytes
  const bytes = await remote.readBytes(path)
  return bytes !== undefined && new RegExp(matches, 'm').test(bytes.toString('utf8'))
}

/** Whether what is waited for is there, and what is seen instead where that tells something. */
const look = async (
  ctx: CheckContext,
  given: Params,
): Promise<{ readonly there: boolean; readonly seen?: string | undefined }> => {
  const { port, path, url, command = 'false', matches, from, insecure } = given
  if (port !== undefined) {
    const place = placeOf(ctx, given)
    return { there: await (from === 'here' ? openFromHere(place, port) : openFromHost(ctx, place, port)) }
  }
  if (path !== undefined)
    return { there: await (matches === undefined ? ctx.remote.exists(path) : fileHolds(ctx, path, matches)) }
  if (url !== undefined) {
    const request = { url, method: 'GET', headers: {}, body: undefined, insecure, timeout: 10 }
    const seen = faultOf(await ask(ctx.remote.query, from, request), given)
    return { there: seen === undefined, seen }
  }
  return { there: await ctx.remote.query({ timeout: 60 })`sh -c ${command}`.succeeds() }
}

const what = ({ host, port, path, url, command, matches }: Params): string => {
  if (port !== undefined) return host === undefined ? `port ${port}` : `${hostInUrl(host)}:${port}`
  return `${path ?? url ?? command ?? ''}${matches === undefined ? '' : ` with ${matches}`}`
}

/** Waits until a port is open, a path exists, a URL responds or a command succeeds. */
export const waitFor = defineTask({
  name: 'wait-for',
  description:
    'Waits until a port is open, a path exists, a URL responds or a command succeeds; with state=absent, waits for the opposite.',
  reads: 'the port, path, URL or command',
  example: { port: 22, timeout: 60 },
  params,
  title: (given) => `wait for ${given.state === 'absent' ? 'the end of ' : ''}${what(given)}`,
  until: ({ timeout, every }) => ({ timeout, every }),
  async check(ctx, given) {
    const { there, seen } = await look(ctx, given)
    if (there === (given.state === 'present')) return ok()
    const why = seen === undefined ? '' : `: ${seen}`
    return drift(`${what(given)} is ${there ? 'still there' : `not there yet${why}`}`)
  },
})
