/** Encrypted files in `group_vars/` and `host_vars/`: decrypted for the hosts that a run needs, with the precedence of their folder. */
import { copyFileSync, mkdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { explainAll } from '../../../engine/inventory/variables/explain.ts'
import { groupsOfHosts } from '../../../engine/inventory/graph.ts'
import { layersOf } from '../../../engine/inventory/variables/layers.ts'
import { loadInventory } from '../../../engine/inventory/load.ts'
import { masked } from '../../../engine/inventory/variables/masked.ts'
import { resolveHosts } from '../../../engine/inventory/variables/resolve.ts'
import { rejects } from '../../support/rejects.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { fixture, keysWith, openedHosts } from './keys.ts'

const test = suite('encrypted files of variables')
const folder = folderOf(test)

const site = (): string => {
  for (const name of ['group_vars/all', 'group_vars/web', 'host_vars'])
    mkdirSync(folder.at(name), { recursive: true })
  copyFileSync(fixture('vars.yaml.age'), folder.at('group_vars/all/secrets.yaml.age'))
  copyFileSync(fixture('vars.vault-1.1'), folder.at('group_vars/web/vault.yml'))
  folder.write('group_vars/all/a.yaml', 'pin: 1\ndb_password: before\nown: a\n')
  folder.write('group_vars/all/z.yaml', 'db_port: 1\n')
  folder.write('host_vars/w1.yaml', 'pin: 9\n')
  return folder.write('hosts.yaml', 'all: { hosts: { a: {} } }\nweb: { hosts: { w1: {} } }\n')
}

test('their variables have the precedence of their folder', async () => {
  const { keys } = keysWith({
    ageKeyFiles: [fixture('age-key.txt')],
    vaultPasswordFiles: [fixture('vault-password')],
  })
  const hosts = await openedHosts(site(), keys)
  const values = (host: string) =>
    ['own', 'db_password', 'pin', 'db_port'].map((name) => hosts.get(host)?.variables.get(name)?.value)
  assert.equal(values('a'), ['a', 'correct-horse-battery', 34, 1])
  assert.equal(values('w1'), ['a', 'correct-horse-battery', 9, 5432])
  assert.is(hosts.get('a')?.variables.get('db_password')?.base, folder.path)
})

test('the file of a group is decrypted only for its hosts', async () => {
  const { keys } = keysWith({ ageKeyFiles: [fixture('age-key.txt')] })
  const hosts = await openedHosts(site(), keys, { names: ['a'] })
  assert.is(hosts.get('a')?.variables.get('pin')?.value, 34)
  await rejects(() => openedHosts(site(), keys, { names: ['w1'] }), 'secret-locked', 'no password is set')
})

test('listing an inventory needs no key, and shows no secret', async () => {
  const file = site()
  folder.write('host_vars/a.yaml', 'token_of_a: !command [no-such-program]\n')
  const inventory = await loadInventory([file])
  const layers = layersOf(inventory, 'a', groupsOfHosts(inventory).get('a') ?? [])
  assert.equal(
    explainAll(layers).map(({ name }) => name),
    ['db_password', 'db_port', 'own', 'pin', 'token_of_a'],
  )
  const value = resolveHosts(inventory).get('a')?.variables.get('token_of_a')?.value
  assert.is(masked('plain', value), '********')
})
