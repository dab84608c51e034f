/** Generates docs/cli.md from the commands: `npm run docs`. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { run } from '../engine/cli/commands/run.ts'
import { notesOf } from '../engine/cli/define-command.ts'
import type { Command } from '../engine/cli/define-command.ts'
import { usageOf } from '../engine/cli/parse.ts'
import { outputKinds, outputs } from '../engine/report/outputs.ts'
import type { OutputSpec } from '../engine/report/outputs.ts'

/** Escapes bars, which separate the cells of a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0
    ? []
    : [
        `| ${head.join(' | ')} |`,
        `|${'---|'.repeat(head.length)}`,
        ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
        '',
      ]

/** A command and its visible subcommands, each with its full name. */
const pathsOf = (command: Command, before: readonly string[] = []): [string, Command][] => [
  [[...before, command.name].join(' '), command],
  ...(command.commands ?? [])
    .filter(({ hidden }) => hidden !== true)
    .flatMap((below) => pathsOf(below, [...before, command.name])),
]

const section = ([path, command]: readonly [string, Command]): string => {
  const notes = notesOf(command, run.name)
  return [
    `## ${path}`,
    '',
    command.summary,
    '',
    '```text',
    `${path} ${usageOf(command)}`.trimEnd(),
    '```',
    '',
    ...table(
      ['argument', 'what it is'],
      Object.entries(command.arguments).map(([name, { description }]) => [`\`${name}\``, description]),
    ),
    ...table(
      ['option', 'what it does'],
      Object.values(command.options).map(({ flags, description }) => [`\`${flags}\``, description]),
    ),
    ...table(
      ['example', ''],
      (command.examples ?? []).map(({ line, does }) => [`\`${line}\``, does]),
    ),
    ...(notes === undefined ? [] : ['```text', notes, '```', '']),
  ].join('\n')
}

const placesOf = ({ toScreen, toFile }: OutputSpec): string =>
  [toScreen ? 'standard output' : '', toFile === undefined ? '' : 'file']
    .filter((place) => place !== '')
    .join(' or ')

/** The page. */
export const cliPage = (): string =>
  [
    '# Command line',
    '',
    'Generated from the commands in `engine/cli/commands/` by `npm run docs`; `--help` prints the same.',
    '',
    '## Outputs',
    '',
    '`--output KIND` goes to standard output, `--output KIND=FILE` to a file that only you can read; give it several times for',
    'several outputs. If several go to standard output, the last one wins. Output for programs is never mixed with other text:',
    'what playbooks, settings and hooks print with `console` goes to standard error.',
    '`--report FILE.html` is `--output html=FILE.html`; `--log FILE` is `--output plain=FILE` with the detail of `-v`.',
    '',
    ...table(
      ['output', 'what it is', 'where it goes', 'for programs'],
      outputKinds.map((kind) => {
        const spec = outputs[kind]
        return [`\`${kind}\``, spec.summary, placesOf(spec), spec.isForPrograms ? 'yes' : 'no']
      }),
    ),
    pathsOf(run).map(section).join('\n'),
  ].join('\n')

const [, script = ''] = process.argv
if (import.meta.url === pathToFileURL(script).href)
  await writeFile(join(import.meta.dirname, 'cli.md'), cliPage())
