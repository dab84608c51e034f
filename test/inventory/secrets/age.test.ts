/** Files encrypted with age, by age itself. */
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { Encrypter, identityToRecipient } from 'age-encryption'
import * as assert from 'uvu/assert'
import { rejects } from '../../support/rejects.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { fixture, identityIn, keysWith, valuesOf } from './keys.ts'

const test = suite('secrets encrypted with age')
const folder = folderOf(test)

const inventory = (): string => folder.write('inventory.yaml', 'all:\n  hosts:\n    a: { plain: true }\n')
const plain = {
  db_password: 'correct-horse-battery',
  pin: 34,
  db_port: 5432,
  roles: ['reader', 'writer-of-all'],
}

for (const name of ['vars.yaml.age', 'vars.armored.yaml.age']) {
  test(`${name} is read, and its values are secrets with the digits as written`, async () => {
    const { keys, learnt } = keysWith({ ageKeyFiles: [fixture('age-key.txt')] })
    const values = await valuesOf(inventory(), keys, [`@${fixture(name)}`])
    assert.equal(values, { plain: true, ...plain })
    for (const text of [
      'correct-horse-battery',
      '0042',
      '5432',
      'reader',
      'writer-of-all',
      identityIn('age-key.txt'),
    ])
      assert.ok(learnt.includes(text), text)
  })
}

const identity = identityIn('age-key.txt')
const places: [string, Parameters<typeof keysWith>[0]][] = [
  ['SOPS_AGE_KEY', { env: { SOPS_AGE_KEY: identity } }],
  [
    'SOPS_AGE_KEY, one of several',
    { env: { SOPS_AGE_KEY: `${identityIn('other-age-key.txt')}\n${identity}\n` } },
  ],
  ['SOPS_AGE_KEY_FILE', { env: { SOPS_AGE_KEY_FILE: fixture('age-key.txt') } }],
  ['COXSWAIN_AGE_KEY_FILE', { env: { COXSWAIN_AGE_KEY_FILE: fixture('age-key.txt') } }],
  ['the usual file of sops', { home: folder.path }],
]
for (const [where, options] of places) {
  test(`the identity is found in ${where}`, async () => {
    mkdirSync(folder.at('.config/sops/age'), { recursive: true })
    copyFileSync(fixture('age-key.txt'), folder.at('.config/sops/age/keys.txt'))
    const values = await valuesOf(inventory(), keysWith(options).keys, [`@${fixture('vars.yaml.age')}`])
    assert.is(values['db_password'], 'correct-horse-battery')
  })
}

const wrong: [string, Parameters<typeof keysWith>[0], Parameters<typeof rejects>[1], RegExp][] = [
  ['no identity', {}, 'secret-locked', /vars\.yaml\.age is encrypted with age, but no identity is set/],
  [
    'the identity of another person',
    { ageKeyFiles: [fixture('other-age-key.txt')] },
    'secret-locked',
    /for other recipients: the identity does not match/,
  ],
  [
    'a file of keys that is not there',
    { ageKeyFiles: ['/nonexistent/key'] },
    'secret-missing',
    /\/nonexistent\/key/,
  ],
  ['half a key', { env: { SOPS_AGE_KEY: identity.slice(0, 40) } }, 'secret-locked', /not a valid key/],
]
for (const [what, options, code, message] of wrong) {
  test(`${what} is reported with a hint and without a key`, async () => {
    const work = () => valuesOf(inventory(), keysWith(options).keys, [`@${fixture('vars.yaml.age')}`])
    const error = await rejects(work, code, message)
    assert.match(error.hint, /./)
    assert.not.match(`${error.message}${error.hint}${error.stack}`, identity.slice(0, 40))
  })
}

test('a changed file is refused', async () => {
  const bytes = readFileSync(fixture('vars.yaml.age'))
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  const file = folder.write('changed.age', bytes)
  const { keys } = keysWith({ ageKeyFiles: [fixture('age-key.txt')] })
  await rejects(() => valuesOf(inventory(), keys, [`@${file}`]), 'secret-broken', 'not a complete age file')
})

test('an encrypted inventory is read, and no error shows a line of it', async () => {
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(identity))
  const encrypt = async (text: string): Promise<string> =>
    folder.write('inventory.age', Buffer.from(await encrypter.encrypt(text)))
  const { keys, learnt } = keysWith({ ageKeyFiles: [fixture('age-key.txt')] })
  const values = await valuesOf(await encrypt('all:\n  hosts:\n    a: { greeting: hush-hush }\n'), keys)
  assert.equal(values, { greeting: 'hush-hush' })
  assert.ok(learnt.includes('hush-hush'))
  for (const broken of [
    'all:\n  hosts:\n    a: { x: "hush-hush\n',
    'all:\n  hosts: { a: *hush-hush }\n',
    'all:\n  hosts: [hush-hush]\n',
  ]) {
    const file = await encrypt(broken)
    const error = await rejects(() => valuesOf(file, keys), 'inventory-invalid', /./)
    assert.is(error.place?.excerpt, undefined)
    assert.not.match(`${error.message} ${error.hint}`, 'hush-hush')
  }
})

test('a value with the tag !age that is not encrypted is an error that names the command', async () => {
  const { keys } = keysWith({ ageKeyFiles: [fixture('age-key.txt')] })
  const file = folder.write('plain-age.yaml', 'all: { hosts: { a: { pin: !age hello } } }\n')
  const error = await rejects(() => valuesOf(file, keys), 'secret-broken', 'is not encrypted with age')
  assert.match(error.hint, 'run secret encrypt --name')
})
