/** What people write in inventories of Ansible: `if` without else in loops, names of a run, lists of arguments. */
import { encrypt } from 'unixcrypt'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { validateAll } from '../../../engine/inventory/variables/validate.ts'
import { folderOf } from '../../support/folder.ts'
import { plainVariables } from '../../support/plain-variables.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'
import { evaluatedHosts, evaluatedReader, valuesReader } from './evaluated.ts'
import type { EvaluateOptions } from './evaluated.ts'

const test = suite('idioms of expressions')
const folder = folderOf(test)
const read = evaluatedReader(folder)
const valuesOf = valuesReader(folder)

const check = async (
  cases: readonly (readonly [text: string, value: unknown])[],
  options?: EvaluateOptions,
): Promise<void> => {
  const lines = cases.map(([text], index) => `v${index}: ${JSON.stringify(text)}`)
  const values = await valuesOf(lines.join('\n'), options)
  for (const [index, [text, value]] of cases.entries()) assert.equal(values[`v${index}`], value, text)
}

const errorOf = async (text: string, words: string, options?: EvaluateOptions) => {
  const host = await read(`all:\n  hosts:\n    a:\n      v: ${text}\n`, options)
  return rejects(() => validateAll(z.object({ v: z.any() }), [host]), 'variables-invalid', words)
}

test('an if without else is empty in text', async () => {
  await check([
    ["{% for h in [1, 2] %}{{ h }}{{ ',' if not loop.last }}{% endfor %}", '1,2'],
    ["x{{ 'a' if false }}", 'x'],
    ["{{ '--flag' if none }} rest", ' rest'],
    ["{{ ('a' if false) ~ 'x' }}", 'x'],
    ["{{ ('a' if false) | upper }}", ''],
    ["{{ ('a' if false) | default('q', true) }}x", 'qx'],
    ["x{{ ('a' if false) | default('q') }}", 'x'],
    ["{{ [('a' if false), 'b'] | join('-') }}", '-b'],
    ["{{ ('a' if false) is defined }}", false],
    ["{{ not ('a' if false) }}", true],
    ["{{ ('a' if false) == '' }}", false],
    ["{{ ('a' if false) or 'z' }}", 'z'],
    ["{% set b = 'a' if false %}[{{ b }}]", '[]'],
    ["{% for x in ('ab' if false) %}{{ x }}{% endfor %}x", 'x'],
    ["{{ 'a' | replace('a', 'b' if false) }}x", 'x'],
  ])
})

test('alone, or used as a value, an if without else is an error', async () => {
  for (const text of [
    "{{ 'a' if false }}",
    "{{ ('a' if false) + 'x' }}",
    "{{ ('a' if false).b }}x",
    "{{ 'a' if nope }}",
  ])
    await errorOf(JSON.stringify(text), text.includes('nope') ? 'nope is undefined' : 'there is no else')
  const values = 'all:\n  hosts:\n    a:\n      w: "{{ 1 if false }}"\n      v: "x{{ w }}"\n'
  const host = await read(values)
  await rejects(() => validateAll(z.object({ v: z.any() }), [host]), 'variables-invalid', 'there is no else')
})

test('lists and maps of arguments', async () => {
  await check([
    ["{{ '%s %s' | format(*['a', 'b']) }}", 'a b'],
    ["{{ '{} {}'.format(*[3, 1]) }}", '3 1'],
    ["{{ '{x}'.format(**{'x': 1}) }}", '1'],
    ["{{ dict(**{'a': 1}) }}", { a: 1 }],
  ])
  await errorOf(JSON.stringify("{{ 'a' | format(*3) }}"), 'what follows * needs a list, not an integer')
})

test('ansible_host is the name of a host without an address', async () => {
  const file = folder.write(
    'hosts.yaml',
    'all:\n  vars: { url: "http://{{ ansible_host }}/" }\n  hosts:\n    a:\n    b: { ansible_host: 10.0.0.2 }\n    c: { address: 10.0.0.3 }\n',
  )
  const hosts = await evaluatedHosts([file])
  const urls = [...hosts.values()].map(({ variables }) => plainVariables(variables)['url'])
  assert.equal(urls, ['http://a/', 'http://10.0.0.2/', 'http://10.0.0.3/'])
})

test('what a run says', async () => {
  await check(
    [
      ['{{ ansible_check_mode }} {{ ansible_diff_mode }}', 'True False'],
      ['{{ ansible_run_tags }}', ['web']],
      ['{{ ansible_skip_tags }}', []],
      ['{{ ansible_forks }}', 7],
      ['{{ ansible_play_name }}', 'app'],
      ['{{ ansible_play_batch }}', ['a']],
      ["{{ ansible_version.full is version('2.9', '>=') }}", true],
      ['{{ ansible_inventory_sources }}', ['/etc/hosts', 'a,b']],
    ],
    {
      run: { check: true, tags: ['web'], forks: 7, playName: 'app', sources: ['/etc/hosts', 'a,b'] },
      playHosts: ['a'],
    },
  )
  await check([
    ['{{ ansible_check_mode }}', false],
    ['{{ ansible_run_tags }}', ['all']],
  ])
})

test('names that are not known say why', async () => {
  await errorOf('"{{ ansible_play_batch }}"', 'the play has serial', {
    playHosts: ['a'],
    run: { serial: true },
  })
  await errorOf('"{{ ansible_play_name }}"', 'the name of the play is not known')
  await errorOf('"{{ ansible_user }}"', 'ansible_user is undefined: no variable of the host sets it')
  await errorOf('"{{ ansible_playbook_python }}"', 'it is not there in an inventory (a run has no Python')
})

test('an error in a value of several lines points at the line of the word', async () => {
  const folded = await errorOf(
    `>-\n        db as text\n        {{ inventory_hostname }}\n        {{ groups['db'] | first }}`,
    'groups has no db',
  )
  assert.match(folded.message, /inventory\.yaml:7:20\n +\{\{ groups\['db'\] \| first \}\}\n +\^/)
  const literal = await errorOf(
    '|\n        a\n        {% if conut > 1 %}\n        {% endif %}',
    'conut is undefined',
  )
  assert.match(literal.message, 'inventory.yaml:6:15')
  const quoted = await errorOf('"a\n        {{ nope }}"', 'nope is undefined')
  assert.match(quoted.message, 'inventory.yaml:5:12')
})

test('methods change a value in the text that calls them, and no variable', async () => {
  await check([
    [
      "{% set out = [] %}{% for h in [1, 2] %}{% set _ = out.append(h ~ ':9100') %}{% endfor %}{{ out }}",
      ['1:9100', '2:9100'],
    ],
    ["{% set r = {} %}{% set _ = r.update({'a': 1}) %}{% set _ = r.update(b=2) %}{{ r }}", { a: 1, b: 2 }],
    [
      '{% set r = [3, 1, 2] %}{% set _ = r.sort() %}{% set _ = r.reverse() %}{% set _ = r.insert(1, 9) %}{% set _ = r.remove(1) %}{% set _ = r.extend([7]) %}{{ r }}',
      [3, 9, 2, 7],
    ],
    ['{% set r = [3, 1, 2] %}{{ r.pop() }}{{ r.pop(0) }}{{ r }}', '23[1]'],
    [
      "{% set r = {'a': 1} %}{{ r.pop('a') }}{{ r.pop('b', 5) }}{{ r.setdefault('c', []).append(1) }}{{ r }}",
      "15{'c': [1]}",
    ],
    ['{% set r = [1] %}{% set s = r %}{% set _ = s.append(2) %}{{ r }}', [1, 2]],
    ['{% set r = [1] %}{% set s = r.copy() %}{% set _ = s.append(2) %}{{ r }}', [1]],
    ['{{ [1].append(2) }}', null],
    ['{{ none }}{{ 5 }}', 5],
    ['{{ none }}{{ none }}', null],
  ])
  const { a, b, c } = await valuesOf(
    'l: [1]\nm: { x: { y: [1] } }\na: "{% set _ = l.append(2) %}{{ l }}"\nb: "{% set _ = m.x.y.append(2) %}{% set _ = m.update(z=1) %}{{ m }}"\nc: "{{ l }}{{ m }}"',
  )
  assert.equal([a, b, c], [[1, 2], { x: { y: [1, 2] }, z: 1 }, "[1]{'x': {'y': [1]}}"])
  await errorOf('"{% set r = [1] %}{{ r.pop(5) }}"', 'the list does not have the position')
  await errorOf('"{% set r = [1] %}{{ r.remove(5) }}"', 'the list does not have the value')
  await errorOf(
    '"{% set r = [] %}{% for i in range(99999) %}{% set _ = r.append(i) %}{% endfor %}{{ r }}"',
    'more than 500000 steps',
  )
})

test('what a secret is appended to keeps it secret', async () => {
  const host = await read(
    'all:\n  hosts:\n    a:\n      db_password: hush\n      v: "{% set r = [] %}{% set _ = r.append(db_password) %}{{ r }}"\n',
  )
  assert.is(host.variables.get('v')?.hidden, true)
})

test('with, and other filters, tests and lookups', async () => {
  await check([
    ['{% with a=1, b=2 %}{{ a }}-{{ b }}{% endwith %}', '1-2'],
    ['{% with a=1 %}{% with b=a %}{{ b }}{% endwith %}{% endwith %}', 1],
    ['{% with a=1 %}{% set a = 2 %}{{ a }}{% endwith %}{{ a is defined }}', '2False'],
    ["{{ 'a\nb' | indent('> ') }}", 'a\n> b'],
    [
      '{{ [1, 2] | permutations | list }}',
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      '{{ [1, 2, 3] | combinations(2) | list }}',
      [
        [1, 2],
        [1, 3],
        [2, 3],
      ],
    ],
    ["{{ '10.0.0.5' is ansible.utils.in_network('10.0.0.0/8') }}", true],
    ["{{ '11.0.0.5' is in_network('10.0.0.0/8') }}", false],
    ["{{ lookup('inventory_hostnames', 'all') }}", 'a'],
    ["{{ query('inventory_hostnames', 'all:!a') }}", []],
    ["{{ query('varnames', '^v[01]$') }}", ['v0', 'v1']],
  ])
  await errorOf('"{% with a %}{{ a }}{% endwith %}"', '= is expected')
  await errorOf('"{% with a=1 %}{{ a }}"', '{% endwith %} is missing')
  await errorOf(`"{{ lookup('inventory_hostnames', 'nope') }}"`, 'the pattern of inventory_hostnames')
  await errorOf('"{{ range(50) | permutations(9) | list }}"', 'a list of more than')
})

test('macros', async () => {
  await check([
    ['{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, b=3) }}', '1-2 1-3'],
    ['{% macro m(x) %}{{ x }}{% endmacro %}{{ m([1]) }}', [1]],
    ['{% macro m(x=1, y=x) %}{{ x }}{{ y }}{% endmacro %}{{ m(4) }}', '44'],
    ["{% macro m(x) %}{{ x | default('q') }}{% endmacro %}{{ m() }}", 'q'],
    ['{% macro m() %}{{ q }}{% endmacro %}{% set q = 5 %}{{ m() }}', 5],
    ['{% macro m(x) %}{% set y = x %}{{ y }}{% endmacro %}{{ m(1) }}{{ y is defined }}', '1False'],
    ['{% macro f(x) %}{{ 1 if x < 2 else x * (f(x - 1) | int) }}{% endmacro %}{{ f(5) }}', 120],
    ["{% for p in [1, 1, 2] %}{{ 'c' if loop.changed(p) }}{{ p }}{% endfor %}", 'c11c2'],
  ])
  await errorOf('"{% macro m(x) %}{{ x }}{% endmacro %}{{ m(1, 2) }}"', 'm takes at most 1 arguments')
  await errorOf('"{% macro m(x) %}{{ x }}{% endmacro %}{{ m(y=2) }}"', 'm has no argument y')
  await errorOf('"{% macro m(x) %}{{ x }}{% endmacro %}{{ m() }}"', 'the parameter x of m is undefined')
  await errorOf('"{% macro m(x=1, y) %}{{ x }}{% endmacro %}"', 'the parameter y of m needs a default')
  await errorOf('"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"', 'nested too deeply')
  await errorOf('"{% macro m() %}x"', 'endmacro')
})

test('times, paths and hashes that do not depend on the run', async () => {
  await check([
    ["{{ (('2016-08-14 20:00:12' | to_datetime) - ('2015-12-25' | to_datetime('%Y-%m-%d'))).days }}", 233],
    [
      "{{ (('2016-08-14 20:00:12' | to_datetime) - ('2016-08-13 18:00:00' | to_datetime)).total_seconds() }}",
      93_612,
    ],
    ["{{ ('03 August 2016' | to_datetime('%d %B %Y')).strftime('%Y/%m/%d') }}", '2016/08/03'],
    ["{{ ('2016-08-14 20:00:12' | to_datetime).hour }}", 20],
    ["{{ '%a %F %T %j' | strftime(1441357287, utc=true) }}", 'Fri 2015-09-04 09:01:27 247'],
    ["{{ '/a/../b//c/' | normpath }} {{ '/a/b' | relpath('/a/x') }}", '/b/c ../b'],
    ["{{ ['/a/b', '/a/bc'] | commonpath }} {{ 'C:/a/b.txt' | win_basename }}", '/a b.txt'],
    ["{{ 's' | password_hash('sha512', 'mysalt', rounds=1000) }}", encrypt('s', '$6$rounds=1000$mysalt')],
    ["{{ 's' | password_hash(hashtype='sha256', salt='abc', rounds=5000) }}", encrypt('s', '$5$abc')],
    [
      "{{ ('a' | hash('blake2b'))[:8] }} {{ 'a%20b' | urldecode }} {{ (1, 2) | type_debug }}",
      '333fcb4e a b tuple',
    ],
    ["{{ [{'n': 'a', 'v': 1}] | rekey_on_member('n') }}", { a: { n: 'a', v: 1 } }],
    ['{{ true is sameas true }}{{ 1 is sameas true }}', 'TrueFalse'],
  ])
  await errorOf("\"{{ '2016-02-30' | to_datetime('%Y-%m-%d') }}\"", 'does not have the format %Y-%m-%d')
  await errorOf('"{{ \'%Q\' | strftime(0) }}"', 'strftime does not support %Q')
  await errorOf('"{{ [{}, {}] | selectattr(\'admin\') | list }}"', 'has no admin')
})
