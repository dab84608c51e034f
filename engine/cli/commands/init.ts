import { defineCommand, optional } from '../define-command.ts'
import { flag } from '../define-option.ts'
import { verbosityOptions } from '../options/output.ts'

export const init = defineCommand({
  name: 'init',
  summary:
    'Creates a project folder with an inventory, a playbook, a task of your own and types for editors.',
  usage: '[folder] [--check]',
  arguments: { folder: optional('the folder; the current folder by default', 'folder') },
  options: {
    ...verbosityOptions,
    check: flag('-C, --check', 'write nothing; list the files that would be written'),
  },
  examples: [{ line: 'run init my-site', does: 'create a project' }],
  run: async (input, context) => (await import('../init/init.ts')).init(input, context),
})
