import { defineCommand, required, some } from '../define-command.ts'
import { number } from '../define-option.ts'
import { listHosts, outputOptions, verbosityOptions } from '../options/output.ts'
import { hostOptions } from '../options/run.ts'

export const exec = defineCommand({
  name: 'exec',
  summary: 'Runs a command on hosts and shows what it prints.',
  usage: '[options] <pattern> [options] [--] <command...>',
  endsOptions: true,
  arguments: {
    pattern: required('hosts to run it on', 'hosts'),
    command: some('one word is shell text; several words are a command and its arguments', 'nothing'),
  },
  options: {
    ...hostOptions,
    ...verbosityOptions,
    ...outputOptions,
    listHosts,
    timeout: number('--timeout <seconds>', 'stop the command after this many seconds', {
      integer: true,
      from: 1,
    }),
  },
  examples: [
    { line: 'run exec -i inventory.yaml masters uptime', does: 'run a command on hosts' },
    {
      line: 'run exec -i inventory.yaml web ls -la /srv',
      does: 'options after the first word of the command belong to it',
    },
    { line: "run exec web -i inventory.yaml -- 'ps | wc -l'", does: 'run shell text' },
  ],
  notes: `Options go before the first word of the command; everything after that word belongs to the command. With -v, output
is shown as it arrives. Without -v, it is shown when all hosts have finished; hosts with the same output are shown together.
Exit status with one host: the status of the command (0 to 255), 1 for a usage or load error, 4 if the host is unreachable
(standard output says so). With several hosts: 0 if the command exits with 0 on all, 2 if it does not, 4 if a host is
unreachable.`,
  run: async (input, context) => (await import('../session/exec.ts')).exec(input, context),
})
