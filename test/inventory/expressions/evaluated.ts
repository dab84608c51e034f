/** Hosts of inventories with their expressions evaluated. */
import { loadInventory } from '../../../engine/inventory/load.ts'
import { openHosts } from '../../../engine/inventory/secrets/hosts.ts'
import type { VariableNames } from '../../../engine/inventory/secrets/hosts.ts'
import type { Keyring } from '../../../engine/inventory/secrets/keyring.ts'
import type { RunFacts } from '../../../engine/inventory/expressions/shared-scope.ts'
import type { Host } from '../../../engine/inventory/types.ts'
import { parseExtra } from '../../../engine/inventory/variables/typed.ts'
import type { Folder } from '../../support/folder.ts'
import { plainVariables } from '../../support/plain-variables.ts'
import { keysWith } from '../secrets/keys.ts'

/** How an inventory is evaluated. */
export interface EvaluateOptions {
  /** The keys; null to open nothing. */
  readonly keys?: Keyring | null
  readonly wanted?: VariableNames
  readonly extra?: readonly string[]
  readonly playbookFolder?: string
  readonly playHosts?: readonly string[]
  /** More that the run says. */
  readonly run?: RunFacts
}

/** All hosts of an inventory, with the wanted variables evaluated. */
export const evaluatedHosts = async (
  sources: readonly string[],
  {
    keys = keysWith({ env: process.env }).keys,
    wanted = 'all',
    extra = [],
    run: more,
    ...rest
  }: EvaluateOptions = {},
): Promise<Map<string, Host>> => {
  const run = { ...more, ...rest }
  const inventory = await loadInventory(sources, { ...(keys !== null && { keys }), ...run })
  const opening = { wanted, connection: keys !== null }
  const openings = new Map([...inventory.hosts.keys()].map((name) => [name, opening]))
  return openHosts({ inventory, extra: await parseExtra(extra), run }, openings, keys ?? undefined)
}

/** Reads and evaluates an inventory in YAML, and returns its host `a`. */
export const evaluatedReader =
  ({ write }: Pick<Folder, 'write'>) =>
  async (text: string, options?: EvaluateOptions): Promise<Host> => {
    const host = (await evaluatedHosts([write('inventory.yaml', text)], options)).get('a')
    if (host === undefined) throw new Error('there is no host a')
    return host
  }

/** The values of one host `a` with these variables. */
export const valuesReader =
  (folder: Pick<Folder, 'write'>) =>
  async (variables: string, options?: EvaluateOptions): Promise<Record<string, unknown>> => {
    const lines = variables
      .split('\n')
      .map((line) => `      ${line}`)
      .join('\n')
    return plainVariables(
      (await evaluatedReader(folder)(`all:\n  hosts:\n    a:\n${lines}\n`, options)).variables,
    )
  }
