import type { Command } from 'commander'
import { z } from 'zod'
import { isDecimal, miscoerced } from '../dsl/coercion.ts'
import { CoxswainError } from '../errors.ts'
import { shownWord } from '../secret.ts'
import { retentionOf, usualRetention } from './journal/folder.ts'
import type { Retention } from './journal/folder.ts'
import { verbosity } from './options-common.ts'

/** What of the past is asked for. */
export type HistoryView =
  | { readonly kind: 'list'; readonly playbook: string | undefined; readonly last: number }
  | { readonly kind: 'show'; readonly run: number }
  | { readonly kind: 'prune'; readonly retention: Retention }

const whole = z.coerce.number().int().min(0)
const limits = z.object({ keep: whole.optional(), days: whole.optional(), mib: whole.optional() })

/** A number of runs, or of one. */
const numberOf = (text: string): number => {
  if (isDecimal(text) && Number.isInteger(Number(text))) return Number(text)
  throw new CoxswainError(
    'usage',
    `${text === '' ? 'nothing' : shownWord(text)} is not a number of a run or of runs`,
  )
}

/** What to keep: as the command line says, else as the environment, else the default. */
const retentionIn = (raw: unknown): Retention => {
  const { success, data } = limits.safeParse(raw)
  if (!success || miscoerced(limits, raw).length > 0)
    throw new CoxswainError('usage', '--keep, --days and --mib take a whole number from 0')
  const usual = retentionOf(process.env)
  return { keep: data.keep ?? usual.keep, days: data.days ?? usual.days, mib: data.mib ?? usual.mib }
}

/** Adds `run history`, `run history show` and `run history prune`. */
export const addHistory = (
  program: Command,
  asked: (view: HistoryView, command: Command) => void,
): Command[] => {
  const list = program
    .command('history')
    .description('Lists recorded runs, the newest last, with their numbers.')
    .usage('[options] [playbook]')
    .argument('[playbook]', 'only runs of this playbook file or task')
    .option('-n, --last <count>', 'how many at most', numberOf, 20)
    .option('--output <kind>', 'json for a line of JSON per run')
    .helpOption('-h, --help', 'this help')
  const show = verbosity(list.command('show'))
    .description('Shows a recorded run again.')
    .usage('[options] <run>')
    .argument('<run>', 'its number in `run history`', numberOf)
    .option('--output <kind>', 'plain, json or junit (plain)')
    .option('--report <file.html>', 'write its page, too')
    .option('-D, --diff', 'show what changed')
    .helpOption('-h, --help', 'this help')
  const { keep, days, mib } = usualRetention
  const prune = list
    .command('prune')
    .description(
      'Removes recorded runs that are too many, too old or too big, and journals of earlier versions. The newest run of each playbook and inventory stays until it is too old and leaves no handler due.',
    )
    .usage('[options]')
    .option('--keep <count>', `runs of each playbook and inventory (COXSWAIN_STATE_KEEP, ${keep})`)
    .option('--days <count>', `days since a run ended (COXSWAIN_STATE_DAYS, ${days})`)
    .option('--mib <count>', `MiB of all runs together (COXSWAIN_STATE_MIB, ${mib})`)
    .helpOption('-h, --help', 'this help')
  list.action((playbook: string | undefined) => {
    asked({ kind: 'list', playbook, last: list.opts<{ last: number }>().last }, list)
  })
  show.action((run: number) => asked({ kind: 'show', run }, show))
  prune.action(() => asked({ kind: 'prune', retention: retentionIn(prune.opts()) }, prune))
  return [list, show, prune]
}
