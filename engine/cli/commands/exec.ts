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
    pattern: required('hosts', 'hosts'),
    command: some('shell text; several words are quoted as arguments', 'nothing'),
  },
  options: {
    ...hostOptions,
    ...verbosityOptions,
    ...outputOptions,
    listHosts,
    timeout: number('--timeout <seconds>', 'stop the command after this many seconds', {
      whole: true,
      from: 1,
    }),
  },
  examples: [
    { line: 'run exec -i inventory.yaml masters uptime', does: 'run a command on hosts' },
    {
      line: 'run exec -i inventory.yaml web ls -la /srv',
      does: 'options after its first word belong to the command',
    },
    { line: "run exec web -i inventory.yaml -- 'ps | wc -l'", does: 'one word is shell text' },
  ],
  notes: `Options stand before the first word of the command; what follows belongs to the command. With -v, lines are shown as
they come; without it, what each host printed is shown when all are done, the same output of several hosts once.
Exit status with one host: that of the command (0 to 255); 1 usage or load error; 4 also for a host that cannot be
reached, which standard output says. With several: 0 all ended with 0, 2 one did not, 4 one cannot be reached.`,
  run: async (input, context) => (await import('../session/exec.ts')).exec(input, context),
})
