import { defineCommand } from '../define-command.ts'
import { text } from '../define-option.ts'
import { jsonOption, verbosityOptions } from '../options/output.ts'
import { hostOptions } from '../options/run.ts'

export const doctor = defineCommand({
  name: 'doctor',
  summary:
    'Checks hosts and reports problems and how to fix them: name, port, host key, login, become, tools, disk, clock.',
  usage: '-i INVENTORY [--hosts PATTERN]',
  arguments: {},
  options: {
    ...hostOptions,
    ...verbosityOptions,
    hosts: text('--hosts <pattern>', 'hosts to check (all)', 'hosts'),
    output: jsonOption('per host'),
  },
  notes: 'Exit status: 0 no problems, 2 problems on a host, 4 a host is unreachable or the login failed',
  run: async (input, context) => (await import('../doctor/doctor.ts')).doctor(input, context),
})
