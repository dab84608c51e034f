/** SOPS files: read with the right key, refused after any change. */
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { rejects } from '../../support/rejects.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { fixture, keysWith, openedHosts, valuesOf } from './keys.ts'
import { sopsEncrypt } from './sops-encrypt.ts'
import type { Tree } from './sops-encrypt.ts'

const test = suite('secrets in files of SOPS')
const folder = folderOf(test)
const withKey = () => keysWith({ ageKeyFiles: [fixture('age-key.txt')] })
const inventory = (): string => folder.write('inventory.yaml', 'all:\n  hosts:\n    a: {}\n')

const tree: Record<string, Tree> = {
  password: 'correct-horse: "battery"\nand staple',
  empty: '',
  port: 5432,
  ratio: 0.0000012,
  on: true,
  off: false,
  nothing: null,
  note_unencrypted: 'seen by all',
  number_unencrypted: 1.5,
  deep: { list: ['one-secret', { more: 'two-secret' }], 'k:e y': 'three-secret' },
}

for (const [kind, write] of [
  ['YAML', (file: unknown) => `# a comment\n${stringify(file)}`],
  ['JSON', (file: unknown) => JSON.stringify(file, undefined, 2)],
] as const) {
  for (const onlyEncrypted of [false, true]) {
    test(`${kind} with values of all types, the digest over ${onlyEncrypted ? 'encrypted values' : 'all values'}`, async () => {
      const { keys, learnt } = withKey()
      const { file } = await sopsEncrypt(tree, { onlyEncrypted })
      const path = folder.write(`vars.${kind}`, write(file))
      assert.equal(await valuesOf(inventory(), keys, [`@${path}`]), tree)
      for (const text of ['one-secret', 'two-secret', 'three-secret', '5432'])
        assert.ok(learnt.includes(text), text)
      assert.not.ok(learnt.includes('seen by all'))
    })
  }
}

test('an inventory of SOPS: hosts are known without a key, values are decrypted when they are read', async () => {
  const { file } = await sopsEncrypt({
    all: { hosts: { a: { user_unencrypted: 'x', pin: '0042' }, b: { pin: '0043' } } },
  })
  const path = folder.write('sops.yaml', stringify(file))
  const hosts = await openedHosts(path, keysWith().keys, { wanted: new Set() })
  assert.equal([...hosts.keys()], ['a', 'b'])
  assert.equal(await valuesOf(path, withKey().keys), { user_unencrypted: 'x', pin: '0042' })
  const error = await rejects(() => valuesOf(path, keysWith().keys), 'secret-locked', 'no identity is set')
  assert.is(error.place?.line, 5)
})

const changes: [string, (file: Record<string, unknown>) => void, RegExp][] = [
  ['a value in the clear', (file) => (file['note_unencrypted'] = 'another'), /sops\.mac/],
  ['a value that is left out', (file) => delete file['port'], /sops\.mac/],
  ['a value put in another’s place', (file) => (file['password'] = file['on']), /password was changed/],
  ['an encrypted value made a plain one', (file) => (file['password'] = 'mine'), /sops\.mac/],
  [
    'a letter of a value',
    (file) =>
      (file['port'] = String(file['port']).replace(/data:./, (text) =>
        text === 'data:A' ? 'data:B' : 'data:A',
      )),
    /port was changed/,
  ],
]
for (const [what, change, message] of changes) {
  test(`refused: ${what}`, async () => {
    const { file } = await sopsEncrypt(tree)
    change(file)
    const path = folder.write('changed.yaml', stringify(file))
    await rejects(() => valuesOf(inventory(), withKey().keys, [`@${path}`]), 'secret-broken', message)
  })
}

test('errors about other key services have a hint', async () => {
  const { file } = await sopsEncrypt({ password: 'correct-horse' })
  const sops = { ...(typeof file['sops'] === 'object' ? file['sops'] : {}), age: [], kms: [{ arn: 'x' }] }
  const path = folder.write('kms.yaml', stringify({ ...file, sops }))
  const work = () => valuesOf(inventory(), withKey().keys, [`@${path}`])
  const error = await rejects(work, 'secret-locked', 'but not for age')
  assert.match(error.hint, '!command')
})

test('a key named sops without a digest is an ordinary variable', async () => {
  const path = folder.write('plain.yaml', 'sops: { version: 3 }\n')
  assert.equal(await valuesOf(inventory(), keysWith().keys, [`@${path}`]), { sops: { version: 3 } })
})
