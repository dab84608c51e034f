import { CoxswainError } from '../../errors.ts'

/** The commands that list things. */
const lists: Readonly<Record<string, string>> = {
  tasks: '`run docs`; of a playbook: `run PLAYBOOK -i INVENTORY --list-tasks`',
  hosts: '`run --list-hosts -i INVENTORY`; of a playbook: `run PLAYBOOK -i INVENTORY --list-hosts`',
  groups: '`run inventory -i INVENTORY`',
  tags: '`run PLAYBOOK -i INVENTORY --list-tags`',
  commands: '`run help`',
  runs: '`run history`',
}

interface ListInput {
  readonly arguments: { readonly words: readonly string[] }
}

/**
 * `run list`, which is not a command: its error names the commands that list tasks, hosts, tags and so on.
 *
 * @throws `usage`, always.
 */
export const list = async ({ arguments: { words } }: ListInput): Promise<never> => {
  const [word = ''] = words
  const known = Object.entries(lists).filter(([what]) => what === word || what === `${word}s`)
  const shown = known.length > 0 ? known : Object.entries(lists)
  const lines = shown.map(([what, command]) => `${what}: ${command}`)
  throw new CoxswainError('usage', ['`run list` is not a command', ...lines].join('\n'), {
    hint: 'run one of these commands',
  })
}
