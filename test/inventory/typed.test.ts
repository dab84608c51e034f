import * as assert from 'uvu/assert'
import { z } from 'zod'
import { parseVariables } from '../../engine/inventory/variables/parse.ts'
import { parseExtra } from '../../engine/inventory/variables/resolve.ts'
import { suite } from '../support/spec.ts'

const test = suite('variables of the command line')

const given = async (schema: z.ZodType, text: string): Promise<unknown> => {
  const parsed = parseVariables(z.object({ v: schema }), await parseExtra([`v=${text}`]))
  return parsed.success ? parsed.data.v : parsed.error.issues[0]?.message
}

test('a text is what was typed', async () => {
  for (const text of [
    '1.30',
    '0123',
    '1e3',
    'no',
    '~',
    'a #b',
    ' a ',
    'a\n\nb\nc',
    'a: b',
    '12345678901234567890',
  ])
    assert.is(await given(z.string(), text), text)
})

test('a number, a truth value and a list are what the schema makes of it', async () => {
  assert.is(await given(z.number(), '1.30'), 1.3)
  assert.is(await given(z.boolean(), 'true'), true)
  assert.equal(await given(z.array(z.string()), '[a, 1.30]'), ['a', '1.30'])
})
