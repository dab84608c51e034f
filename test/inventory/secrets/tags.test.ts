/** Values from commands, the environment and prompts. Each is fetched once, and only if it is read. */
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rejects } from '../../support/rejects.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { keysWith, openedHosts, valuesOf } from './keys.ts'

const test = suite('secrets from commands, the environment and prompts')
const folder = folderOf(test)
const inventory = (...lines: string[]): string =>
  folder.write(
    'inventory.yaml',
    ['all:', '  hosts:', '    a:', ...lines.map((line) => `      ${line}`), ''].join('\n'),
  )

test('a command, as shell text or as words, without the newline at its end', async () => {
  const { keys, learnt } = keysWith()
  const file = inventory(
    'shell: !command \'printf "se cret\\\\n" | cat\'',
    'words: !command [printf, "%s\\n", "a b; $HOME"]',
    'lines: !command "printf \'one\\ntwo\\n\'"',
    'deep: { list: [x, !command [echo, inner]] }',
  )
  assert.equal(await valuesOf(file, keys), {
    shell: 'se cret',
    words: 'a b; $HOME',
    lines: 'one\ntwo',
    deep: { list: ['x', 'inner'] },
  })
  assert.equal(learnt, ['se cret', 'a b; $HOME', 'one\ntwo', 'inner'])
})

test('it runs once, in the folder of its file', async () => {
  const text = '!command \'echo again >> ran; basename "$PWD"\''
  const file = inventory(`one: ${text}`, `two: ${text}`, 'three: &x !command [pwd]', 'four: *x')
  const { keys } = keysWith()
  const values = await valuesOf(file, keys)
  assert.is(values['one'], folder.path.split('/').at(-1))
  assert.is(values['two'], values['one'])
  assert.is(values['four'], values['three'])
  await valuesOf(file, keys)
  assert.is(readFileSync(folder.at('ran'), 'utf8'), 'again\n')
})

test('a command that fails is reported with its words, its place and its output', async () => {
  const file = inventory('x: 1', "pin: !command 'echo locked >&2; exit 3'")
  const error = await rejects(
    () => valuesOf(file, keysWith().keys),
    'secret-command-failed',
    /exit 3: it exits with 3/,
  )
  assert.is(error.output, 'locked')
  assert.equal([error.place?.line, error.place?.column], [5, 7])
  const missing = inventory('pin: !command [no-such-program-here]')
  await rejects(
    () => valuesOf(missing, keysWith().keys),
    'secret-command-failed',
    'the program does not exist',
  )
  const endless = inventory("pin: !command 'yes'")
  await rejects(() => valuesOf(endless, keysWith().keys), 'secret-command-failed', 'prints more than')
})

test('the environment', async () => {
  const file = inventory('token: !env COXSWAIN_TEST_TOKEN')
  const { keys, learnt } = keysWith({ env: { COXSWAIN_TEST_TOKEN: 'from-outside' } })
  assert.equal(await valuesOf(file, keys), { token: 'from-outside' })
  assert.equal(learnt, ['from-outside'])
  const error = await rejects(
    () => valuesOf(file, keysWith().keys),
    'secret-missing',
    'variable COXSWAIN_TEST_TOKEN is not set',
  )
  assert.is(error.place?.line, 4)
})

test('each question is asked once for all hosts, in the order of the file', async () => {
  const file = folder.write(
    'ask.yaml',
    'all:\n  vars: { one: !prompt First, two: !prompt Second }\n  hosts: { a: { three: !prompt First }, b: {} }\n',
  )
  const { keys, asked } = keysWith({ answers: { First: 'f', Second: 's' } })
  const hosts = await openedHosts(file, keys)
  assert.equal(asked, ['First', 'Second'])
  assert.is(hosts.get('b')?.variables.get('two')?.value, 's')
  assert.is(hosts.get('a')?.variables.get('three')?.value, 'f')
})

test('-e accepts the tags', async () => {
  const { keys } = keysWith({ env: { T: 'typed' } })
  assert.equal(await valuesOf(inventory('x: 1'), keys, ['token=!env T', 'pin=!command "echo 1"']), {
    x: 1,
    token: 'typed',
    pin: '1',
  })
})

test('only values that are read, of the given hosts', async () => {
  const file = folder.write(
    'lazy.yaml',
    'all:\n  vars: { unused: !command [no-such-program-here] }\n  hosts: { a: { pin: !env A }, b: { pin: !env B } }\n',
  )
  const { keys } = keysWith({ env: { A: 'for-a' } })
  const hosts = await openedHosts(file, keys, { names: ['a'], wanted: new Set(['pin']) })
  assert.is(hosts.get('a')?.variables.get('pin')?.value, 'for-a')
})

test('connection variables are always fetched', async () => {
  const { keys } = keysWith({ env: { P: 'login-pw' } })
  const hosts = await openedHosts(inventory('ansible_password: !env P'), keys, { wanted: new Set() })
  assert.is(hosts.get('a')?.settings.get('password')?.value, 'login-pw')
})

const nonsense: [string, RegExp, RegExp][] = [
  ['pin: !vautl x', /unknown tag !vautl/, /did you mean !vault/],
  ['pin: !command { a: b }', /the value of !command is invalid/, /pass show x/],
  ['pin: !command []', /the value of !command is invalid/, /./],
  ['pin: !prompt ""', /the value of !prompt is invalid/, /Question/],
  ['pin: !vault [x]', /the value of !vault is invalid/, /encrypt_string/],
]
for (const [line, message, hint] of nonsense) {
  test(`${line} is reported at its place`, async () => {
    const error = await rejects(
      () => valuesOf(inventory(line), keysWith().keys),
      'inventory-invalid',
      message,
    )
    assert.is(error.place?.line, 4)
    assert.match(error.hint, hint)
  })
}

test('text with !unsafe, and standard tags of YAML, are read as written', async () => {
  assert.equal(await valuesOf(inventory('x: !unsafe "{{ y }}"', 'z: !!str 5'), keysWith().keys), {
    x: '{{ y }}',
    z: '5',
  })
})
