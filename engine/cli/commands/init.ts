import { defineCommand, optional } from '../define-command.ts'
import { flag } from '../define-option.ts'
import { verbosityOptions } from '../options/output.ts'

export const init = defineCommand({
  name: 'init',
  summary: 'Makes a folder to work in: an inventory, a playbook, a task of your own, types for editors.',
  usage: '[folder] [--check]',
  arguments: { folder: optional('where; the current folder by default', 'folder') },
  options: { ...verbosityOptions, check: flag('-C, --check', 'write nothing, say what would be written') },
  examples: [{ line: 'run init my-site', does: 'a folder to start with' }],
  run: async (input, context) => (await import('../init/init.ts')).init(input, context),
})
