/** Keyrings for tests, and inventories that are decrypted with them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadInventory } from '../../../engine/inventory/load.ts'
import { openHosts } from '../../../engine/inventory/secrets/hosts.ts'
import type { VariableNames } from '../../../engine/inventory/secrets/hosts.ts'
import { createKeyring } from '../../../engine/inventory/secrets/key-sources.ts'
import type { KeyOptions } from '../../../engine/inventory/secrets/key-sources.ts'
import type { Keyring } from '../../../engine/inventory/secrets/keyring.ts'
import type { Host } from '../../../engine/inventory/types.ts'
import { plainVariables } from '../../support/plain-variables.ts'
import { parseExtra } from '../../../engine/inventory/variables/typed.ts'
import { Secret } from '../../../engine/secret.ts'

/** The path of a key, or of a file encrypted by the real program. */
export const fixture = (name: string): string => join(import.meta.dirname, 'fixtures', name)

/** The one identity in a file of keys. */
export const identityIn = (name: string): string =>
  /AGE-SECRET-KEY-\S+/.exec(readFileSync(fixture(name), 'utf8'))?.[0] ?? ''

/** A keyring, with the secrets that it learned and the questions that it asked. */
export interface TestKeys {
  readonly keys: Keyring
  readonly learnt: string[]
  readonly asked: string[]
}

export const keysWith = (
  given: Partial<KeyOptions> & { answers?: Record<string, string> } = {},
): TestKeys => {
  const [learnt, asked]: [string[], string[]] = [[], []]
  const { answers = {}, ...options } = given
  const keys = createKeyring({
    env: {},
    home: '/nonexistent',
    ageKeyFiles: [],
    vaultPasswordFiles: [],
    vaultIds: [],
    askVaultPass: false,
    ask: async (question) => {
      asked.push(question)
      return new Secret(answers[question] ?? '')
    },
    learn: (secrets) => learnt.push(...secrets.map((secret) => secret.reveal())),
    ...options,
  })
  return { keys, learnt, asked }
}

/** The hosts of an inventory file with all variables decrypted, or only some. */
export const openedHosts = async (
  file: string,
  keys: Keyring,
  { names, wanted = 'all', extra = [] }: { names?: string[]; wanted?: VariableNames; extra?: string[] } = {},
): Promise<Map<string, Host>> => {
  const inventory = await loadInventory([file], { keys })
  const openings = new Map(
    (names ?? [...inventory.hosts.keys()]).map((name) => [name, { wanted, connection: true }]),
  )
  return openHosts({ inventory, extra: await parseExtra(extra), run: {} }, openings, keys)
}

/** The values of host `a`. */
export const valuesOf = async (
  file: string,
  keys: Keyring,
  extra: string[] = [],
): Promise<Record<string, unknown>> => {
  const host = (await openedHosts(file, keys, { extra })).get('a')
  if (host === undefined) throw new Error('there is no host a')
  return plainVariables(host.variables)
}
