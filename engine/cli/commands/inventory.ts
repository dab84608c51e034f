import { defineCommand } from '../define-command.ts'
import { flag, optionalText, text } from '../define-option.ts'
import { inventoryOptions } from '../options/inventory.ts'
import { verbosityOptions } from '../options/output.ts'
import { secretOptions } from '../options/secrets.ts'

export const inventory = defineCommand({
  name: 'inventory',
  summary: 'Shows the groups, hosts and variables of an inventory, without connecting to hosts.',
  usage: '[--graph | --list | --host NAME [--explain [VARIABLE]]] -i INVENTORY',
  arguments: {},
  options: {
    ...inventoryOptions,
    ...secretOptions,
    ...verbosityOptions,
    graph: flag('--graph', 'the tree of groups and hosts (the default)'),
    list: flag('--list', 'everything as JSON, in the format of an executable inventory'),
    host: text('--host <name>', 'the merged variables of a host, as JSON', 'hosts'),
    explain: optionalText(
      '--explain [variable]',
      'with --host: every place that sets a value, and which one wins',
    ),
    playbook: text(
      '--playbook <file>',
      'include group_vars, host_vars and defaults of this playbook',
      'playbook',
    ),
  },
  examples: [
    {
      line: 'run inventory -i inventory.yaml --host m1 --explain user',
      does: 'show where a value comes from',
    },
  ],
  run: async (input, context) => (await import('../inventory/inventory.ts')).inventory(input, context),
})
