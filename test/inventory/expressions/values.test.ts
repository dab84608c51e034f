/** The values of expressions; `test/conformance` compares more of them with ansible-core. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { valuesReader } from './evaluated.ts'

const test = suite('values of expressions')
const folder = folderOf(test)
const valuesOf = valuesReader(folder)

/** The value of one expression, beside some variables. */
const valueOf = async (text: string): Promise<unknown> =>
  (
    await valuesOf(
      [
        'n: 5',
        'f: 1.10',
        'flag: yes',
        'nothing: null',
        'word: abc',
        'list: [3, 1, 2]',
        'map: { a: 1, b: { c: "{{ word }}" } }',
        'people: [{ name: ann, admin: true }, { name: bob }]',
        `v: ${JSON.stringify(text)}`,
      ].join('\n'),
    )
  )['v']

const cases: readonly (readonly [string, unknown])[] = [
  // one expression keeps its type, everything else is text
  ['{{ n }}', 5],
  ['{{ f }}', 1.1],
  ['{{ flag }}', true],
  ['{{ nothing }}', null],
  ['{{ list }}', [3, 1, 2]],
  ['{{ map }}', { a: 1, b: { c: 'abc' } }],
  [' {{ n }}', ' 5'],
  ['{{ n }}\n', 5],
  ['a {{ n }}\n', 'a 5\n'],
  ['{{ n }}{{ n }}', '55'],
  ['x{{ flag }}{{ nothing }}{{ list }}', 'xTrue[3, 1, 2]'],
  ['{{ "[1, 2]" }}', '[1, 2]'],
  ['{% if n %}{{ n }}{% endif %}', 5],
  ['{% if not n %}x{% endif %}', null],
  ['{# note #}{{ n }}', 5],
  // members
  ['{{ map.b.c }}', 'abc'],
  ['{{ map["b"]["c"] }}', 'abc'],
  ['{{ list[-1] }}', 2],
  ['{{ list[1:] }}', [1, 2]],
  ['{{ word[::-1] }}', 'cba'],
  ['{{ map.keys() | list }}', ['a', 'b']],
  ['{{ map.get("z", 7) }}', 7],
  ['{{ word.upper() }}', 'ABC'],
  ['{{ "a-b".split("-")[1] }}', 'b'],
  // operators
  ['{{ 1 + 2 * 3 }}', 7],
  ['{{ 10 / 4 }}', 2.5],
  ['{{ -7 // 2 }} {{ -7 % 3 }}', '-4 2'],
  ['{{ 2 ** 70 }}', '1180591620717411303424'],
  ['{{ 10 / 2 }}x', '5.0x'],
  ['{{ "a" ~ n ~ f }}', 'a51.1'],
  ['{{ list + [4] }}', [3, 1, 2, 4]],
  ['{{ 3 in list and 9 not in list }}', true],
  ['{{ 1 < n < 9 }}', true],
  ['{{ "yes" if n > 3 else "no" }}', 'yes'],
  ['{{ "%s-%03d" % ("a", 7) }}', 'a-007'],
  // undefined values
  ['{{ nope | default("d") }}', 'd'],
  ['{{ nope.deep.er | default("d") }}', 'd'],
  ['{{ map.z | default("d") }}', 'd'],
  ['{{ list[9] | default("d") }}', 'd'],
  ['{{ "" | default("d", true) }}', 'd'],
  ['{{ nope is defined }}', false],
  ['{{ nope | upper | default("d") }}', 'd'],
  ['{{ [] | first | default("d") }}', 'd'],
  // filters
  ['{{ "yes" | bool }}', true],
  ['{{ "7" | int + 1 }}', 8],
  ['{{ list | sort | join("-") }}', '1-2-3'],
  ['{{ list | max }}', 3],
  ['{{ [1, 1, 2] | unique }}', [1, 2]],
  ['{{ people | map(attribute="name") | list }}', ['ann', 'bob']],
  ['{{ people | selectattr("admin", "defined") | map(attribute="name") | first }}', 'ann'],
  ['{{ people | rejectattr("name", "equalto", "ann") | length }}', 1],
  ['{{ ["ab", "c"] | select("match", "^a") | list }}', ['ab']],
  ['{{ map | combine({"a": 2, "b": {"d": 3}}, recursive=true) }}', { a: 2, b: { c: 'abc', d: 3 } }],
  ['{{ {"x": 1} | dict2items }}', [{ key: 'x', value: 1 }]],
  ['{{ ["a"] | map("extract", {"a": {"z": 5}}, "z") | list }}', [5]],
  ["{{ 'a.b' | regex_replace('\\.(.)', '-\\1') }}", 'a-b'],
  ["{{ 'a1b22' | regex_findall('[0-9]+') }}", ['1', '22']],
  ['{{ "a,b" | split(",") | last }}', 'b'],
  ['{{ "abc" | b64encode }}', 'YWJj'],
  ['{{ map | to_json }}', '{"a": 1, "b": {"c": "abc"}}'],
  ['{{ word | ansible.builtin.upper }}', 'ABC'],
  ['{{ "1.10" is version("1.9", ">") }}', true],
  ['{{ n is divisibleby 5 }}', true],
  // statements
  ['{% for x in list if x > 1 %}{{ x }}{{ "" if loop.last else "," }}{% endfor %}', '3,2'],
  ['{% set x = n + 1 %}{{ x }}', 6],
  ['{% raw %}{{ n }}{% endraw %}', '{{ n }}'],
  ['{% if true %}\na\n{% endif %}\nb', 'a\nb'],
  ['a {%- if true -%} b {%- endif -%} c', 'abc'],
]
for (const [text, value] of cases)
  test(`${JSON.stringify(text)} is ${JSON.stringify(value)}`, async () =>
    assert.equal(await valueOf(text), value))

const addresses: readonly (readonly [string, unknown])[] = [
  ["'10.1.2.3/24' | ipaddr", '10.1.2.3/24'],
  ["'10.1.2.3/24' | ansible.utils.ipaddr('address')", '10.1.2.3'],
  ["'10.1.2.3/24' | ipaddr('network')", '10.1.2.0'],
  ["'10.1.2.3/24' | ipaddr('subnet')", '10.1.2.0/24'],
  ["'10.1.2.3/24' | ipaddr('netmask')", '255.255.255.0'],
  ["'10.1.2.3/255.255.0.0' | ipaddr('prefix')", 16],
  ["'10.1.2.3/24' | ipaddr('broadcast')", '10.1.2.255'],
  ["'10.1.2.0/24' | ipaddr(1)", '10.1.2.1/24'],
  ["'10.1.2.0/24' | ipaddr('1')", '10.1.2.1/24'],
  ["['fe80::1', '10.0.0.1'] | ipaddr('link-local')", ['fe80::1']],
  ["'10.1.2.0/24' | ipaddr(-2) | ipaddr('address')", '10.1.2.254'],
  ["'10.1.2.0/24' | ipaddr('size')", 256],
  ["'10.1.2.0/30' | ipaddr('range_usable')", '10.1.2.1-10.1.2.2'],
  ["'10.1.2.3' | ipaddr('revdns')", '3.2.1.10.in-addr.arpa.'],
  ["'10.1.2.3' | ipaddr('10.0.0.0/8')", '10.1.2.3'],
  ["'11.1.2.3' | ipaddr('10.0.0.0/8')", null],
  ["['10.0.0.1', 'x', '8.8.8.8', 'fe80::1'] | ipaddr('private')", ['10.0.0.1', 'fe80::1']],
  ["['10.0.0.1', 'fe80::1'] | ipv6", ['fe80::1']],
  ["'2001:DB8:0:0:0::1/64' | ipaddr('network')", '2001:db8::'],
  ["'fe80::1' | ipwrap", '[fe80::1]'],
  ["'10.0.0.0/16' | ipsubnet(24, 3)", '10.0.3.0/24'],
  ["'10.0.0.0/24' | nthhost(5)", '10.0.0.5'],
  ["'10.0.0.255' | ipmath(1)", '10.0.1.0'],
  ["'no address' | ipaddr", false],
]
for (const [text, value] of addresses)
  test(`{{ ${text} }} is ${JSON.stringify(value)}`, async () =>
    assert.equal(await valueOf(`{{ ${text} }}`), value))

test('texts in {{ }} keep backslashes, as in Ansible; those in {% %} have escapes', async () => {
  assert.is(await valueOf("{{ '\\n' | length }}"), 2)
  assert.is(await valueOf("{% set x = '\\n' %}{{ x | length }}"), 1)
})

test('omit leaves a part or a variable out', async () => {
  const values = await valuesOf(
    'm: { a: "{{ nope | default(omit) }}", b: 2 }\nl: ["{{ nope | default(omit) }}", 2]\nv: "{{ nope | default(omit) }}"',
  )
  assert.equal(values, { m: { b: 2 }, l: [2] })
})

test('values are evaluated in any order, through other variables', async () => {
  const values = await valuesOf(
    'a: "{{ b }}/x"\nb: "{{ c.d }}"\nc: { d: "{{ e }}", f: "{{ nope }}" }\ne: top',
  )
  assert.is(values['a'], 'top/x')
})
