/** The command lines of `run init`, `run docs`, `run doctor` and `run completion`. */
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

/**
 * Adds `run doctor`.
 *
 * @param reaching adds what says how hosts are reached.
 */
export const addDoctor = (
  program: Command,
  reaching: (command: Command) => Command,
  act: (command: Command) => void,
): Command => {
  const command = verbosity(reaching(program.command('doctor')))
    .description(
      'Tries hosts and tells what is wrong with them and how to mend it: name, port, key, login, become, tools, disk, clock.',
    )
    .usage('-i INVENTORY [--hosts PATTERN]')
    .option('--hosts <pattern>', 'these hosts; all unless told')
    .option('--output <kind>', 'json for a line of JSON per host')
    .helpOption('-h, --help', 'this help')
    .addHelpText(
      'after',
      '\nExit status: 0 all is well, 2 something is wrong, 4 a host cannot be reached or logged in to',
    )
  return command.action(() => act(command))
}

/** Adds `run completion`, and `run __complete`, which its scripts call. */
export const addCompletion = (
  program: Command,
  act: (shell: string, command: Command) => void,
  complete: (words: readonly string[], command: Command) => void,
): Command[] => {
  const scripts = verbosity(program.command('completion'))
    .description('Prints a script that lets a shell complete commands, options, tasks, hosts and tags.')
    .usage('bash | zsh | fish')
    .argument('<shell>', 'bash, zsh or fish')
    .helpOption('-h, --help', 'this help')
    .addHelpText(
      'after',
      `
bash: echo 'source <(run completion bash)' >>~/.bashrc
zsh:  echo 'source <(run completion zsh)' >>~/.zshrc    (behind compinit)
fish: run completion fish >~/.config/fish/completions/run.fish`,
    )
  scripts.action((shell: string) => act(shell, scripts))
  const hidden = program.command('__complete', { hidden: true }).argument('[words...]').helpOption(false)
  hidden.action((words: string[]) => complete(words, hidden))
  return [scripts, hidden]
}
