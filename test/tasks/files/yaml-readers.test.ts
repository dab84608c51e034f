/** Readers of YAML 1.2, YAML 1.1 and PyYAML, if installed, read the values that yaml-setting writes. */
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { withYamlSetting } from '../../../tasks/files/yaml-setting.ts'
import { suite } from '../../support/spec.ts'

const test = suite('readers of YAML')

const set = (text: string, key: string, value: unknown): string =>
  withYamlSetting(text, { path: '/f', create: true, state: 'present', key, value })

/** Text that some reader takes for another type. */
const ambiguous: readonly string[] = [
  'no',
  'NO',
  'n',
  'y',
  'Y',
  'yes',
  'on',
  'Off',
  'true',
  'TRUE',
  'null',
  'Null',
  '~',
  '',
  '=',
  '<<',
  '-',
  '?',

  '22:22',
  '1:2:3',
  '190:20:30.15',
  '1_000',
  '0x1F',
  '0o7',
  '0400',
  '089',
  '0b101',
  '+49',
  '-0',
  '1e3',
  '1E3',
  '1.',
  '.5',
  '1.30',
  '1.2e+3',
  '.inf',
  '-.INF',
  '.NaN',
  '12345678901234567890',
  '_1',
  '1__2',
  '2001-01-01',
  '2001-1-1',
  '2001-12-14t21:59:43.10-05:00',
  '2001-12-14 21:59:43.10 -5',
  '10:00',

  'a: b',
  'a #b',
  '#',
  '@x',
  '`x',
  '%x',
  '!x',
  '&x',
  '*x',
  '{a',
  '[a',
  'a,b',
  '- a',
  '? a',
  ': a',
  'a:',
  '---',
  '...',

  ' a',
  'a ',
  '\ta',
  'a\tb',
  'a\nb',
  'a\n',
  '\n',
  'a\r\nb',
  '"',
  "'",
  '\\',
  'ä',
  '\u{85}',
  '\u{2028}',
  '\u{FEFF}',
  '\u{7F}',
  '\u{1F600}',

  '10.0.0.1',
  '10.0.0.0/8',
  '1.2.3',
  '10m',
  '512Mi',
  'v1',
  '/x/y',
  'a.b',
  '1d',
  '1f',
  'e3',
  '0x',
  'infinity',
  'NaN',
]

const texts = fc.oneof(
  fc.constantFrom(...ambiguous),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !/[\u{D800}-\u{DFFF}]/u.test(text)),
  fc.stringMatching(/^[-+.0-9_:eExob TtZ]{1,8}$/),
)

/** Documents to read, and their content. */
const written = (value: unknown): string[] => [
  set('', 'a', value),
  set("a: 'x'\n", 'a', value),
  set('{"a": "x", "b": 1}\n', 'a', value),
  set('a: [x]\n', 'a', [value, { k: value }]),
  set('a: {}', 'a', [value, { k: value }]),
  set('a: 1\n', 'a', { [String(value)]: [] }),
]

/** The values that PyYAML reads. */
const byPython = (documents: readonly string[]): unknown[] => {
  const script = [
    'import json, sys, yaml',
    'print(json.dumps([yaml.safe_load(text)["a"] for text in json.load(sys.stdin)]))',
  ].join('\n')
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify(documents),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  assert.is(status, 0, stderr)
  return JSON.parse(stdout) as unknown[]
}

const expected = (document: string): unknown => (parse(document) as { a: unknown }).a

test('all of them read text as the same text', { needs: ['python3 yaml'] }, () => {
  const sample = [...ambiguous, ...fc.sample(texts, { numRuns: 60, seed: 7 })]
  const documents = sample.flatMap((text) => written(text))
  for (const [index, document] of documents.entries()) {
    const text = sample[Math.floor(index / 6)]
    const values = JSON.stringify(expected(document))
    assert.ok(
      values.includes(JSON.stringify(text)),
      `${JSON.stringify(document)} lacks ${JSON.stringify(text)}`,
    )
    assert.equal((parse(document, { version: '1.1' }) as { a: unknown }).a, expected(document), document)
  }
  const read = byPython(documents)
  for (const [index, value] of read.entries())
    assert.equal(value, expected(documents[index] ?? ''), documents[index])
})

test('numbers, booleans and null keep their type', { needs: ['python3 yaml'] }, () => {
  const values = [0, 1, -1, 1.5, 1e21, 1e-7, 123456.789e30, true, false, null, 9007199254740991]
  const documents = values.flatMap((value) => [set('', 'a', value), set('a: x\n', 'a', value)])
  for (const [index, document] of documents.entries())
    assert.is(expected(document), values[Math.floor(index / 2)], document)
  for (const [index, value] of byPython(documents).entries())
    assert.is(value, values[Math.floor(index / 2)], documents[index])
})

test('text that a reader of 1.1 takes for another type is not up to date', () => {
  assert.is(set('a: no # c\n', 'a', 'no'), 'a: "no" # c\n')
  assert.is(set('a: 0400\n', 'a', '0400'), 'a: "0400"\n')
  assert.is(set('a: 0400\n', 'a', 400), 'a: 400\n')
  assert.is(set("a: 'no'\n", 'a', 'no'), "a: 'no'\n")
  assert.is(set('a: 400\n', 'a', 400), 'a: 400\n')
})
