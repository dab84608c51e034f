/** `to_yaml` and `to_nice_yaml`: the text that PyYAML writes, as seen with ansible-core 2.19. */
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { Machine } from '../../../engine/inventory/expressions/machine.ts'
import { fromPlain } from '../../../engine/inventory/expressions/plain.ts'
import { yamlOf } from '../../../engine/inventory/expressions/yaml-writer.ts'
import { readYaml } from '../../../engine/inventory/yaml/read.ts'
import { caseCheckers } from './cases.ts'

const test = suite('YAML in expressions')
const { checkAll, refuseAll } = caseCheckers(folderOf(test))

test('lists and maps in lines of their own, and in brackets', async () => {
  await checkAll([
    ["{'b': [1, 'x'], 'a': {'c': none}} | to_nice_yaml", 'a:\n    c: null\nb:\n- 1\n- x\n'],
    ["{'b': [1, 'x'], 'a': {'c': none}} | to_yaml", 'a: {c: null}\nb: [1, x]\n'],
    ["{'b': 1, 'a': 2} | to_nice_yaml(sort_keys=false)", 'b: 1\na: 2\n'],
    ["[{'a': [1], 'b': 2}] | to_nice_yaml", '-   a:\n    - 1\n    b: 2\n'],
    ["[{'a': [1], 'b': 2}] | to_nice_yaml(2)", '- a:\n  - 1\n  b: 2\n'],
    ["[{'a': [1], 'b': 2}] | to_yaml", '- a: [1]\n  b: 2\n'],
    ['[[1, 2], [3]] | to_nice_yaml', '-   - 1\n    - 2\n-   - 3\n'],
    ["{'a': [[1, 2], {'b': [1]}]} | to_yaml", 'a:\n- [1, 2]\n- b: [1]\n'],
    ['[[], {}] | to_nice_yaml', '- []\n- {}\n'],
    ["{'a': 1} | to_nice_yaml(explicit_start=true, explicit_end=true)", '---\na: 1\n...\n'],
    ["{'a': [1]} | to_yaml(default_flow_style=false)", 'a:\n- 1\n'],
    ["{'a': [1]} | to_yaml(default_flow_style=true)", '{a: [1]}\n'],
  ])
})

test('scalars are quoted where YAML 1.1 reads something else', async () => {
  const texts: readonly (readonly [string, string])[] = [
    ['yes', "'yes'"],
    ['y', 'y'],
    ['017', "'017'"],
    ['0o17', '0o17'],
    ['1e3', '1e3'],
    ['12:30', "'12:30'"],
    ['2020-01-01', "'2020-01-01'"],
    ['1.2.3', '1.2.3'],
    ['', "''"],
    ['- a', "'- a'"],
    ['-a', '-a'],
    ['a: b', "'a: b'"],
    ['a:b', 'a:b'],
    ['a #b', "'a #b'"],
    ['@a', "'@a'"],
    [' a', "' a'"],
    ["it's", "it's"],
    ["'", "''''"],
  ]
  await checkAll(texts.map(([text, written]) => [`${JSON.stringify(text)} | to_yaml`, `${written}\n`]))
  await checkAll([
    ['1.0 | to_yaml', '1.0\n'],
    ['1e20 | to_yaml', '1.0e+20\n'],
    ['none | to_yaml', 'null\n'],
    ["['a,b', 'a]'] | to_yaml", "['a,b', 'a]']\n"],
    [String.raw`{% set x = {'k': 'a\nb'} %}{{ x | to_nice_yaml }}`, "k: 'a\n\n    b'\n"],
    [String.raw`{% set x = {'k': 'a\tb'} %}{{ x | to_nice_yaml }}`, 'k: "a\\tb"\n'],
    ["{'k': '😀'} | to_nice_yaml", 'k: "\\U0001F600"\n'],
  ])
})

test('long lines are folded at the width', async () => {
  const words = Array.from({ length: 5 }, () => 'x'.repeat(30)).join(' ')
  await checkAll([
    [`{'k': '${words}'} | to_nice_yaml`, `k: ${words.slice(0, 92)}\n    ${words.slice(93)}\n`],
    [`{'k': '${words}'} | to_nice_yaml(width=1000)`, `k: ${words}\n`],
  ])
})

test('what YAML would read differently than Ansible writes it is refused', async () => {
  await refuseAll([
    ["{80: 'a'} | to_nice_yaml", 'the key 80 can be text or not'],
    [`{'${'k'.repeat(128)}': 1} | to_yaml`, 'a key of YAML has at most 127 characters'],
    ["{'a': 1} | to_nice_yaml(default_style='x')", 'has no argument default_style'],
  ])
})

test('property: what is written is read as the same value', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({
      unit: fc.constantFrom(' ', '\n', ':', '#', '-', 'a', "'", '"', ',', '[', '{', '\\', '\t', '1', 'é'),
    }),
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('any'), { maxLength: 4 }),
    map: fc.dictionary(fc.constantFrom('k', 'a b', 'x:', '-q', 'é'), tie('any'), { noNullPrototype: true }),
  })).any
  const style = fc.record({
    indent: fc.integer({ min: 2, max: 9 }),
    width: fc.integer({ min: 20, max: 100 }),
    sort: fc.boolean(),
    flow: fc.constantFrom(true, false, undefined),
    start: fc.boolean(),
    end: fc.boolean(),
  })
  fc.assert(
    fc.property(value, style, (written, how) => {
      const made = yamlOf(new Machine(), fromPlain(written), how)
      assert.equal(readYaml('made', made).value, written, made)
    }),
  )
})
