import { dirname } from 'node:path'
import { schemasOf } from '../../dsl/playbook.ts'
import type { Playbook } from '../../dsl/playbook.ts'
import { secretNames } from '../../dsl/schema.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { explain, explainAll } from '../../inventory/variables/explain.ts'
import { layersOf } from '../../inventory/variables/layers.ts'
import type { Layer } from '../../inventory/variables/layers.ts'
import { loadInventory } from '../../inventory/load.ts'
import { masked } from '../../inventory/variables/masked.ts'
import { nearest } from '../../inventory/nearest.ts'
import { outlineListing, outlineTree } from '../../inventory/outline.ts'
import { readPatternFile } from '../../inventory/patterns/file.ts'
import { matchHosts } from '../../inventory/patterns/match.ts'
import type { RunFacts } from '../../inventory/expressions/shared-scope.ts'
import { evaluatedVariables, withFilesOf } from '../../inventory/secrets/hosts.ts'
import type { Host, Inventory, Variables } from '../../inventory/types.ts'
import { isLockedFile } from '../../inventory/variables/file.ts'
import { resolveHosts } from '../../inventory/variables/resolve.ts'
import { parseExtra } from '../../inventory/variables/typed.ts'
import { explanation } from './explanation.ts'
import { describeParams } from '../docs/params.ts'
import { loadPlaybook } from '../session/load.ts'
import { keysOf } from '../session/keys.ts'
import type { CommandContext } from '../define-command.ts'
import type { ValuesOf } from '../define-option.ts'
import type { inventoryOptions } from '../options/inventory.ts'
import type { secretOptions } from '../options/secrets.ts'
import { Prompt, ownTerminal } from '../session/prompt.ts'
import { writeWarnings } from '../session/warnings.ts'

interface InventoryCommandOptions extends ValuesOf<typeof inventoryOptions>, ValuesOf<typeof secretOptions> {
  readonly graph: boolean
  readonly list: boolean
  readonly host: string | undefined
  /** The name of a variable, or all of them. */
  readonly explain: string | true | undefined
  readonly playbook: string | undefined
}

/**
 * Refuses options that contradict each other.
 *
 * @throws `usage`.
 */
const refuseContradictions = ({ graph, list, host, explain: variable }: InventoryCommandOptions): void => {
  const views = [graph && '--graph', list && '--list', host !== undefined && '--host'].filter(
    (name) => name !== false,
  )
  if (views.length > 1)
    throw new CoxswainError('usage', `${views.join(' and ')} cannot be used together`, {
      hint: 'choose one of them',
    })
  if (variable !== undefined && host === undefined)
    throw new CoxswainError('usage', '--explain needs a host', {
      hint: `name it: \`run inventory --host NAME --explain${variable === true ? '' : ` ${shownWord(variable)}`}\``,
    })
}

/** What the command shows. */
interface View {
  readonly inventory: Inventory
  readonly extra: Variables
  /** The hosts that match `--limit`. */
  readonly hosts: ReadonlyMap<string, Host>
  readonly limited: boolean
  /** The defaults of the playbook's schema. */
  readonly defaults: readonly Layer[]
  readonly run: RunFacts
  /** Variables that the playbook declares secret. */
  readonly secrets: ReadonlySet<string>
}

const defaultsOf = (book: Playbook, file: string): Layer => ({
  label: 'default',
  variables: new Map(
    schemasOf(book)
      .flatMap(describeParams)
      .flatMap(({ name, fallback }) =>
        fallback === undefined ? [] : [[name, { value: fallback, place: { file } }] as const],
      ),
  ),
})

/** Whether a key is given for what is encrypted. */
const namesKey = ({
  ageKeyFile,
  vaultPasswordFile,
  vaultId,
  askVaultPass,
}: InventoryCommandOptions): boolean =>
  askVaultPass || [ageKeyFile, vaultPasswordFile, vaultId].some((given) => (given ?? []).length > 0)

const open = async (
  options: InventoryCommandOptions,
  { redactor, outlets, project }: CommandContext,
): Promise<View> => {
  const { playbook } = options
  const book = playbook === undefined ? undefined : await loadPlaybook(playbook)
  const { keyring } = keysOf(options, new Prompt(ownTerminal(outlets)), redactor)
  const loaded = await loadInventory(options.inventory, {
    playbookFolder: playbook === undefined ? undefined : dirname(playbook),
    defaults: (await project()).connection,
    // an encrypted inventory file has the names of hosts; other secrets are not shown and stay sealed
    keys: keyring,
    within: options.within,
  })
  const { host, explain: explained } = options
  const inventory =
    host !== undefined && explained !== undefined && namesKey(options)
      ? await withFilesOf(loaded, host, keyring)
      : loaded
  const extra = await parseExtra(options.extraVars)
  const { limit } = options
  const names =
    limit === undefined
      ? undefined
      : matchHosts(inventory, limit, { name: '--limit', readFile: readPatternFile })
  const hosts = [...resolveHosts(inventory, extra)].filter(([name]) => names?.includes(name) ?? true)
  return {
    inventory,
    extra,
    run: {
      playbookFolder: playbook === undefined ? undefined : dirname(playbook),
      sources: options.inventory,
    },
    hosts: new Map(hosts),
    limited: limit !== undefined,
    defaults: book === undefined || playbook === undefined ? [] : [defaultsOf(book, playbook)],
    secrets: new Set(book === undefined ? [] : schemasOf(book).flatMap((schema) => [...secretNames(schema)])),
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const hostIn = ({ hosts, inventory, limited }: View, name: string): Host => {
  const host = hosts.get(name)
  if (host !== undefined) return host
  if (limited && inventory.hosts.has(name))
    throw new CoxswainError('no-hosts', `--limit excludes the host ${name}`)
  const guess = nearest(name, inventory.hosts.keys())
  throw new CoxswainError('pattern-invalid', `the inventory has no host ${shownWord(name)}`, {
    hint: guess === undefined ? '`run inventory --graph` lists the hosts' : `did you mean ${guess}?`,
  })
}

const shownVariables = ({ variables }: Host, { secrets }: View): Record<string, unknown> =>
  Object.fromEntries(
    [...variables]
      .filter(([name]) => !isLockedFile(name))
      .map(([name, { value }]) => [name, masked(name, value, secrets)]),
  )

const explained = async (view: View, { name, groups }: Host, variable: string | true): Promise<string> => {
  const layers = [...view.defaults, ...layersOf(view.inventory, name, groups, view.extra)]
  const { secrets, inventory, extra, run } = view
  const evaluated = await evaluatedVariables({ inventory, extra, run, secretNames: secrets }, name)
  if (variable === true) return explanation(name, explainAll(layers), { secrets, evaluated })
  const one = explain(layers, variable)
  if (one.origins.length > 0) return explanation(name, [one], { secrets, evaluated })
  const names = layers.flatMap(({ variables }) => [...variables.keys()])
  const known = names.filter((key) => !isLockedFile(key))
  const shut = layers.flatMap(({ variables }) =>
    [...variables].flatMap(([key, { place }]) => (isLockedFile(key) ? [place.file] : [])),
  )
  if (shut.length > 0) {
    throw new CoxswainError(
      'variables-invalid',
      `${name} has no variable ${variable} outside the encrypted ${shut.length === 1 ? 'file' : 'files'} ${shut.join(', ')}`,
      {
        hint: 'encrypted files are not opened here: view them with age, ansible-vault or sops',
      },
    )
  }
  const guess = nearest(variable, known)
  throw new CoxswainError('variables-invalid', `${name} has no variable ${shownWord(variable)}`, {
    hint:
      guess === undefined ? `list all: \`run inventory --host ${name} --explain\`` : `did you mean ${guess}?`,
  })
}

/** `run inventory`: shows the inventory without connecting to hosts. Returns the exit status. */
export const inventory = async (
  { options }: { readonly options: InventoryCommandOptions },
  context: CommandContext,
): Promise<number> => {
  refuseContradictions(options)
  context.loadHooks()
  const { out, err } = context.outlets
  const view = await open(options, context)
  writeWarnings(view.inventory, context.outlets)
  if (options.host !== undefined) {
    const host = hostIn(view, options.host)
    const { explain: variable } = options
    out(variable === undefined ? json(shownVariables(host, view)) : await explained(view, host, variable))
  } else if (options.list) {
    const hosts = [...view.hosts.values()]
    out(json(outlineListing(view.inventory, hosts, (host) => shownVariables(host, view))))
  } else {
    out(outlineTree(view.inventory, new Set(view.hosts.keys()), view.limited))
    for (const path of view.inventory.folders.flatMap(({ unread }) => unread))
      err(`${path} does not match any group or host of this inventory\n`)
  }
  return 0
}
