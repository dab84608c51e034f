import { defineTask, drift, ok, quote, remotePath, secret, words, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'

const params = z.object({
  run: z.string().describe('the command: shell text'),
  args: words().default([]).describe('arguments that are put behind it, each quoted'),
  creates: remotePath().optional().describe('it is done when this is there'),
  removes: remotePath().optional().describe('it is done when this is gone'),
  unless: z.string().optional().describe('it is done when this command succeeds; it must only read'),
  cwd: remotePath().optional().describe('where it runs'),
  env: z.record(z.string(), z.string()).optional().describe('variables of its environment; not for secrets'),
  stdin: secret().optional().describe('its standard input; the way in for a secret'),
  timeout: z.coerce.number().positive().optional().describe('seconds until it is stopped'),
})
type Params = z.output<typeof params>

const text = ({ run, args }: Params): string => [run, ...args.map(quote)].join(' ')

const surroundings = ({ cwd, env, timeout }: Params) => ({
  ...(cwd !== undefined && { cwd }),
  ...(env !== undefined && { env }),
  ...(timeout !== undefined && { timeout }),
})

const guarded = ({ creates, removes, unless }: Params): boolean =>
  creates !== undefined || removes !== undefined || unless !== undefined

/** Whether one of its guards shows that the command is done. */
const isDone = async ({ remote }: CheckContext, given: Params): Promise<boolean> => {
  const { creates, removes, unless } = given
  const answers = await Promise.all([
    creates !== undefined && remote.exists(creates),
    removes !== undefined && remote.exists(removes).then((there) => !there),
    unless !== undefined && remote.query(surroundings(given))`sh -c ${unless}`.succeeds(),
  ])
  return answers.includes(true)
}

/** Run a command, unless a guard shows that it is done. */
export const command = defineTask({
  name: 'command',
  description:
    'Runs a command, unless `creates`, `removes` or `unless` shows that it is done; without one of them, every time.',
  reads: 'the path of creates or removes, or what unless says',
  example: { run: 'openssl dhparam -out /etc/ssl/dh.pem 2048', creates: '/etc/ssl/dh.pem' },
  params,
  title: (given) => text(given),

  checkable: guarded,

  async check(ctx, given) {
    return (await isDone(ctx, given)) ? ok() : drift({ what: text(given), to: 'run' })
  },

  async apply(ctx, given) {
    const { stdin } = given
    await ctx.remote.run({
      ...surroundings(given),
      ...(stdin !== undefined && { stdin }),
    })`sh -c ${text(given)}`
  },
})
