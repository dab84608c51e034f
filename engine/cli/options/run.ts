import { commaSeparated, flag, text, waitSeconds } from '../define-option.ts'
import type { ValuesOf } from '../define-option.ts'
import { connectionOptions } from './connection.ts'
import { inventoryOptions } from './inventory.ts'
import { listHosts, outputOptions, verbosityOptions } from './output.ts'
import { secretOptions } from './secrets.ts'

/** The options of commands that connect to hosts. */
export const hostOptions = { ...inventoryOptions, ...secretOptions, ...connectionOptions }

/** The inventory, the keys for its secrets, and how to connect to its hosts. */
export type HostOptions = ValuesOf<typeof hostOptions>

/** The options of a run. */
export const runOptions = {
  ...hostOptions,
  ...verbosityOptions,
  ...outputOptions,
  listHosts,
  hosts: text('--hosts <pattern>', 'hosts to run a single task on', 'hosts'),
  check: flag('-C, --check', 'change nothing; report what would change'),
  diff: flag('-D, --diff', 'show the diff of each change'),
  tags: commaSeparated('-t, --tags <words>', 'only tasks with one of these tags (comma-separated)', 'tags'),
  skipTags: commaSeparated(
    '--skip-tags <words>',
    'skip tasks with one of these tags (comma-separated)',
    'tags',
  ),
  startAtTask: text(
    '--start-at-task <title>',
    'start at the first task with this title or name; * matches any text',
    'nothing',
  ),
  step: flag('--step', 'ask before each task'),
  exitCode: flag('--exit-code', 'with --check: exit with status 3 if something would change'),
  resume: flag('--resume', 'continue where the last run of this playbook and inventory stopped'),
  waitForLock: waitSeconds(
    '--wait-for-lock [seconds]',
    'wait this many seconds for hosts that another run has locked (0); without a number, as long as it takes',
  ),
  lock: flag('--no-lock', 'do not lock the hosts, and ignore the locks of other runs'),
  journal: flag(
    '--no-journal',
    'do not record this run: it is not in the history, and its due handlers are lost',
  ),
  listTasks: flag('--list-tasks', 'list the tasks of each play, or all tasks of the library, and exit'),
  listTags: flag('--list-tags', 'list the tags of each play, and exit'),
  connect: flag(
    '--connect',
    'with --list-tasks or --list-tags: connect, read the values that steps wait for, and list what they make; changes nothing',
  ),
}

/** The values of the options of a run. */
export type RunOptions = ValuesOf<typeof runOptions>
