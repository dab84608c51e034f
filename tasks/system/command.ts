import { defineTask, quote, secret, words, z } from '../../engine/index.ts'
import { checkGuards, guarded, guardParams, surroundings } from './commands/guards.ts'

const params = () =>
  z.object({
    run: z.string().describe('the command line, run by a shell'),
    args: words().default([]).describe('arguments to append to the command, each quoted'),
    ...guardParams,
    stdin: secret().optional().describe('the standard input of the command; use it for secrets'),
  })
type Params = z.output<ReturnType<typeof params>>

const text = ({ run, args }: Params): string => [run, ...args.map(quote)].join(' ')

/** Runs a command, unless a guard shows that it is not needed. */
export const command = defineTask({
  name: 'command',
  description:
    'Runs a command: at every run, or, with `creates`, `removes` or `unless`, only if they show that it is needed.',
  reads: 'the path of `creates` or `removes`, or the command of `unless`',
  example: { run: 'openssl genrsa -out /etc/ssl/app.key 2048', creates: '/etc/ssl/app.key' },
  params,
  title: (given) => text(given),

  checkable: guarded,
  guards: guarded,

  check: (ctx, given) => checkGuards(ctx, given, text(given)),

  async apply(ctx, given) {
    const { stdin } = given
    await ctx.remote.run({
      ...surroundings(given),
      ...(stdin !== undefined && { stdin }),
    })`sh -c ${text(given)}`
  },
})
