import { defineTask, words, z } from '../../engine/index.ts'
import { checkGuards, guarded, guardParams } from './commands/guards.ts'
import { refuseCarriageReturns, runScript } from './commands/run-script.ts'

/** The first line that is not empty or a comment, for a title. */
const summary = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !line.startsWith('#')) ?? 'nothing'

const what = 'the script'

/** Runs a shell script, unless a guard shows that it is not needed. */
export const shell = defineTask({
  name: 'shell',
  description:
    'Runs lines of a shell: at every run, or, with `creates`, `removes` or `unless`, only if they show that it is needed.',
  reads: 'the path of `creates` or `removes`, or the command of `unless`',
  example: { run: 'cd /tmp\ndate >made', creates: '/tmp/made' },
  params: () =>
    z.object({
      run: z
        .string()
        .describe('the lines; by default the script stops at the first line that fails (see `interpreter`)'),
      interpreter: z
        .string()
        .default('/bin/sh -e')
        .describe('the shell with its options, such as bash -euo pipefail'),
      args: words().default([]).describe('the arguments of the script: $1, $2, …'),
      ...guardParams,
    }),
  title: ({ run }) => summary(run),
  checkable: guarded,
  guards: guarded,
  async check(ctx, given) {
    refuseCarriageReturns(given.run, what, given.interpreter)
    return checkGuards(ctx, given, summary(given.run))
  },
  apply: (ctx, { run, ...given }) =>
    runScript(ctx, { text: run, what, label: `the script: ${summary(run)}` }, given),
})
