/** Values encrypted by `ansible-vault`. */
import { chmodSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rejects } from '../../support/rejects.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { fixture, keysWith, openedHosts, valuesOf } from './keys.ts'

const test = suite('secrets of Ansible Vault')
const folder = folderOf(test)

const inventory = (): string => folder.write('inventory.yaml', 'all:\n  hosts:\n    a: {}\n')
const plain = {
  db_password: 'correct-horse-battery',
  pin: 34,
  db_port: 5432,
  roles: ['reader', 'writer-of-all'],
}
const both = {
  vaultPasswordFiles: [fixture('vault-password')],
  vaultIds: [`prod@${fixture('vault-password-prod')}`],
}

for (const name of ['vars.vault-1.1', 'vars.vault-1.2']) {
  test(`an encrypted file, ${name}`, async () => {
    const { keys, learnt } = keysWith(both)
    assert.equal(await valuesOf(inventory(), keys, [`@${fixture(name)}`]), plain)
    for (const text of ['correct-horse-battery', '0042', 'rosebud-vault'])
      assert.match(learnt.join('\n'), text)
  })
}

test('single values, each with the password of its ID', async () => {
  const { keys, learnt } = keysWith(both)
  assert.equal(await valuesOf(fixture('inline.yaml'), keys), {
    user: 'deploy',
    db_password: 'correct-horse-battery',
    api_key: 'prod key with ümlaut',
  })
  assert.ok(learnt.includes('correct-horse-battery') && learnt.includes('prod key with ümlaut'))
  assert.not.ok(learnt.includes('deploy'))
})

test('passwords with other labels are tried too, as in Ansible', async () => {
  const { keys } = keysWith({ vaultIds: [`dev@${fixture('vault-password-prod')}`] })
  assert.equal(await valuesOf(inventory(), keys, [`@${fixture('vars.vault-1.2')}`]), plain)
})

test('the password from the environment, from a program, and from one prompt', async () => {
  const password = readFileSync(fixture('vault-password'), 'utf8').trim()
  const program = folder.write('print-it', `#!/bin/sh\necho ${password}\n`)
  const client = folder.write(
    'keeper-client',
    `#!/bin/sh\n[ "$1 $2" = '--vault-id dev' ] && echo ${password}\n`,
  )
  for (const file of [program, client]) chmodSync(file, 0o755)
  const sources: Parameters<typeof keysWith>[0][] = [
    { env: { ANSIBLE_VAULT_PASSWORD_FILE: fixture('vault-password') } },
    { vaultPasswordFiles: [program] },
    { vaultIds: [`dev@${client}`] },
    { askVaultPass: true, answers: { 'Vault password': password } },
    { vaultIds: ['x@prompt'], answers: { 'Vault password (x)': password } },
  ]
  for (const source of sources) {
    const { keys, asked } = keysWith(source)
    const twice = ['@', '@'].map((mark) => `${mark}${fixture('vars.vault-1.1')}`)
    assert.equal(await valuesOf(inventory(), keys, twice), plain)
    assert.ok(asked.length <= 1, asked.join())
  }
})

test('a wrong password is reported with file, line and vault ID', async () => {
  const { keys } = keysWith({ vaultPasswordFiles: [fixture('vault-password')] })
  const error = await rejects(
    () => valuesOf(fixture('inline.yaml'), keys),
    'secret-locked',
    /vault ID is prod, tried: default/,
  )
  assert.match(error.place?.file ?? '', /inline\.yaml$/)
  assert.is(
    error.place?.line,
    readFileSync(fixture('inline.yaml'), 'utf8').split('api_key')[0]?.split('\n').length,
  )
  assert.not.match(`${error.message}${error.stack}${error.hint}`, 'rosebud')
})

test('without a password, reading a value is an error that says how to give one', async () => {
  const { keys } = keysWith()
  const error = await rejects(
    () => valuesOf(fixture('inline.yaml'), keys),
    'secret-locked',
    'no password is set',
  )
  assert.match(error.hint, '--vault-password-file')
  const hosts = await openedHosts(fixture('inline.yaml'), keys, { wanted: new Set(['user']) })
  assert.is(hosts.get('a')?.variables.get('user')?.value, 'deploy')
})

test('a changed file cannot be decrypted', async () => {
  const text = readFileSync(fixture('vars.vault-1.1'), 'utf8')
  const file = folder.write(
    'changed',
    text.replace(/(.)\n$/, (_, last: string) => `${last === '3' ? '4' : '3'}\n`),
  )
  await rejects(
    () => valuesOf(inventory(), keysWith(both).keys, [`@${file}`]),
    'secret-locked',
    'no vault password opens',
  )
  const other = folder.write('other', '$ANSIBLE_VAULT;1.0;AES\n0011\n')
  await rejects(
    () => valuesOf(inventory(), keysWith(both).keys, [`@${other}`]),
    'secret-broken',
    'unsupported format',
  )
})

test('empty and missing password files are reported', async () => {
  const empty = folder.write('empty', '\n')
  const given = (file: string) => () =>
    valuesOf(inventory(), keysWith({ vaultPasswordFiles: [file] }).keys, [`@${fixture('vars.vault-1.1')}`])
  await rejects(given(empty), 'secret-missing', 'is empty')
  await rejects(given('/nonexistent/pw'), 'secret-missing', '/nonexistent/pw')
})
