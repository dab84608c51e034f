import { defineCommand, required, some } from '../define-command.ts'
import { number } from '../define-option.ts'
import { listHosts, outputOptions, verbosityOptions } from '../options/output.ts'
import { hostOptions } from '../options/run.ts'

export const exec = defineCommand({
  name: 'exec',
  summary: 'Runs a command on hosts and shows what it prints.',
  usage: '[options] <pattern> -- <command...>',
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
  examples: [{ line: 'run exec masters -i inventory.yaml -- uptime', does: 'run a command on hosts' }],
  run: async (input, context) => (await import('../session/exec.ts')).exec(input, context),
})
