import { defineTask, drift, ok, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'

const params = z
  .object({
    port: z.coerce.number().int().min(1).max(65_535).optional().describe('a TCP port that shall be open'),
    host: z.string().default('127.0.0.1').describe('where the port is, seen from the host'),
    path: remotePath().optional().describe('a path that shall be there'),
    url: z
      .string()
      .regex(/^https?:\/\//, 'http:// or https:// is needed')
      .optional()
      .describe('a URL that shall answer with 2xx'),
    command: z.string().optional().describe('a command that shall succeed; it must only read'),
    timeout: z.coerce.number().positive().default(300).describe('seconds to wait'),
    every: z.coerce.number().positive().default(1).describe('seconds between two looks'),
  })
  .refine(
    ({ port, path, url, command }) =>
      [port, path, url, command].filter((one) => one !== undefined).length === 1,
    {
      message: 'just one of port, path, url and command is needed',
    },
  )
type Params = z.output<typeof params>

/** nc where there is one (netcat, busybox), bash's own sockets otherwise, curl as a last way. */
const portOpen = ({ remote }: CheckContext, host: string, port: number): Promise<boolean> =>
  remote.query({
    timeout: 20,
  })`if command -v nc >/dev/null; then nc -z -w 3 ${host} ${port} </dev/null; elif command -v bash >/dev/null; then bash -c 'exec 3<>"/dev/tcp/$0/$1"' ${host} ${port} 2>/dev/null; else curl -s --connect-timeout 3 --max-time 3 ${`telnet://${host}:${port}`} </dev/null; [ $? -eq 28 ] || [ $? -eq 0 ]; fi`.succeeds()

const answers = ({ remote }: CheckContext, url: string): Promise<boolean> =>
  remote.query({
    timeout: 20,
  })`if command -v curl >/dev/null; then curl -skf --max-time 10 -o /dev/null ${url}; else wget -q -T 10 -O /dev/null ${url}; fi`.succeeds()

const holds = (ctx: CheckContext, { host, port, path, url, command = 'false' }: Params): Promise<boolean> => {
  if (port !== undefined) return portOpen(ctx, host, port)
  if (path !== undefined) return ctx.remote.exists(path)
  if (url !== undefined) return answers(ctx, url)
  return ctx.remote.query({ timeout: 60 })`sh -c ${command}`.succeeds()
}

const what = ({ host, port, path, url, command }: Params): string =>
  port === undefined ? (path ?? url ?? command ?? '') : `${host}:${port}`

/** Wait for a port, a path, a URL or a command. */
export const waitFor = defineTask({
  name: 'wait-for',
  description: 'Waits until a port is open, a path is there, a URL answers, or a command succeeds.',
  reads: 'the port, path, URL or command',
  example: { port: 22, timeout: 60 },
  params,
  title: (given) => `wait for ${what(given)}`,
  until: ({ timeout, every }) => ({ timeout, every }),
  async check(ctx, given) {
    return (await holds(ctx, given)) ? ok() : drift(`${what(given)} is not there yet`)
  },
})
