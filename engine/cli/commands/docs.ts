import { defineCommand, optional } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

export const docs = defineCommand({
  name: 'docs',
  summary: 'Lists the tasks of the library, or describes one of them.',
  arguments: { task: optional('its name', 'task') },
  options: verbosityOptions,
  examples: [{ line: 'run docs sysctl', does: 'a task: parameters, example, what it reads' }],
  run: async (input, context) => (await import('../docs/docs.ts')).docs(input, context),
})
