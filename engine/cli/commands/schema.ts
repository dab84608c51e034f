import { defineCommand, required } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

export const schema = defineCommand({
  name: 'schema',
  summary:
    'Prints a JSON Schema of the inventory that a playbook reads, for editors (# yaml-language-server: $schema=FILE), or of the events of --output json.',
  arguments: {
    subject: required('a playbook file, or `events` for the lines of --output json', 'playbook'),
  },
  options: verbosityOptions,
  run: async (input, context) => (await import('../inventory/schema.ts')).schema(input, context),
})
