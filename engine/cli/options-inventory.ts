/** The command lines of `run inventory` and `run schema`. */
import { Option } from 'commander'
import type { Command } from 'commander'
import { z } from 'zod'
import { CoxswainError } from '../errors.ts'
import { choosing, unlocking, verbosity } from './options-common.ts'

/** What shall be seen of an inventory. */
export type InventoryView = { readonly playbook: string | undefined } & (
  | { readonly kind: 'graph' | 'list' }
  | {
      readonly kind: 'host'
      readonly host: string
      /** A variable's name, or all of them. */
      readonly explain: string | true | undefined
    }
)

const flags = z.object({
  graph: z.boolean().default(false),
  list: z.boolean().default(false),
  host: z.string().optional(),
  explain: z.union([z.literal(true), z.string()]).optional(),
  playbook: z.string().optional(),
})

const viewOf = (raw: unknown): InventoryView => {
  const { list, host, explain, playbook } = flags.parse(raw)
  if (host !== undefined) return { kind: 'host', host, explain, playbook }
  if (explain !== undefined) {
    throw new CoxswainError('usage', 'on which host shall it be explained?', {
      hint: `name it: run inventory --host NAME --explain${explain === true ? '' : ` ${explain}`}`,
    })
  }
  return { kind: list ? 'list' : 'graph', playbook }
}

/** Adds `run inventory`. */
export const addInventory = (
  program: Command,
  act: (view: InventoryView, command: Command) => void,
): Command => {
  const command = verbosity(unlocking(choosing(program.command('inventory'))))
    .description('Shows groups, hosts and variables as the inventories give them. Nothing connects.')
    .usage('[--graph | --list | --host NAME [--explain [VARIABLE]]] -i INVENTORY')
    .addOption(
      new Option('--graph', 'the tree of groups and hosts (unless told)').conflicts(['list', 'host']),
    )
    .addOption(new Option('--list', 'all as JSON, as an executable inventory prints it').conflicts(['host']))
    .option('--host <name>', 'the merged variables of a host, as JSON')
    .option('--explain [variable]', 'with --host: each place that gives a value, and which one counts')
    .option('--playbook <file>', 'as this playbook sees it: its group_vars, host_vars and defaults')
    .helpOption('-h, --help', 'this help')
  return command.action(() => act(viewOf(command.opts()), command))
}

/** Adds `run schema`. */
export const addSchema = (program: Command, act: (playbook: string, command: Command) => void): Command => {
  const command = verbosity(program.command('schema'))
    .description(
      'Prints a JSON Schema of the inventory that a playbook reads, for editors: # yaml-language-server: $schema=FILE',
    )
    .usage('<playbook.ts>')
    .argument('<playbook>', 'the file of a playbook')
    .helpOption('-h, --help', 'this help')
  return command.action((playbook: string) => act(playbook, command))
}
