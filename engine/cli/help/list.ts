import { CoxswainError } from '../../errors.ts'
import type { CommandContext } from '../define-command.ts'
import { asStarted } from '../program-name.ts'

/** What can be listed, and what lists it. */
const lists: Readonly<Record<string, string>> = {
  tasks: '`run docs`, those of a playbook: `run PLAYBOOK -i INVENTORY --list-tasks`',
  hosts: '`run --list-hosts -i INVENTORY`, those of a playbook: `run PLAYBOOK -i INVENTORY --list-hosts`',
  groups: '`run inventory -i INVENTORY`',
  tags: '`run PLAYBOOK -i INVENTORY --list-tags`',
  commands: '`run help`',
  runs: '`run history`',
}

interface ListInput {
  readonly arguments: { readonly words: readonly string[] }
}

/**
 * `run list`, which is not a command: it leads to what lists tasks, hosts, tags and so on.
 *
 * @throws `usage`, always.
 */
export const list = async (
  { arguments: { words } }: ListInput,
  { program: { name } }: CommandContext,
): Promise<never> => {
  const [word = ''] = words
  const known = Object.entries(lists).filter(([what]) => what === word || what === `${word}s`)
  const shown = known.length > 0 ? known : Object.entries(lists)
  const lines = shown.map(([what, command]) => `${what}: ${command}`)
  throw new CoxswainError('usage', asStarted(['`run list` is not a command', ...lines].join('\n'), name), {
    hint: 'each list is printed by the command in backticks',
  })
}
