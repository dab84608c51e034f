import { defineCommand, rest } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

/** Prints the help of another command. */
export const help = defineCommand({
  name: 'help',
  summary: 'Prints the help of a command, a task or a playbook.',
  usage: '[command... | task | playbook.ts]',
  arguments: { words: rest('a command, such as history show; or a task or playbook', 'help') },
  options: verbosityOptions,
  examples: [{ line: 'run help history show', does: 'the help of a command' }],
  run: async (input, context) => (await import('../help/help.ts')).help(input, context),
})

/** What people type to see what there is. */
export const list = defineCommand({
  name: 'list',
  summary: 'Says which command lists what.',
  hidden: true,
  arguments: { words: rest('what to list', 'nothing') },
  options: verbosityOptions,
  run: async (input, context) => (await import('../help/list.ts')).list(input, context),
})
