import { defineCommand, rest } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

export const docs = defineCommand({
  name: 'docs',
  summary: 'Lists the tasks of the project and of the library, describes a task, or searches for tasks.',
  usage: '[task | words...]',
  arguments: {
    words: rest(
      'a task, a module of Ansible, or words to search for in names, descriptions and parameters',
      'task',
    ),
  },
  options: verbosityOptions,
  examples: [
    { line: 'run docs sysctl', does: 'describe a task: its parameters, what it reads, an example' },
    {
      line: 'run docs apt key',
      does: 'find tasks with both words in their names, descriptions or parameters',
    },
    { line: 'run docs lineinfile', does: 'find the tasks that stand for a module of Ansible' },
  ],
  run: async (input, context) => (await import('../docs/docs.ts')).docs(input, context),
})
