import { defineCommand } from '../define-command.ts'
import { flag, optionalText, text } from '../define-option.ts'
import { inventoryOptions } from '../options/inventory.ts'
import { verbosityOptions } from '../options/output.ts'
import { secretOptions } from '../options/secrets.ts'

export const inventory = defineCommand({
  name: 'inventory',
  summary: 'Shows groups, hosts and variables as the inventories give them. Nothing connects.',
  usage: '[--graph | --list | --host NAME [--explain [VARIABLE]]] -i INVENTORY',
  arguments: {},
  options: {
    ...inventoryOptions,
    ...secretOptions,
    ...verbosityOptions,
    graph: flag('--graph', 'the tree of groups and hosts (the default)'),
    list: flag('--list', 'all as JSON, as an executable inventory prints it'),
    host: text('--host <name>', 'the merged variables of a host, as JSON', 'hosts'),
    explain: optionalText(
      '--explain [variable]',
      'with --host: each place that sets a value, and which one counts',
    ),
    playbook: text(
      '--playbook <file>',
      'as this playbook sees it: its group_vars, host_vars and defaults',
      'playbook',
    ),
  },
  examples: [
    { line: 'run inventory -i inventory.yaml --host m1 --explain user', does: 'where a value comes from' },
  ],
  run: async (input, context) => (await import('../inventory/inventory.ts')).inventory(input, context),
})
