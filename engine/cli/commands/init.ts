import { defineCommand, optional } from '../define-command.ts'
import { flag, text } from '../define-option.ts'
import { verbosityOptions } from '../options/output.ts'

export const init = defineCommand({
  name: 'init',
  summary:
    'Creates a project folder with an inventory, a playbook, a task of your own and types for editors; or a role.',
  usage: '[folder] [--role name] [--check]',
  arguments: {
    folder: optional('the folder; the current folder by default, role-NAME with --role', 'folder'),
  },
  options: {
    ...verbosityOptions,
    role: text('--role <name>', 'create a role instead, as an npm package', 'nothing'),
    check: flag('-C, --check', 'write nothing; list the files that would be written'),
  },
  examples: [
    { line: 'run init my-site', does: 'create a project' },
    {
      line: 'run init --role motd',
      does: 'create a role in role-motd, with its test, ready for npm publish',
    },
  ],
  run: async (input, context) => (await import('../init/init.ts')).init(input, context),
})
