import { defineCommand, optional, required } from '../define-command.ts'
import { choice, flag, number, text, withDefault } from '../define-option.ts'
import { usualRetention } from '../journal/folder.ts'
import { jsonOption, verbosityOptions } from '../options/output.ts'
import { screenKinds } from '../../report/outputs.ts'

const { keep, days, mib } = usualRetention
const count = { whole: true, from: 0 }

const show = defineCommand({
  name: 'show',
  summary: 'Shows a recorded run again.',
  arguments: {
    run: required(
      'its number in `run history`; last or -1, -2 for the one before; or a playbook, for its newest run',
      'run',
    ),
  },
  options: {
    ...verbosityOptions,
    output: choice(
      '--output <kind>',
      'plain, json or junit (plain)',
      // a tree that moves has nothing to show of what is over
      screenKinds.filter((kind) => kind !== 'tree'),
    ),
    report: text('--report <file.html>', 'also write its page'),
    diff: flag('-D, --diff', 'show what changed'),
  },
  run: async (input, context) => (await import('../journal/history.ts')).showRun(input, context),
})

const diff = defineCommand({
  name: 'diff',
  summary:
    'Says what differs between two recorded runs: hosts, outcomes of tasks, tasks that took much longer.',
  arguments: {
    before: optional('a run, as for `run history show`; by default the one before the other', 'run'),
    after: optional('another run, by default the last one', 'run'),
  },
  options: { ...verbosityOptions, output: jsonOption('per difference') },
  examples: [
    { line: 'run history show last', does: 'the last run again' },
    { line: 'run history diff', does: 'how the last run differs from the one before' },
  ],
  notes:
    'Much longer is at least twice the time and 5 s more. The exit status is 0 whether there are differences or not.',
  run: async (input, context) => (await import('../journal/history.ts')).diffRuns(input, context),
})

const prune = defineCommand({
  name: 'prune',
  summary:
    'Removes recorded runs that are too many, too old or too big, and journals of earlier versions. The newest run of each playbook and inventory stays until it is too old and leaves no handler due.',
  arguments: {},
  options: {
    ...verbosityOptions,
    keep: number(
      '--keep <count>',
      `runs of each playbook and inventory (COXSWAIN_STATE_KEEP, ${keep})`,
      count,
    ),
    days: number('--days <count>', `days since a run ended (COXSWAIN_STATE_DAYS, ${days})`, count),
    mib: number('--mib <count>', `MiB of all runs together (COXSWAIN_STATE_MIB, ${mib})`, count),
  },
  run: async (input, context) => (await import('../journal/history.ts')).pruneRuns(input, context),
})

export const history = defineCommand({
  name: 'history',
  summary: 'Lists recorded runs, the newest last, with their numbers.',
  arguments: { playbook: optional('only runs of this playbook file or task', 'target') },
  options: {
    ...verbosityOptions,
    last: withDefault(number('-n, --last <count>', 'how many at most (20)', { whole: true, from: 1 }), 20),
    output: jsonOption('per run'),
  },
  commands: [show, diff, prune],
  run: async (input, context) => (await import('../journal/history.ts')).listRuns(input, context),
})
