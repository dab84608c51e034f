/** Options that several commands have. */
import type { Command } from 'commander'

/** Takes an option that may be repeated. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

/** Which hosts there are and what is known of them. */
export const choosing = (command: Command): Command =>
  command
    .option(
      '-i, --inventory <file>',
      'inventory file, folder or executable, or h1,h2, (may be repeated)',
      collect,
    )
    .option('-l, --limit <pattern>', 'only these hosts; @file names a file of them')
    .option(
      '-e, --extra-vars <key=value|@file|map>',
      'variables that win over the inventory; one or more pairs, such as \'a="x y" b=2\' (may be repeated)',
      collect,
    )

/** What opens encrypted files and values. */
export const unlocking = (command: Command): Command =>
  command
    .option('--age-key-file <file>', 'age identities, beside those where sops looks for them')
    .option(
      '--vault-password-file <file>',
      'password of Ansible Vault, or a program that prints it (may be repeated)',
      collect,
    )
    .option(
      '--vault-id <label@source>',
      'the same with a vault id; the source is a file, a program or prompt (may be repeated)',
      collect,
    )
    .option('--ask-vault-pass', 'ask for the password of Ansible Vault')

/** `-v`. */
export const verbosity = (command: Command): Command =>
  command.option(
    '-v, --verbose',
    'live output and causes of errors; -vv adds stack traces',
    // no default here: that of the program would win over what stands behind a command's name
    (_: string, before: number | undefined): number => (before ?? 0) + 1,
  )
