/** Problems that users have with other engines, and not here; the numbers are those of their issues. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { fileMode } from '../../engine/dsl/schema.ts'
import { validateAll, variablesOf } from '../../engine/inventory/variables/validate.ts'
import { shell } from '../../engine/remote/quote.ts'
import type { Word } from '../../engine/remote/quote.ts'
import { renderTemplate } from '../../tasks/files/templates/render.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { hostReader } from './host-of.ts'

const test = suite('known problems of inventories')

const hostOf = hostReader(folderOf(test))

for (const digits of ['2750', '0644', '0755', '644']) {
  test(`pain 7: a mode written as ${digits} is these digits, not the YAML number`, async () => {
    const host = await hostOf(`all: { hosts: { a: { mode: ${digits} } } }\n`)
    assert.is(variablesOf(z.object({ mode: fileMode() }), host).mode, digits.padStart(4, '0'))
  })
}

test('pain 7: a mode without octal digits, or a number in TypeScript, is refused', async () => {
  const host = await hostOf('all: { hosts: { a: { mode: 0o644, other: 1800, long: 002750 } } }\n')
  const schema = z.object({ mode: fileMode(), other: fileMode(), long: fileMode() })
  const error = await rejects(() => variablesOf(schema, host), 'variables-invalid', 'octal digits')
  assert.match(error.message, 'mode: octal digits as text are needed')
  assert.match(error.message, 'other: octal digits as text are needed')
  assert.match(error.message, 'long: octal digits as text are needed')
  assert.not.ok(fileMode().safeParse(0o644).success)
})

test('pain 7: a nested mode is also these digits', async () => {
  const host = await hostOf(
    'all: { hosts: { a: { files: [{ path: /x, mode: 0640 }], deep: { mode: 2750 } } } }\n',
  )
  const schema = z.object({
    files: z.array(z.object({ path: z.string(), mode: fileMode() })),
    deep: z.object({ mode: fileMode(), size: z.number().default(1) }),
  })
  assert.equal(variablesOf(schema, host), {
    files: [{ path: '/x', mode: '0640' }],
    deep: { mode: '2750', size: 1 },
  })
})

test('pain 5: an error names the missing variable, its hosts and the misspelt name', async () => {
  const hosts = [await hostOf('all: { hosts: { a: { adress_pool: x } } }\n')]
  const schema = z.object({ address_pool: z.string(), nested: z.object({ size: z.number() }).optional() })
  const error = await rejects(
    () => validateAll(schema, hosts),
    'variables-invalid',
    'address_pool is not set',
  )
  assert.match(error.message, 'a: address_pool is not set (did you mean adress_pool?)')
})

test('pain 5: an error names the missing part of a value, and its place', async () => {
  const hosts = [await hostOf('all:\n  hosts:\n    a:\n      nested: { siez: 1 }\n')]
  const schema = z.object({ nested: z.object({ size: z.number() }) })
  const error = await rejects(() => validateAll(schema, hosts), 'variables-invalid', 'nested.size')
  assert.match(error.message, /inventory\.yaml:4:7/)
})

test('pain 5: an error of a template names the missing variable and the line', async () => {
  const error = await rejects(
    () => renderTemplate('a {{given}}\nb {{missing}}\n', { given: 1 }, 'x.hbs'),
    'template-invalid',
    'x.hbs uses a variable that is not set: missing',
  )
  assert.is(error.place?.line, 2)
})

test('pain 5: a command with an undefined value is refused', () => {
  // JavaScript can pass values that the types refuse
  const lost: Word = JSON.parse('{}').none
  assert.throws(() => shell`rm -rf ${lost}/x`, /undefined/)
})
