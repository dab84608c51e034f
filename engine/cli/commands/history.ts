import { defineCommand, optional, required } from '../define-command.ts'
import { choice, flag, number, text, withDefault } from '../define-option.ts'
import { usualRetention } from '../journal/folder.ts'
import { jsonOption, verbosityOptions } from '../options/output.ts'
import { screenKinds } from '../../report/outputs.ts'

const { keep, days, mib } = usualRetention
const count = { integer: true, from: 0 }

const show = defineCommand({
  name: 'show',
  summary: 'Shows a recorded run again.',
  arguments: {
    run: required(
      'its number in `run history`; last or -1 for the last run, -2 for the one before; or a playbook, for its newest run',
      'run',
    ),
  },
  options: {
    ...verbosityOptions,
    output: choice(
      '--output <kind>',
      'plain, json or junit (plain)',
      // a tree shows progress, and a recorded run has ended
      screenKinds.filter((kind) => kind !== 'tree'),
    ),
    report: text('--report <file.html>', 'also write the page of the run'),
    diff: flag('-D, --diff', 'show what changed'),
  },
  run: async (input, context) => (await import('../journal/history.ts')).showRun(input, context),
})

const diff = defineCommand({
  name: 'diff',
  summary: 'Compares two recorded runs: hosts, outcomes of tasks, tasks that took much longer.',
  arguments: {
    before: optional(
      'the earlier run, named as for `run history show`; by default the run before the other one',
      'run',
    ),
    after: optional('the later run; by default the last one', 'run'),
  },
  options: { ...verbosityOptions, output: jsonOption('per difference') },
  examples: [
    { line: 'run history show last', does: 'show the last run again' },
    { line: 'run history diff', does: 'compare the last run with the one before' },
  ],
  notes:
    'Much longer means at least twice the time and at least 5 s more. The exit status is 0 with or without differences.',
  run: async (input, context) => (await import('../journal/history.ts')).diffRuns(input, context),
})

const prune = defineCommand({
  name: 'prune',
  summary:
    'Removes recorded runs that exceed the limits on number, age and size, and journals of earlier versions. The newest run of each playbook and inventory is kept until it is too old and has no due handlers.',
  arguments: {},
  options: {
    ...verbosityOptions,
    keep: number(
      '--keep <count>',
      `runs to keep of each playbook and inventory (COXSWAIN_STATE_KEEP, ${keep})`,
      count,
    ),
    days: number('--days <count>', `days to keep a run after its end (COXSWAIN_STATE_DAYS, ${days})`, count),
    mib: number('--mib <count>', `total size of all runs, in MiB (COXSWAIN_STATE_MIB, ${mib})`, count),
  },
  run: async (input, context) => (await import('../journal/history.ts')).pruneRuns(input, context),
})

export const history = defineCommand({
  name: 'history',
  summary: 'Lists recorded runs with their numbers, the newest last.',
  arguments: { playbook: optional('only runs of this playbook file or task', 'target') },
  options: {
    ...verbosityOptions,
    last: withDefault(
      number('-n, --last <count>', 'how many runs at most (20)', { integer: true, from: 1 }),
      20,
    ),
    output: jsonOption('per run'),
  },
  commands: [show, diff, prune],
  run: async (input, context) => (await import('../journal/history.ts')).listRuns(input, context),
})
