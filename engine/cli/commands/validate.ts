import { defineCommand, some } from '../define-command.ts'
import { inventoryOptions } from '../options/inventory.ts'
import { jsonOption, verbosityOptions } from '../options/output.ts'
import { secretOptions } from '../options/secrets.ts'

export const validate = defineCommand({
  name: 'validate',
  summary: 'Lists all faults in playbooks and task files that can be found without connecting to a host.',
  arguments: { files: some('playbook and task files, or their names in the project', 'playbook or name') },
  options: {
    ...inventoryOptions,
    ...secretOptions,
    ...verbosityOptions,
    output: jsonOption('per fault'),
  },
  examples: [
    {
      line: 'run validate playbooks/*.ts -i inventory.yaml',
      does: 'check playbooks before a commit, and in CI',
    },
  ],
  notes: `Each file is loaded, its types are checked if TypeScript is installed in its project, each play is planned for each host,
and local files of tasks are looked up. An encrypted inventory file is decrypted; encrypted variables and files of variables
are not: standard error names the hosts that were not planned or not checked for that, and the files that were not opened.
Exit status: 0 no faults, 1 faults. In GitHub Actions each fault is also an annotation.`,
  run: async (input, context) => (await import('../validate/validate.ts')).validate(input, context),
})
