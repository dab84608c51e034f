import { defineCommand, required, rest } from '../define-command.ts'
import { choice } from '../define-option.ts'
import { listHosts, verbosityOptions } from '../options/output.ts'
import { hostOptions } from '../options/run.ts'

export const facts = defineCommand({
  name: 'facts',
  summary: 'Shows facts of hosts: what they say of themselves.',
  usage: '[options] <pattern> [fact [key=value...]...]',
  arguments: {
    pattern: required('hosts to ask', 'hosts'),
    facts: rest('facts to show, each followed by its parameters; by default the usual ones', 'task'),
  },
  options: {
    ...hostOptions,
    ...verbosityOptions,
    listHosts,
    output: choice('--output <kind>', 'table (one value a line, the default), yaml or json', [
      'table',
      'yaml',
      'json',
    ]),
  },
  examples: [
    { line: 'run facts -i inventory.yaml web', does: 'show the usual facts' },
    {
      line: 'run facts -i inventory.yaml web os-release default-address --output yaml',
      does: 'show two facts as YAML',
    },
    {
      line: 'run facts -i inventory.yaml web read path=/etc/resolv.conf as=lines',
      does: 'show a fact with parameters',
    },
    { line: "run facts -i inventory.yaml web query run='df -P /'", does: 'show what a command prints' },
  ],
  notes: `A fact is a task that only reads; \`run docs\` lists them below the name facts, and docs/facts.md says which stands for which
fact of Ansible. Of the usual ones, those that a host cannot give are named on standard error. Exit status: 0 if all facts were
read, 1 for a usage or load error, 2 if a fact that was asked for cannot be read, 4 if a host is unreachable.`,
  run: async (input, context) => (await import('../facts/facts.ts')).facts(input, context),
})
