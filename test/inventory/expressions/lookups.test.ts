/** What expressions look up on this machine. */
import * as assert from 'uvu/assert'
import { existsSync, symlinkSync } from 'node:fs'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { keysWith } from '../secrets/keys.ts'
import { evaluatedReader, valuesReader } from './evaluated.ts'

const test = suite('lookups in expressions')
const folder = folderOf(test)
const valuesOf = valuesReader(folder)
const read = evaluatedReader(folder)

const env = { PLACE: 'here', API_TOKEN: 'hush-4711' }
const valueOf = async (expression: string, playbookFolder = folder.path): Promise<unknown> =>
  (
    await valuesOf(`v: ${JSON.stringify(`{{ ${expression} }}`)}`, {
      keys: keysWith({ env }).keys,
      playbookFolder,
    })
  )['v']

test('variables of the environment', async () => {
  assert.is(await valueOf("lookup('env', 'PLACE')"), 'here')
  assert.is(await valueOf("lookup('env', 'NOWHERE')"), '')
  assert.is(await valueOf("lookup('env', 'NOWHERE') | default('x', true)"), 'x')
  assert.is(await valueOf("lookup('env', 'NOWHERE', default='x')"), 'x')
  assert.is(await valueOf("lookup('ansible.builtin.env', 'PLACE', 'PLACE')"), 'here,here')
  assert.equal(await valueOf("query('env', 'PLACE')"), ['here'])
  assert.equal(await valueOf("lookup('env', 'PLACE', wantlist=true)"), ['here'])
})

test('a variable of the environment whose name suggests a secret is hidden', async () => {
  const text = "all: { hosts: { a: { v: \"{{ lookup('env', 'API_TOKEN') }}\" } } }"
  const host = await read(text, { keys: keysWith({ env }).keys })
  assert.equal([host.variables.get('v')?.value, host.variables.get('v')?.hidden], ['hush-4711', true])
})

test('files beside the playbook, in its files/, and beside the inventory', async () => {
  folder.write('book/files/one.txt', ' one \n\n')
  folder.write('book/two.txt', 'two')
  folder.write('three.txt', 'three')
  const book = folder.at('book')
  assert.is(await valueOf("lookup('file', 'one.txt')", book), ' one')
  assert.is(await valueOf("lookup('file', 'one.txt', rstrip=false)", book), ' one \n\n')
  assert.is(await valueOf("lookup('file', 'two.txt')", book), 'two')
  assert.is(await valueOf("lookup('file', 'three.txt')", book), 'three')
  assert.is(await valueOf(`lookup('file', '${folder.at('three.txt')}')`, book), 'three')
  assert.is(await valueOf("lookup('file', 'none.txt', errors='ignore')", book), null)
  assert.equal(await valueOf("query('file', 'two.txt', 'none.txt', errors='ignore')", book), [])
  assert.is(await valueOf("lookup('file', 'none.txt', errors='ignore') | default('x', true)", book), 'x')
})

for (const [name, message] of [
  ['none.txt', 'there is no file none.txt'],
  ['/dev/zero', '/dev/zero is not a regular file'],
  ['vaulted', 'is encrypted'],
  ['loop', 'there is no file loop'],
] as const)
  test(`the file ${name} is an error: ${message}`, async () => {
    folder.write('vaulted', '$ANSIBLE_VAULT;1.1;AES256\n6162\n')
    if (name === 'loop') symlinkSync('loop', folder.at('loop'))
    const host = await read(`all: { hosts: { a: { v: "{{ lookup('file', '${name}') }}" } } }`, {
      playbookFolder: folder.path,
    })
    assert.match(JSON.stringify(host.variables.get('v')?.written), message)
  })

test('programs run in the folder of the playbook, once for all hosts', async () => {
  folder.write('counted', '')
  const host = await read(
    `all:
  vars:
    v: "{{ lookup('pipe', 'echo x >> counted; pwd; wc -l < counted') }}"
    w: "{{ v.split()[-1] | int }}"
  hosts: { a: , b: }
`,
    { playbookFolder: folder.path },
  )
  assert.equal([host.variables.get('v')?.value, host.variables.get('w')?.value], [`${folder.path}\n1`, 1])
})

test('a program that fails is an error with what it printed', async () => {
  const host = await read(
    "all: { hosts: { a: { pin: 4711, v: \"{{ lookup('pipe', 'echo broken >&2; exit 3; ' ~ pin) }}\" } } }",
  )
  const said = JSON.stringify(host.variables.get('v')?.written)
  assert.match(said, "the program of lookup('pipe') failed: it exits with 3 (broken)")
})

test('no program is run without keys', async () => {
  const values = await valuesOf(`v: "{{ lookup('pipe', 'touch ${folder.at('touched')}') }}"`, { keys: null })
  assert.is(values['v'], `{{ lookup('pipe', 'touch ${folder.at('touched')}') }}`)
  assert.not.ok(existsSync(folder.at('touched')))
})

test('texts in the arguments of a lookup can have expressions of their own', async () => {
  const values = await valuesOf("n: PLACE\nv: \"{{ lookup('env', '{{ n }}') }}\"\nw: \"{{ '{{ n }}' }}\"", {
    keys: keysWith({ env }).keys,
  })
  assert.equal([values['v'], values['w']], ['here', '{{ n }}'])
})

test('variables by name', async () => {
  const values = await valuesOf("n: 4\nv: \"{{ lookup('vars', 'n') }}\"")
  assert.is(values['v'], 4)
})
