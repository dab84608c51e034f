import { defineTask, ok, quote, secret, words, z } from '../../engine/index.ts'
import { guardParams, surroundings } from './commands/guards.ts'
import { ended, judgeParams } from './commands/output.ts'
import { summary } from './commands/summary.ts'

const params = () =>
  z
    .object({
      run: z.string().optional().describe('the command line, run by a shell; it must only read'),
      argv: words()
        .optional()
        .describe(
          'in place of `run`: the program and its arguments, each as it is written; no shell reads them',
        ),
      okStatus: judgeParams.okStatus,
      cwd: guardParams.cwd,
      env: guardParams.env,
      timeout: guardParams.timeout,
      stdin: secret().optional().describe('the standard input of the command; use it for secrets'),
    })
    .superRefine(({ run, argv }, ctx) => {
      if ((run === undefined) === (argv === undefined))
        ctx.addIssue({ code: 'custom', message: 'give run or argv, one of the two' })
      if (argv?.length === 0 || argv?.[0] === '')
        ctx.addIssue({ code: 'custom', path: ['argv'], message: 'its first word is the program' })
    })
type Params = z.output<ReturnType<typeof params>>

/** The first line of a command, for titles and errors. */
const text = ({ run, argv = [] }: Params): string => summary(run ?? argv.map(quote).join(' '))

/** Reads what a command prints: a fact, for steps made from values. The command must only read. */
export const query = defineTask({
  name: 'query',
  description:
    'Reads what a command prints: a fact. The command must only read, for it runs under --check too.',
  reads: 'what the command reads',
  example: { run: 'df -P /' },
  params,
  title: text,

  async check({ remote }, given) {
    const { run, argv = [], stdin } = given
    const tag = remote.query({ ...surroundings(given), ...(stdin !== undefined && { stdin }) })
    return ok(await ended(run === undefined ? tag`${argv}` : tag`sh -c ${run}`, text(given), given))
  },
})
