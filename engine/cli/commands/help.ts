import { defineCommand, rest } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

export const help = defineCommand({
  name: 'help',
  summary: 'Prints the help of a command, a task or a playbook.',
  usage: '[command... | task | playbook.ts]',
  arguments: { words: rest('a command, such as history show, or a task or playbook', 'help') },
  options: verbosityOptions,
  examples: [{ line: 'run help history show', does: 'show the help of a command' }],
  run: async (input, context) => (await import('../help/help.ts')).help(input, context),
})

/** Not a command: its error names the commands that list things. */
export const list = defineCommand({
  name: 'list',
  summary: 'Names the commands that list things.',
  hidden: true,
  arguments: { words: rest('what to list', 'nothing') },
  options: verbosityOptions,
  run: async (input) => (await import('../help/list.ts')).list(input),
})
