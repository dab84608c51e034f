import { shells } from '../completion/scripts.ts'
import { defineCommand, required, rest } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

/** Prints what a shell loads. */
export const completion = defineCommand({
  name: 'completion',
  summary: 'Prints a script that lets a shell complete commands, options, tasks, hosts and tags.',
  arguments: { shell: required(`${shells.slice(0, -1).join(', ')} or ${shells.at(-1)}`, shells) },
  options: verbosityOptions,
  notes: (
    program,
  ) => `A script completes both names of the program, run and coxswain. It is loaded by a line in
bash: ~/.bashrc                          source <(${program} completion bash)
zsh:  ~/.zshrc, after compinit           source <(${program} completion zsh)
fish: ~/.config/fish/config.fish         ${program} completion fish | source`,
  run: async (input, context) => (await import('../completion/completion.ts')).completion(input, context),
})

/** What the scripts call at each Tab. */
export const completeWords = defineCommand({
  name: '__complete',
  summary: 'Prints what can stand in place of the last word.',
  hidden: true,
  arguments: { words: rest('the words after the name of the program', 'nothing') },
  options: {},
  run: async (input, context) => (await import('../completion/completion.ts')).completeWords(input, context),
})
