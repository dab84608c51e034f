import { commaSeparated, flag, text, waiting } from '../define-option.ts'
import type { ValuesOf } from '../define-option.ts'
import { connectionOptions } from './connection.ts'
import { inventoryOptions } from './inventory.ts'
import { listHosts, outputOptions, verbosityOptions } from './output.ts'
import { secretOptions } from './secrets.ts'

/** What it takes to reach hosts. */
export const hostOptions = { ...inventoryOptions, ...secretOptions, ...connectionOptions }

/** Which hosts there are, what opens their secrets, and how they are connected to. */
export type HostOptions = ValuesOf<typeof hostOptions>

/** The options of a run. */
export const runOptions = {
  ...hostOptions,
  ...verbosityOptions,
  ...outputOptions,
  listHosts,
  hosts: text('--hosts <pattern>', 'hosts for a single task', 'hosts'),
  check: flag('-C, --check', 'change nothing, say what would change'),
  diff: flag('-D, --diff', 'show what changes'),
  tags: commaSeparated('-t, --tags <words>', 'only tasks with one of these tags (comma-separated)', 'tags'),
  skipTags: commaSeparated('--skip-tags <words>', 'no task with one of these tags', 'tags'),
  startAtTask: text(
    '--start-at-task <title>',
    'start with the first task of this title or name; * matches any text',
    'nothing',
  ),
  step: flag('--step', 'ask before each task'),
  exitCode: flag('--exit-code', 'with --check: exit with 3 when something would change'),
  resume: flag('--resume', 'continue where the last run of this playbook and inventory stopped'),
  waitForLock: waiting('--wait-for-lock [seconds]', 'wait for hosts that another run has locked'),
  lock: flag('--no-lock', 'do not lock the hosts, and ignore the locks of others'),
  journal: flag('--no-journal', 'do not record this run: no history, and due handlers are not remembered'),
  listTasks: flag('--list-tasks', 'list the tasks of each play, or all tasks of the library, and stop'),
  listTags: flag('--list-tags', 'list the tags of each play, and stop'),
}

/** What the command line says of a run. */
export type RunOptions = ValuesOf<typeof runOptions>
