/** Arguments, formats and patterns mean what they mean in Python, or are refused: none is ignored. */
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { filterNames, testNames } from '../../../engine/inventory/expressions/library-of.ts'
import { textMethods } from '../../../engine/inventory/expressions/methods.ts'
import { validateAll } from '../../../engine/inventory/variables/validate.ts'
import { folderOf } from '../../support/folder.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { pythonErrors, pythonValues } from './as-python.ts'
import { evaluatedReader, valuesReader } from './evaluated.ts'

const test = suite('expressions as in Python')
const folder = folderOf(test)
const read = evaluatedReader(folder)
const valuesOf = valuesReader(folder)

const refuse = async (text: string, words: string): Promise<void> => {
  const host = await read(`all:\n  hosts:\n    a:\n      v: ${JSON.stringify(text)}\n`)
  await rejects(() => validateAll(z.object({ v: z.any() }), [host]), 'variables-invalid', words)
}

for (const [text, value] of pythonValues)
  test(`${text} is as in Ansible`, async () => {
    const { v } = await valuesOf(`v: ${JSON.stringify(text)}`)
    assert.equal(v, value)
  })

for (const [text, words] of pythonErrors)
  test(`${text} is refused`, async () => {
    await refuse(text, words)
  })

test('what JavaScript does not have is refused by name', async () => {
  const cases = [
    ['(?i:a)b', 'flags for a group (?i:…), which is not supported'],
    ['(?>a)b', 'an atomic group (?>…), which is not supported'],
    ['(a)?(?(1)b|c)', 'a condition (?(…)…), which is not supported'],
    ['a++b', 'a possessive repetition ++, which is not supported'],
    ['a{2}+', 'a possessive repetition {2}+, which is not supported'],
    ['a(?i)b', 'malformed: flags such as (?i) come first'],
  ] as const
  for (const [pattern, words] of cases) await refuse(`{{ 'ab' | regex_replace('${pattern}', 'x') }}`, words)
})

/** Filters that pass arguments on, or take any. */
const open = new Set(['format', 'map', 'select', 'reject', 'selectattr', 'rejectattr'])

test('each filter, test and method refuses an argument that it does not have', async () => {
  for (const name of filterNames.filter((one) => !open.has(one)))
    await refuse(`{{ 'a' | ${name}(nonsense=1) }}`, name)
  for (const name of testNames.filter((one) => /^[a-z]/.test(one)))
    await refuse(`{{ 'a' is ${name}(nonsense=1) }}`, name)
  for (const name of Object.keys(textMethods).filter((one) => one !== 'format'))
    await refuse(`{{ 'a'.${name}(nonsense=1) }}`, name)
})

test('options that a lookup does not have are refused', async () => {
  await refuse(
    "{{ lookup('env', 'HOME', defualt='x') }}",
    "lookup('env') has no argument defualt (did you mean default?)",
  )
  await refuse("{{ query('sequence', 'count=2', step=2) }}", "lookup('sequence') has no argument step")
})
