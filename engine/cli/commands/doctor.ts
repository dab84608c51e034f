import { defineCommand } from '../define-command.ts'
import { text } from '../define-option.ts'
import { jsonOption, verbosityOptions } from '../options/output.ts'
import { hostOptions } from '../options/run.ts'

const cluster = defineCommand({
  name: 'cluster',
  summary:
    'Shows what is wrong with a control plane, and what would go wrong on its hosts: the playbooks status and preflight of this package, one after the other. It changes nothing.',
  usage: '-i INVENTORY',
  arguments: {},
  options: { ...hostOptions, ...verbosityOptions },
  examples: [
    {
      line: 'run doctor cluster -i inventory.yaml',
      does: 'look at the cluster and at the hosts of its masters',
    },
  ],
  notes:
    'The inventory is that of playbooks/ha-masters.ts. Exit status: 0 no findings, 1 usage or load error, 2 failed, 3 findings, 4 unreachable, 130 interrupted: of both playbooks, what is worst',
  run: async (input, context) => (await import('../doctor/cluster.ts')).doctorCluster(input, context),
})

/** `run doctor`, and `run doctor cluster`. */
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
  commands: [cluster],
  run: async (input, context) => (await import('../doctor/doctor.ts')).doctor(input, context),
})
