/** Expressions in values: what cannot be evaluated is an error only if it is read. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { secret } from '../../engine/dsl/schema.ts'
import type { Host } from '../../engine/inventory/types.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import { validateAll, variablesOf } from '../../engine/inventory/variables/validate.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { evaluatedHosts, evaluatedReader } from './expressions/evaluated.ts'

const test = suite('templates in inventories')
const folder = folderOf(test)
const hostOf = evaluatedReader(folder)
const withVariables = (lines: string): Promise<Host> => hostOf(`all:\n  hosts:\n    a:\n${lines}`)

for (const text of ['{{ b }}', 'x-{{ b }}', '{% if b %}x{% endif %}', 'x{# note', '{{ b']) {
  test(`"${text}" is an error if it is read, with its place and a hint`, async () => {
    const host = await withVariables(`      fine: x\n      v: "${text}"\n`)
    for (const schema of [
      z.string(),
      z.any(),
      z.unknown(),
      z.coerce.number(),
      z.union([z.string(), z.number()]),
    ]) {
      const error = await rejects(
        () => validateAll(z.object({ v: schema }), [host]),
        'variables-invalid',
        `v: ${text}: `,
      )
      assert.match(error.message, /inventory\.yaml:5:1[0-9]/)
    }
  })
  test(`"${text}" is not an error unless it is read`, async () => {
    const host = await withVariables(
      `      fine: x\n      v: "${text}"\n      ansible_python_interpreter: "${text}"\n`,
    )
    assert.equal(variablesOf(z.object({ fine: z.string() }), host), { fine: 'x' })
    connectionVarsOf(host)
    const loose = variablesOf(z.looseObject({ fine: z.string() }), host)
    assert.is(loose.fine, 'x')
    await rejects(() => loose['v'], 'variables-invalid', /b is undefined|is not closed/)
  })
}

test('a nested template is reported with its path and its own line', async () => {
  const host = await withVariables('      v:\n        list:\n          - fine\n          - "{{ b }}"\n')
  const schema = z.object({ v: z.object({ list: z.array(z.string()) }) })
  const error = await rejects(
    () => validateAll(schema, [host]),
    'variables-invalid',
    'v.list.1: {{ b }}: b is undefined',
  )
  assert.match(error.message, 'inventory.yaml:7:17')
  await rejects(() => validateAll(z.object({ v: z.any() }), [host]), 'variables-invalid', 'v.list.1')
  validateAll(z.object({ v: z.object({}) }), [host])
})

const settings = [
  'ansible_host',
  'ansible_user',
  'ansible_port',
  'ansible_connection',
  'ansible_ssh_private_key_file',
  'ansible_become',
  'ansible_become_user',
  'ansible_become_method',
  'address',
  'user',
  'proxy_jump',
]
for (const name of settings) {
  test(`${name} that cannot be evaluated is an error at its place`, async () => {
    const host = await withVariables(`      ${name}: "{{ site_value }}"\n`)
    const error = await rejects(
      () => connectionVarsOf(host),
      'inventory-invalid',
      '{{ site_value }}: site_value is undefined',
    )
    assert.equal([error.place?.line, error.host], [4, 'a'])
  })
}

for (const name of ['ansible_password', 'ansible_become_password', 'become_password', 'password']) {
  test(`${name} that cannot be evaluated is an error that does not show its value`, async () => {
    const host = await withVariables(`      ${name}: "hush{{ x }}"\n`)
    const error = await rejects(
      () => connectionVarsOf(host),
      'inventory-invalid',
      'the value: x is undefined',
    )
    assert.not.match(`${error.message} ${JSON.stringify(error.place)}`, 'hush')
  })
}

test('text marked as unsafe is not a template', async () => {
  const host = await withVariables('      v: !unsafe "{{ b }}"\n      list: !unsafe ["{{ b }}"]\n')
  assert.equal(variablesOf(z.object({ v: z.string(), list: z.array(z.any()) }), host), {
    v: '{{ b }}',
    list: ['{{ b }}'],
  })
})

test('expressions in INI, in group_vars and in JSON are evaluated', async () => {
  const source = folder.write(
    'site/hosts',
    '[web]\nw1 a="{{ x }}" b=[\'{{ x }}\'] c=plain\n[web:vars]\nd={{ x }}\n',
  )
  folder.write('site/group_vars/web.json', '{"e": {"f": "{{ x }}"}}')
  const host = (await evaluatedHosts([source])).get('w1')
  if (host === undefined) throw new Error('no host')
  for (const name of ['a', 'b', 'd', 'e']) {
    const schema = z.object({ [name]: z.any() })
    await rejects(() => variablesOf(schema, host), 'variables-invalid', /\{\{ x \}\}\]?: x is undefined/)
  }
  const known = (await evaluatedHosts([source, folder.write('x.yaml', 'all: { vars: { x: 5 } }')])).get('w1')
  if (known === undefined) throw new Error('no host')
  const schema = z.object({ a: z.number(), b: z.string(), d: z.string(), e: z.any(), c: z.string() })
  assert.equal(variablesOf(schema, known), { a: 5, b: '[5]', d: '5', e: { f: 5 }, c: 'plain' })
})

test('values typed on the command line are not templates', async () => {
  const variables = await parseExtra(['v=x {{ b }}', 'w={{ b }}'])
  const vars = variablesOf(z.object({ v: z.string(), w: z.any() }), { name: 'a', variables })
  assert.equal(vars, { v: 'x {{ b }}', w: '{{ b }}' })
})

test('a secret that is a template is reported without its value', async () => {
  const host = await withVariables('      pin: "hush{{ b }}"\n')
  const error = await rejects(
    () => variablesOf(z.object({ pin: secret() }), host),
    'variables-invalid',
    'pin: the value: b is undefined',
  )
  assert.not.match(error.message, 'hush')
})

const unquoted: [string, number?][] = [
  ['{{ b }}', 10],
  ['[ {{ b }} ]', 12],
  ['{{ b }}/x'],
  ['{{ b }} and {{ c }}'],
  ["{{ b | default('x') }}", 10],
  ['{% if b %}x{% endif %}'],
]
for (const [text, column] of unquoted) {
  test(`v: ${text} without quotes is an error that says to quote it`, async () => {
    const error = await rejects(() => withVariables(`      v: ${text}\n`), 'inventory-invalid', /./)
    assert.is(error.place?.line, 4)
    if (column !== undefined) assert.is(error.place?.column, column)
    assert.match(error.hint, 'quote')
  })
}

test('a password that is only another variable is reported with the name of that variable', async () => {
  const host = await withVariables('      ansible_become_password: "{{ vault_become }}"\n')
  const error = await rejects(
    () => connectionVarsOf(host),
    'inventory-invalid',
    '{{ vault_become }}: vault_become is undefined',
  )
  assert.is(error.place?.line, 4)
  const quoted = await withVariables(`      ansible_password: "{{ 'hush' | nothing }}"\n`)
  const unknown = await rejects(
    () => connectionVarsOf(quoted),
    'inventory-invalid',
    'the value: there is no filter',
  )
  assert.not.match(unknown.message, 'hush')
})
