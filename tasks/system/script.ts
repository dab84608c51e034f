import { readFile } from 'node:fs/promises'
import { CoxswainError, defineTask, localPath, words, z } from '../../engine/index.ts'
import { checkGuards, guarded, guardParams } from './commands/guards.ts'
import { refuseCarriageReturns, runScript } from './commands/run-script.ts'

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
  reads: 'the path of `creates` or `removes`, or the command of `unless`',
  example: { src: 'bootstrap.sh', args: ['--fast'], creates: '/etc/bootstrapped' },
  params: () =>
    z.object({
      src: localPath().describe('the script on this machine'),
      interpreter: z
        .string()
        .optional()
        .describe('the interpreter with its options; by default the one in the first line of the script'),
      args: words().default([]).describe('the arguments of the script'),
      ...guardParams,
    }),
  title: ({ src, args }) => [src, ...args].join(' '),
  needs: ({ src }) => textOf(src),
  sends: ({ src }) => [src],
  checkable: guarded,
  guards: guarded,
  check: async (ctx, given) => {
    const verdict = await checkGuards(ctx, given, given.src)
    if (verdict.kind !== 'ok') refuseCarriageReturns(await textOf(given.src), given.src, given.interpreter)
    return verdict
  },
  apply: async (ctx, { src, ...given }) => runScript(ctx, { text: await textOf(src), what: src }, given),
})
