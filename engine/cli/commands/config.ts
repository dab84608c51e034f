import { defineCommand } from '../define-command.ts'
import { jsonOption, verbosityOptions } from '../options/output.ts'
import { hostOptions } from '../options/run.ts'

export const config = defineCommand({
  name: 'config',
  summary: 'Prints the settings of the project as they are in effect, each with its source.',
  usage: '[options of a run] [--output json]',
  arguments: {},
  options: { ...hostOptions, ...verbosityOptions, output: jsonOption('per setting') },
  usesSettings: () => false,
  notes: `Settings are in coxswain.config.ts, or under "coxswain" in package.json, of the working folder or the first folder above
it that has them; the search ends at a folder with .git. Options of the command line override them, and so do
variables of the environment.`,
  run: async (input, context) => (await import('../project/show-config.ts')).showConfig(input, context),
})
