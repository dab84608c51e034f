/** Values that `z.coerce` would coerce wrongly. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { miscoerced } from '../../engine/dsl/coercion.ts'
import { isDecimal } from '../../engine/dsl/decimal.ts'
import { suite } from '../support/spec.ts'

const test = suite('coercion')

const refused = (schema: z.ZodType, value: unknown): boolean => miscoerced(schema, value).length > 0

const schemas: [string, z.ZodType, unknown[], unknown[]][] = [
  [
    'a number',
    z.coerce.number(),
    [5, 1.5, '5', '-1', '+1', '1.50', '.5', '1e3', '0'],
    [
      '',
      ' ',
      ' 5 ',
      '0x10',
      '0b1',
      '0o7',
      '010',
      '1_000',
      'Infinity',
      'x',
      true,
      false,
      new Date(0),
      null,
      undefined,
      [5],
      {},
    ],
  ],
  ['a bigint', z.coerce.bigint(), [5n, 5, '5'], ['', ' 5', '0x10', true, null, []]],
  [
    'a boolean',
    z.coerce.boolean(),
    [true, false, 0, 1],
    ['no', 'yes', 'false', '', 2, null, undefined, [], {}],
  ],
  [
    'a date',
    z.coerce.date(),
    [new Date(0), '2024-01-02', '2024-01-02T03:04:05Z', '2024-01-02 03:04', '2024-01-02T03:04:05.5+02:00'],
    ['5', '2024', '1,2', '', 5, true, null, undefined, [1, 2]],
  ],
  ['text', z.coerce.string(), ['', 'x', 5, true], [null, undefined, [], {}]],
]
for (const [what, schema, fine, wrong] of schemas) {
  test(`${what} is only coerced from values that mean one`, () => {
    for (const value of fine) assert.not(refused(schema, value), String(value))
    for (const value of wrong) assert.ok(refused(schema, value), String(value))
  })
}

test('the path of a nested value is reported', () => {
  const schema = z.object({
    ports: z.array(z.coerce.number()).optional(),
    on: z.coerce.boolean().default(true),
  })
  assert.equal(miscoerced(schema, { ports: ['1', '0x10'], on: 'no' }), [
    { path: ['ports', 1], needed: 'a number is needed' },
    { path: ['on'], needed: 'true or false is needed' },
  ])
  assert.equal(miscoerced(schema, {}), [])
})

test('a union can take a value that a member accepts without coercion', () => {
  assert.not(refused(z.union([z.coerce.number(), z.string()]), '0x10'))
  assert.ok(refused(z.union([z.coerce.number(), z.boolean()]), '0x10'))
})

test('a decimal has the same meaning in every language', () => {
  for (const text of ['0', '1', '-1', '1.', '1.5', '.5', '1e3', '1E-3']) assert.ok(isDecimal(text), text)
  for (const text of ['', '.', 'e', '01', '1 ', '0x1', '--1', '1e', '1_0', '٣'])
    assert.not(isDecimal(text), text)
})
