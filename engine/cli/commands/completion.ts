import { shells } from '../completion/scripts.ts'
import { defineCommand, required, rest } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

export const completion = defineCommand({
  name: 'completion',
  summary: 'Prints a script that lets a shell complete commands, options, tasks, hosts, tags and variables.',
  arguments: { shell: required(`${shells.slice(0, -1).join(', ')} or ${shells.at(-1)}`, shells) },
  options: verbosityOptions,
  notes: (
    program,
  ) => `The script completes both names of the program, run and coxswain. To load it, add a line to
bash: ~/.bashrc                          source <(${program} completion bash)
zsh:  ~/.zshrc, after compinit           source <(${program} completion zsh)
fish: ~/.config/fish/config.fish         ${program} completion fish | source
Code of the project stops a completion for 4 s at most; COXSWAIN_COMPLETION_SECONDS sets another limit.`,
  run: async (input, context) => (await import('../completion/completion.ts')).completion(input, context),
})

/** The scripts call it at each Tab. */
export const completeWords = defineCommand({
  name: '__complete',
  summary: 'Prints the completions of the last word.',
  hidden: true,
  arguments: { words: rest('the words after the name of the program', 'nothing') },
  options: {},
  run: async (input, context) => (await import('../completion/completion.ts')).completeWords(input, context),
})
