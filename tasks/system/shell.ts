import { defineTask, ok, words, z } from '../../engine/index.ts'
import type { Command, CommandTag, Verdict } from '../../engine/index.ts'
import { checkGuards, checkable, guarded, guardParams } from './commands/guards.ts'
import { ended, findingOf, judgeParams, refuseContradiction } from './commands/output.ts'
import type { CommandOutput } from './commands/output.ts'
import { refuseCarriageReturns, scriptCommand } from './commands/run-script.ts'
import { summary } from './commands/summary.ts'

const params = () =>
  z
    .object({
      run: z
        .string()
        .describe('the lines; by default the script stops at the first line that fails (see `interpreter`)'),
      interpreter: z
        .string()
        .default('/bin/sh -e')
        .describe('the shell with its options, such as bash -euo pipefail'),
      args: words().default([]).describe('the arguments of the script: $1, $2, …'),
      ...guardParams,
      ...judgeParams,
    })
    .superRefine(refuseContradiction)
type Params = z.output<ReturnType<typeof params>>

const what = 'the script'

const labelOf = (run: string): string => `the script: ${summary(run)}`

const start = (tag: CommandTag, { run, ...given }: Params): Command =>
  scriptCommand(tag, { text: run, what, label: labelOf(run) }, given)

/** Runs a shell script, unless a guard shows that it is not needed. */
export const shell = defineTask({
  name: 'shell',
  description:
    'Runs lines of a shell: at every run, or, with `creates`, `removes` or `unless`, only if they show that it is needed.',
  reads:
    'the path of `creates` or `removes`, or the command of `unless`; with `readOnly`, what the script reads',
  example: { run: 'cd /tmp\ndate >made', creates: '/tmp/made' },
  params,
  title: ({ run }) => summary(run),
  checkable,
  guards: guarded,
  knownAfter: ({ changedWhen }) => changedWhen !== undefined,
  async check(ctx, given): Promise<Verdict<CommandOutput | void>> {
    refuseCarriageReturns(given.run, what, given.interpreter)
    if (given.readOnly) return ok(await ended(start(ctx.remote.query, given), labelOf(given.run), given))
    return checkGuards(ctx, given, summary(given.run))
  },
  async apply({ remote }, given) {
    const output = await ended(start(remote.run, given), labelOf(given.run), given)
    return findingOf(output, summary(given.run), given)
  },
})
