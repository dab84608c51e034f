import { readFile } from 'node:fs/promises'
import { CoxswainError, defineTask, words, z } from '../../engine/index.ts'
import { checkGuards, guarded, guardParams } from './guards.ts'
import { refuseCarriageReturns, runScript } from './run-script.ts'

const textOf = (src: string): Promise<string> =>
  readFile(src, 'utf8').catch((cause: unknown) => {
    throw new CoxswainError('load-failed', `cannot read the script ${src} here`, {
      cause,
      hint: 'paths of scripts start at the current folder',
    })
  })

/** Run a script of this machine on the host, unless a guard shows that it is done. */
export const script = defineTask({
  name: 'script',
  description:
    'Runs a script of the machine that runs the playbook, unless `creates`, `removes` or `unless` shows that it is done.',
  reads: 'the path of creates or removes, or what unless says',
  example: { src: 'bootstrap.sh', args: ['--fast'], creates: '/etc/bootstrapped' },
  params: z.object({
    src: z.string().describe('the script here'),
    interpreter: z
      .string()
      .optional()
      .describe('what reads it, with its options; its own first line where absent'),
    args: words().default([]).describe('its arguments'),
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
