/** Errors of expressions: what is wrong, where, and the nearest name; and the limits of what an expression can do. */
import * as assert from 'uvu/assert'
import fc from 'fast-check'
import { z } from 'zod'
import { validateAll, variablesOf } from '../../../engine/inventory/variables/validate.ts'
import { folderOf } from '../../support/folder.ts'
import { plainVariables } from '../../support/plain-variables.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { evaluatedReader, valuesReader } from './evaluated.ts'

const test = suite('errors of expressions')
const folder = folderOf(test)
const read = evaluatedReader(folder)
const valuesOf = valuesReader(folder)

/** The error of reading variable `v`. */
const errorOf = async (text: string, more = '') => {
  const host = await read(
    `all:\n  hosts:\n    a:\n      servers: [one]\n      creds: { user: x }\n      count: 3\n${more}      v: ${JSON.stringify(text)}\n`,
  )
  return rejects(() => validateAll(z.object({ v: z.any() }), [host]), 'variables-invalid', 'a: v: ')
}

const cases: readonly (readonly [string, string])[] = [
  ['{{ conut }}', 'conut is undefined (did you mean count?)'],
  ['{{ inventory_hostnam }}', 'inventory_hostnam is undefined (did you mean inventory_hostname?)'],
  ['{{ ansible_hosst }}', 'ansible_hosst is undefined (did you mean ansible_host?)'],
  [
    '{{ ansible_default_ipv4.address }}',
    'ansible_default_ipv4 is undefined: facts of a host are not gathered for an inventory',
  ],
  ["{{ ansible_facts['os_family'] }}", 'ansible_facts is undefined: facts of a host are not gathered'],
  ['{{ creds.usr }}', 'creds has no usr (did you mean user?)'],
  ["{{ hostvars['b'].x }}", 'b is not a host of the inventory (did you mean a?)'],
  ["{{ groups['al'] }}", 'groups has no al (did you mean all?)'],
  ['{{ servers[4] }}', 'servers (1 items) has no 4'],
  ['{{ count | defualt(1) }}', 'there is no filter defualt (did you mean default?)'],
  ['{{ count is defind }}', 'there is no test defind (did you mean defined?)'],
  ["{{ lokup('env', 'X') }}", 'there is no function lokup (did you mean lookup?)'],
  ["{{ lookup('fil', 'X') }}", 'there is no lookup fil (did you mean file?)'],
  ["{{ '10.0.0.1' | ipaddr('adress') }}", 'ipaddr has no query adress (did you mean address?)'],
  ["{{ 'x' | hash('sha265') }}", 'there is no hash sha265 (did you mean sha256?)'],
  ['{{ count', '{{ is not closed: }} is missing'],
  ['{{ (count }}', 'the brackets of the expression do not match: }'],
  ["{{ 'x }}", 'a quote in the expression is not closed'],
  ['{{ count | }}', 'a name is expected, not the end of the expression'],
  ['{{ count count }}', 'nothing more is expected, not count'],
  ['{% if count %}x', '{% endif %} is missing'],
  ['{% endif %}', '{% endif %} does not belong to a statement before it'],
  ['{% fro x in servers %}{% endfor %}', 'there is no statement {% fro %} (did you mean {% for %}?)'],
  ["{% include 'x' %}", '{% include %} is not supported in an inventory'],
  [
    "{{ 'a' + count }}",
    '+ is not possible between text and an integer (to join text and another value, write ~',
  ],
  ["{{ count < 'a' }}", 'an integer and text cannot be compared'],
  ['{{ count / 0 }}', 'division by zero'],
  ['{{ creds.keys }}', 'the value is a function: call it with ( )'],
  ["{{ 'x' | regex_search('(') }}", 'the regular expression is malformed or not supported'],
  ['{{ count | from_json }}x{{ "{" | from_json }}', 'the text is not JSON'],
]
for (const [text, message] of cases)
  test(`${text} is an error: ${message}`, async () => {
    const error = await errorOf(text)
    assert.match(error.message, `${text.trim()}: ${message}`)
    assert.match(error.message, /inventory\.yaml:7:\d+/)
  })

test('the caret is below the word that is wrong', async () => {
  const error = await errorOf('x {{ conut }}')
  const lines = ['inventory.yaml:7:16', '          v: "x {{ conut }}"', `    ${' '.repeat(15)}^`]
  assert.match(error.message, lines.join('\n'))
})

test('an error in another variable names it, its text and its place', async () => {
  const error = await errorOf('{{ other }}', '      other: "{{ conut }}"\n')
  assert.match(
    error.message,
    'v: {{ other }}: in other, {{ conut }}: conut is undefined (did you mean count?)',
  )
  assert.match(error.message, 'inventory.yaml:7:18')
})

test('a circle names all variables of it', async () => {
  const error = await errorOf('{{ b }}', '      b: "{{ c.d }}"\n      c: { d: "{{ v }}" }\n')
  assert.match(error.message, 'it reads itself: v → b → c.d → v')
})

test('what nothing reads is not an error, and one part does not prevent another', async () => {
  const host = await read(
    'all:\n  hosts:\n    a:\n      m: { bad: "{{ nope }}", good: "{{ 1 + 1 }}" }\n      w: "{{"\n',
  )
  assert.equal(variablesOf(z.object({ m: z.object({ good: z.number() }) }), host), { m: { good: 2 } })
})

test('numbers are checked by the schema, with the place of the expression', async () => {
  const host = await read('all:\n  hosts:\n    a:\n      n: 70000\n      v: "{{ n }}"\n')
  const error = await rejects(
    () => validateAll(z.object({ v: z.number().max(65_535) }), [host]),
    'variables-invalid',
    'v: a number, at most 65535, is needed',
  )
  assert.match(error.message, 'inventory.yaml:5:')
})

const bounded: readonly (readonly [string, string])[] = [
  ["{{ 'x' * 999999999 }}", 'makes a text of more than'],
  ['{{ [1] * 999999999 }}', 'makes a list of more than'],
  ['{{ range(999999999) | list }}', 'makes a list of more than'],
  ['{{ 9 ** 9999999 }}', 'makes an integer of more than'],
  ["{{ '%999999999d' % 1 }}", 'a format can be at most'],
  ["{{ 'x' | center(999999999) }}", 'makes a text of more than'],
  ["{{ 'x'.zfill(999999999) }}", 'makes a text of more than'],
  ["{{ 'x\ny' | indent(9999999) }}", 'makes a text of more than'],
  [
    '{% for a in range(9999) %}{% for b in range(9999) %}{% set c = a %}{% endfor %}{% endfor %}',
    'takes more than 500000 steps',
  ],
  [`{{ ${'('.repeat(500)}1${')'.repeat(500)} }}`, 'has more than 100 levels'],
  [`{{ ${'not '.repeat(500)}1 }}`, 'has more than 100 levels'],
  ["{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex_search('^(a+)+$') }}", 'takes more than 500 ms'],
  ['{{ [1,2,3,4,5,6,7,8,9,0] | product(range(999), range(999)) }}', 'makes a list of more than'],
]
for (const [text, message] of bounded)
  test(`${text.slice(0, 70)} is stopped: ${message}`, async () => {
    assert.match((await errorOf(text)).message, message)
  })

test('a value that contains itself is an error', async () => {
  assert.match(
    (await errorOf('{{ m }}', '      m: { x: "{{ m }}" }\n')).message,
    /does it contain itself|it reads itself/,
  )
})

for (const text of [
  '{{ constructor }}',
  '{{ "x".constructor }}',
  '{{ creds.constructor }}',
  '{{ creds.__proto__ }}',
  '{{ creds["__proto__"] }}',
  '{{ servers.constructor }}',
  '{{ servers["constructor"]("return 1")() }}',
  '{{ servers.map }}',
  '{{ servers.__class__ }}',
  '{{ "x".__class__.__mro__ }}',
  '{{ count.toString() }}',
  '{{ lookup.constructor }}',
  '{{ lookup.call }}',
  '{{ this }}',
  '{{ globalThis }}',
  '{{ process }}',
  '{{ "x" | constructor }}',
  '{{ "x" | toString }}',
  '{{ "x" is constructor }}',
  "{{ '1' | ipaddr('constructor') }}",
  "{{ [1] | map('constructor') | list }}",
  "{{ [{}] | map(attribute='constructor') | list }}",
])
  test(`${text} does not reach objects of JavaScript`, async () => {
    await errorOf(text)
  })

test('maps with names of JavaScript are plain data', async () => {
  const values = await valuesOf(
    "v: \"{{ {'__proto__': {'polluted': 1}, 'constructor': 2} | combine({'hasOwnProperty': 3}) }}\"\nw: \"{{ v.constructor }}\"",
  )
  assert.equal(Object.keys(Object(values['v'])).toSorted(), ['__proto__', 'constructor', 'hasOwnProperty'])
  assert.is(values['w'], 2)
  assert.is(Reflect.get({}, 'polluted'), undefined)
})

test('property: text without an expression stays as it is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary-ascii' }).filter((text) => !/\{[{%#]/.test(text)),
      async (text) => {
        const found = await read(`{"all": {"hosts": {"a": {"v": ${JSON.stringify(text)}, "w": "{{ v }}"}}}}`)
        const { v, w } = plainVariables(found.variables)
        assert.equal([v, w], [text, text])
      },
    ),
    { numRuns: 100 },
  )
})

test('property: {% raw %} and !unsafe keep text byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .string({ unit: fc.constantFrom('{', '}', '%', '#', ' ', 'x', '-', "'") })
        .filter((text) => !/[\r\n]/.test(text)),
      async (text) => {
        const host = await read(
          `all:\n  hosts:\n    a:\n      v: ${JSON.stringify(`a{% raw %}${text}{% endraw %}b`)}\n      w: !unsafe ${JSON.stringify(`{{${text}`)}\n      x: "{{ w }}"\n`,
        )
        const { v, w, x } = plainVariables(host.variables)
        assert.equal([v, w, x], [`a${text}b`, `{{${text}`, `{{${text}`])
      },
    ),
    { numRuns: 100 },
  )
})

test('property: any text is a value or an error with its place, never a failure of ours', async () => {
  const words = [
    '{{',
    '}}',
    '{%',
    '%}',
    'n',
    '1',
    "'x'",
    '|',
    'default',
    '(',
    ')',
    '[',
    ']',
    '.',
    ',',
    '+',
    '**',
    'is',
    'not',
    'in',
    'if',
    'else',
    'for',
    'endfor',
    'set',
    '=',
    'map',
    '~',
    '{',
    '}',
    ':',
    ' ',
    '-',
  ]
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 14 }), async (parts) => {
      const text = `{{ ${parts.join(' ')}`
      const host = await read(`all:\n  hosts:\n    a:\n      n: 1\n      v: ${JSON.stringify(text)}\n`)
      try {
        variablesOf(z.object({ v: z.any() }), host)
      } catch (error) {
        assert.match(String(error), 'a: v: ')
      }
    }),
    { numRuns: 300 },
  )
})
