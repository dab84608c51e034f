import { defineCommand } from '../define-command.ts'
import { text } from '../define-option.ts'
import { jsonOption, verbosityOptions } from '../options/output.ts'
import { hostOptions } from '../options/run.ts'

export const doctor = defineCommand({
  name: 'doctor',
  summary:
    'Checks hosts and says what is wrong with them and how to fix it: name, port, key, login, become, tools, disk, clock.',
  usage: '-i INVENTORY [--hosts PATTERN]',
  arguments: {},
  options: {
    ...hostOptions,
    ...verbosityOptions,
    hosts: text('--hosts <pattern>', 'these hosts; all by default', 'hosts'),
    output: jsonOption('per host'),
  },
  notes:
    'Exit status: 0 no problem was found, 2 something is wrong, 4 a host cannot be reached or logged in to',
  run: async (input, context) => (await import('../doctor/doctor.ts')).doctor(input, context),
})
