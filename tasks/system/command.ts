import { defineTask, ok, quote, secret, words, z } from '../../engine/index.ts'
import type { Command, CommandTag, Verdict } from '../../engine/index.ts'
import { checkGuards, checkable, guarded, guardParams, surroundings } from './commands/guards.ts'
import { ended, findingOf, judgeParams, refuseContradiction } from './commands/output.ts'
import type { CommandOutput } from './commands/output.ts'

const params = () =>
  z
    .object({
      run: z.string().describe('the command line, run by a shell'),
      args: words().default([]).describe('arguments to append to the command, each quoted'),
      ...guardParams,
      ...judgeParams,
      stdin: secret().optional().describe('the standard input of the command; use it for secrets'),
    })
    .superRefine(refuseContradiction)
type Params = z.output<ReturnType<typeof params>>

const text = ({ run, args }: Params): string => [run, ...args.map(quote)].join(' ')

const start = (tag: CommandTag, given: Params): Command => {
  const { stdin } = given
  return tag({ ...surroundings(given), ...(stdin !== undefined && { stdin }) })`sh -c ${text(given)}`
}

/** Runs a command, unless a guard shows that it is not needed. */
export const command = defineTask({
  name: 'command',
  description:
    'Runs a command: at every run, or, with `creates`, `removes` or `unless`, only if they show that it is needed.',
  reads:
    'the path of `creates` or `removes`, or the command of `unless`; with `readOnly`, what the command reads',
  example: { run: 'openssl genrsa -out /etc/ssl/app.key 2048', creates: '/etc/ssl/app.key' },
  params,
  title: (given) => text(given),

  checkable,
  guards: guarded,
  knownAfter: ({ changedWhen }) => changedWhen !== undefined,

  async check(ctx, given): Promise<Verdict<CommandOutput | void>> {
    if (given.readOnly) return ok(await ended(start(ctx.remote.query, given), text(given), given))
    return checkGuards(ctx, given, text(given))
  },

  async apply({ remote }, given) {
    return findingOf(await ended(start(remote.run, given), text(given), given), text(given), given)
  },
})
