/** The command lines of `run init`, `run docs` and `run doctor`. */
import type { Command } from 'commander'
import { verbosity } from './options-common.ts'

/** Adds `run init`. */
export const addInit = (
  program: Command,
  act: (folder: string, list: boolean, command: Command) => void,
): Command => {
  const command = verbosity(program.command('init'))
    .description(
      'Makes a folder to work in: an inventory, a playbook, a task of your own, types for editors.',
    )
    .usage('[folder] [--check]')
    .argument('[folder]', 'where; the current folder unless told')
    .option('-C, --check', 'write nothing, say what would be written')
    .helpOption('-h, --help', 'this help')
  return command.action((folder: string | undefined) =>
    act(folder ?? '.', command.opts<{ check?: boolean }>().check === true, command),
  )
}

/** Adds `run docs`. */
export const addDocs = (
  program: Command,
  act: (name: string | undefined, command: Command) => void,
): Command => {
  const command = verbosity(program.command('docs'))
    .description('Lists the tasks that there are, or tells all about one.')
    .usage('[task]')
    .argument('[task]', 'its name')
    .helpOption('-h, --help', 'this help')
  return command.action((name: string | undefined) => act(name, command))
}
