import { defineCommand, rest } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

export const docs = defineCommand({
  name: 'docs',
  summary: 'Lists the tasks of the library, describes one of them, or finds those that words are about.',
  usage: '[task | words...]',
  arguments: {
    words: rest('the name of a task; or words to look for in names, descriptions and parameters', 'task'),
  },
  options: verbosityOptions,
  examples: [
    { line: 'run docs sysctl', does: 'a task: parameters, example, what it reads' },
    {
      line: 'run docs apt key',
      does: 'tasks that have both words in their names, descriptions or parameters',
    },
  ],
  run: async (input, context) => (await import('../docs/docs.ts')).docs(input, context),
})
