/** What a cluster says stays text in an inventory: an expression in it would run programs on this machine. */
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { openWorkspace } from '../../../../engine/cli/session/workspace.ts'
import { z } from '../../../../engine/index.ts'
import { variablesOf } from '../../../../engine/inventory/variables/validate.ts'
import { variablesText } from '../../../../tasks/kubernetes/adoption/variables-text.ts'
import { folderOf } from '../../../support/folder.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { optionsWith } from '../../../support/run-options.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('a file of variables')
const place = folderOf(test)

const schema = z.object({
  args: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  any: z.looseObject({ number: z.number(), flag: z.boolean() }),
})

/** The variables that an inventory reads from a file of them. */
const readBack = async (name: string, text: string): Promise<unknown> => {
  const inventory = place.write(`${name}/inventory.yaml`, 'all: {hosts: {m1: {}}}\n')
  place.write(`${name}/group_vars/all/adopted.yaml`, text)
  const names = new Set(['args', 'any'])
  const { inventoryView, evaluate } = await openWorkspace(optionsWith({ inventory: [inventory] }))
  await evaluate(names)
  const host = inventoryView.hosts.get('m1')
  assert.ok(host)
  return host && variablesOf(schema, host)
}

const texts = fc.oneof(
  fc.constantFrom(
    '{{ lookup("pipe", "touch /tmp/x") }}',
    "a {% if true %}b{% endif %} '",
    '{# c #}',
    '{{',
    '!command id',
    '1.10',
    'yes',
    '0x1f',
    '~',
    ' a ',
    'a\nb: c\n',
    '# x',
    '*a',
    '\u2028{{ x }}',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)

test('an inventory reads each text as it was, also one that looks like an expression', async () => {
  let count = 0
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.stringMatching(/^[a-z-]{1,6}$/),
        fc.oneof(texts, fc.array(texts, { minLength: 2, maxLength: 3 })),
      ),
      async (drawn) => {
        count += 1
        const args = { ...drawn }
        const any = { number: 60, flag: false }
        const found = await readBack(String(count), variablesText({ args, any }, ['{{ x }}', 'a\nb: 1']))
        assert.is(JSON.stringify(found), JSON.stringify({ args, any }))
      },
    ),
    propertyRuns(100),
  )
})
