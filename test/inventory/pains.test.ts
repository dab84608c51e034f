/** Pains that people have with other engines, and have not here: numbers as in the issues that complain of them. */
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

const test = suite('pains of inventories')

const hostOf = hostReader(folderOf(test))

for (const digits of ['2750', '0644', '0755', '644']) {
  test(`pain 7: a mode written as ${digits} is these digits, whatever YAML makes of them`, async () => {
    const host = await hostOf(`all: { hosts: { a: { mode: ${digits} } } }\n`)
    assert.is(variablesOf(z.object({ mode: fileMode() }), host).mode, digits.padStart(4, '0'))
  })
}

test('pain 7: a mode that is no octal digits, or a number in TypeScript, is refused', async () => {
  const host = await hostOf('all: { hosts: { a: { mode: 0o644, other: 1800, long: 002750 } } }\n')
  const schema = z.object({ mode: fileMode(), other: fileMode(), long: fileMode() })
  const error = await rejects(() => variablesOf(schema, host), 'variables-invalid', 'octal digits')
  assert.match(error.message, 'mode: octal digits as text are needed')
  assert.match(error.message, 'other: octal digits as text are needed')
  assert.match(error.message, 'long: octal digits as text are needed')
  assert.not.ok(fileMode().safeParse(0o644).success)
})

test('pain 7: a mode deep in a value is these digits, too', async () => {
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

test('pain 5: an error names what is not set, on which hosts, and the slip of the pen', async () => {
  const hosts = [await hostOf('all: { hosts: { a: { adress_pool: x } } }\n')]
  const schema = z.object({ address_pool: z.string(), nested: z.object({ size: z.number() }).optional() })
  const error = await rejects(
    () => validateAll(schema, hosts),
    'variables-invalid',
    'address_pool is not set',
  )
  assert.match(error.message, 'a: address_pool is not set (adress_pool is: a slip of the pen?)')
})

test('pain 5: an error names the part of a value that is not set, and its place', async () => {
  const hosts = [await hostOf('all:\n  hosts:\n    a:\n      nested: { siez: 1 }\n')]
  const schema = z.object({ nested: z.object({ size: z.number() }) })
  const error = await rejects(() => validateAll(schema, hosts), 'variables-invalid', 'nested.size')
  assert.match(error.message, /inventory\.yaml:4:7/)
})

test('pain 5: a template names the variable that it lacks, and the line', async () => {
  const error = await rejects(
    () => renderTemplate('a {{given}}\nb {{missing}}\n', { given: 1 }, 'x.hbs'),
    'template-invalid',
    'x.hbs names a variable that is not given: missing',
  )
  assert.is(error.place?.line, 2)
})

test('pain 5: a command with a hole in it is not made', () => {
  // what the types refuse may still come from JavaScript
  const lost: Word = JSON.parse('{}').none
  assert.throws(() => shell`rm -rf ${lost}/x`, /undefined/)
})
