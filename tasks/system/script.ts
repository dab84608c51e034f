import { readFile } from 'node:fs/promises'
import { CoxswainError, defineTask, localPath, ok, words, z } from '../../engine/index.ts'
import type { Verdict } from '../../engine/index.ts'
import { checkGuards, checkable, guarded, guardParams } from './commands/guards.ts'
import { ended, findingOf, judgeParams, refuseContradiction } from './commands/output.ts'
import type { CommandOutput } from './commands/output.ts'
import { refuseCarriageReturns, scriptCommand } from './commands/run-script.ts'

const textOf = (src: string): Promise<string> =>
  readFile(src, 'utf8').catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the script ${src} on this machine`, {
      cause,
      hint: 'a relative path is looked for beside the file that makes the task, then in the current folder',
    })
  })

/** Runs a local script on the host, unless a guard shows that it is not needed. */
export const script = defineTask({
  name: 'script',
  description:
    'Runs a script from the machine that runs the playbook: at every run, or, with `creates`, `removes` or `unless`, only if they show that it is needed.',
  reads:
    'the path of `creates` or `removes`, or the command of `unless`; with `readOnly`, what the script reads',
  example: { src: 'bootstrap.sh', args: ['--fast'], creates: '/etc/bootstrapped' },
  params: () =>
    z
      .object({
        src: localPath().describe('the script on this machine'),
        interpreter: z
          .string()
          .optional()
          .describe('the interpreter with its options; by default the one in the first line of the script'),
        args: words().default([]).describe('the arguments of the script'),
        ...guardParams,
        ...judgeParams,
      })
      .superRefine(refuseContradiction),
  title: ({ src, args }) => [src, ...args].join(' '),
  needs: ({ src }) => textOf(src),
  sends: ({ src }) => [src],
  checkable,
  guards: guarded,
  knownAfter: ({ changedWhen }) => changedWhen !== undefined,
  check: async (ctx, given): Promise<Verdict<CommandOutput | void>> => {
    const { src } = given
    if (given.readOnly) {
      const text = await textOf(src)
      return ok(await ended(scriptCommand(ctx.remote.query, { text, what: src }, given), src, given))
    }
    const verdict = await checkGuards(ctx, given, src)
    if (verdict.kind !== 'ok') refuseCarriageReturns(await textOf(src), src, given.interpreter)
    return verdict
  },
  apply: async ({ remote }, given) => {
    const { src } = given
    const text = await textOf(src)
    const output = await ended(scriptCommand(remote.run, { text, what: src }, given), src, given)
    return findingOf(output, src, given)
  },
})
