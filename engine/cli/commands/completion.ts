import { shells } from '../completion/scripts.ts'
import { defineCommand, required, rest } from '../define-command.ts'
import { verbosityOptions } from '../options/output.ts'

/** Prints what a shell loads. */
export const completion = defineCommand({
  name: 'completion',
  summary: 'Prints a script that lets a shell complete commands, options, tasks, hosts and tags.',
  arguments: { shell: required(`${shells.slice(0, -1).join(', ')} or ${shells.at(-1)}`, shells) },
  options: verbosityOptions,
  notes: `bash: echo 'source <(run completion bash)' >>~/.bashrc
zsh:  echo 'source <(run completion zsh)' >>~/.zshrc    (after compinit)
fish: run completion fish >~/.config/fish/completions/run.fish`,
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
