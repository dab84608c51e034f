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
      '-e, --extra-vars <key=value|@file>',
      'variables that win over the inventory (may be repeated)',
      collect,
    )

/** `-v`. */
export const verbosity = (command: Command): Command =>
  command.option(
    '-v, --verbose',
    'live output and causes of errors; -vv adds stack traces',
    // no default here: that of the program would win over what stands behind a command's name
    (_: string, before: number | undefined): number => (before ?? 0) + 1,
  )
