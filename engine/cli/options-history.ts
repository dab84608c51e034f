import type { Command } from 'commander'
import { verbosity } from './options-common.ts'

/** What of the past is asked for. */
export type HistoryView =
  | { readonly kind: 'list'; readonly playbook: string | undefined; readonly last: number }
  | { readonly kind: 'show'; readonly run: number }

/** Adds `run history` and `run history show`. */
export const addHistory = (
  program: Command,
  asked: (view: HistoryView, command: Command) => void,
): Command[] => {
  const list = program
    .command('history')
    .description('Lists recorded runs, the newest last, with their numbers.')
    .usage('[options] [playbook]')
    .argument('[playbook]', 'only runs of this playbook file or task')
    .option('-n, --last <count>', 'how many at most', (text) => Number(text), 20)
    .option('--output <kind>', 'json for a line of JSON per run')
    .helpOption('-h, --help', 'this help')
  const show = verbosity(list.command('show'))
    .description('Shows a recorded run again.')
    .usage('[options] <run>')
    .argument('<run>', 'its number in `run history`', (text) => Number(text))
    .option('--output <kind>', 'plain, json or junit (plain)')
    .option('--report <file.html>', 'write its page, too')
    .option('-D, --diff', 'show what changed')
    .helpOption('-h, --help', 'this help')
  list.action((playbook: string | undefined) => {
    asked({ kind: 'list', playbook, last: list.opts<{ last: number }>().last }, list)
  })
  show.action((run: number) => asked({ kind: 'show', run }, show))
  return [list, show]
}
