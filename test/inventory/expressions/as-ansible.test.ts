/** Expressions that once had another value than ansible-core 2.19 and ansible.utils give, or none. */
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { caseCheckers } from './cases.ts'

const test = suite('expressions as in Ansible')
const { checkAll, refuseAll } = caseCheckers(folderOf(test))

test('versions of a kind are compared by its order', async () => {
  await checkAll([
    ["'1.2.3-rc1' is version('1.2.3', '<', version_type='semver')", true],
    ["'1.2.3-rc1' is version('1.2.3', '<')", false],
    ["'1.0.0-alpha.1' is version('1.0.0-alpha.beta', '<', version_type='semantic')", true],
    ["'1.0.0-alpha.2' is version('1.0.0-alpha.10', '<', version_type='semver')", true],
    ["'1.0.0-alpha' is version('1.0.0-alpha.1', '<', version_type='semver')", true],
    ["'1.2.3+a' is version('1.2.3+b', '==', version_type='semver')", true],
    ["'10.0.0' is version('9.0.0', '>', version_type='semver')", true],
    ["'1.0rc1' is version('1.0', '<', version_type='pep440')", true],
    ["'1.0.dev1' is version('1.0a1', '<', version_type='pep440')", true],
    ["'1.0a1.dev1' is version('1.0a1', '<', version_type='pep440')", true],
    ["'1.0.post1' is version('1.0', '>', version_type='pep440')", true],
    ["'1.0.post1.dev2' is version('1.0.post1', '<', version_type='pep440')", true],
    ["'1.0-1' is version('1.0.post1', '==', version_type='pep440')", true],
    ["'1.0+local' is version('1.0', '>', version_type='pep440')", true],
    ["'1.0+a.1' is version('1.0+a.b', '>', version_type='pep440')", true],
    ["'1!0.5' is version('2.0', '>', version_type='pep440')", true],
    ["'1.0' is version('1.0.0', '==', version_type='pep440')", true],
    ["'1.0.1' is version('1.0', '>', version_type='pep440')", true],
    ["'v1.0-ALPHA_1' is version('1.0a1', '==', version_type='pep440')", true],
    ["'1.2' is version('1.2.0', '==', strict=true)", true],
    ["'1.2' is version('1.2.0', '==', true)", true],
    ["'1.2' is version('1.2.0', '==', none, 'strict')", true],
    ["'1.2a1' is version('1.2', '<', strict=true)", true],
    ["'1.2' is version('1.2.0', '==', strict=false)", false],
    ["'1.2' is version('1.2.0', '==', version_type='loose')", false],
  ])
})

test('a version that is not of the kind, and arguments that version does not have, are errors', async () => {
  await refuseAll([
    ["'1.2' is version('1.2.3', '<', version_type='semver')", '"1.2" is not a version of the kind semver'],
    ["'01.0.0' is version('1.0.0', version_type='semver')", '"01.0.0" is not a version'],
    ["'nope' is version('1.0', '>', version_type='pep440')", '"nope" is not a version of the kind pep440'],
    [
      "'2.19.0-beta' is version('2.19', '>=', strict=true)",
      '"2.19.0-beta" is not a version of the kind strict',
    ],
    ["'1.2' is version('1.2.0', version_type='nope')", 'version has no version_type nope'],
    [
      "'1.2' is version('1.2.0', '==', strict=true, version_type='loose')",
      'strict or version_type, not both',
    ],
    ["'1.2' is version('1.2.0', nonsense=true)", 'version has no argument nonsense'],
    ["'' is version('1.2.0')", 'versions that are not empty'],
  ])
})

const addresses =
  "['10.0.0.1', '8.8.8.8', 'fe80::1', '127.0.0.1', '224.0.0.1', '2001:4860::1', '100.64.0.1', 'fd00::1', '::ffff:8.8.8.8', '192.0.0.9', '203.0.113.1', '8.8.8.0/24', '0.0.0.0/0']"

test('public addresses are those that are reached from everywhere', async () => {
  await checkAll([
    [`${addresses} | ipaddr('public')`, ['8.8.8.8', '2001:4860::1', '192.0.0.9', '8.8.8.0/24']],
    [
      `${addresses} | ipaddr('private')`,
      [
        '10.0.0.1',
        'fe80::1',
        '127.0.0.1',
        '100.64.0.1',
        'fd00::1',
        '::ffff:8.8.8.8',
        '203.0.113.1',
        '0.0.0.0/0',
      ],
    ],
    ["['224.0.0.1', '::1'] | ipaddr('unicast')", ['::1']],
  ])
})

test('queries of ipaddr', async () => {
  await checkAll([
    ["'10.0.0.1/24' | ipaddr('int')", '167772161/24'],
    ["'10.0.0.1' | ipaddr('int')", 167_772_161],
    ["'10.0.0.1' | ipaddr('ipv6')", '::ffff:10.0.0.1/128'],
    ["'10.0.0.1/24' | ipaddr('ipv6')", '::ffff:10.0.0.1/120'],
    ["'::ffff:10.0.0.1/120' | ipaddr('ipv4')", '10.0.0.1/24'],
    ["'::10.0.0.1' | ipaddr('ipv4')", '10.0.0.1/32'],
    ["'fe80::1' | ipaddr('ipv4')", false],
    ["'10.0.0.1/32' | ipaddr('first_usable')", null],
    ["'10.0.0.1/31' | ipaddr('first_usable')", '10.0.0.0'],
    ["'10.0.0.1/32' | ipaddr('range_usable')", null],
    ["'11.0.0.1' | ipaddr('10.0.0.0/8')", null],
    ["'10.0.0.5/24' | ipaddr('net')", null],
    ["'10.0.0.0/24' | ipaddr('address')", null],
    ["'no' | ipaddr('address')", false],
    ["'10.0.0.5/24' | ipaddr('ip/prefix')", '10.0.0.5/24'],
    ["'10.0.0.5' | ipaddr('ip/prefix')", null],
    ["'10.0.0.5/24' | ipaddr('ip_netmask')", '10.0.0.5 255.255.255.0'],
    ["'10.0.0.5/24' | ipaddr('next_usable')", '10.0.0.6'],
    ["'10.0.0.254/24' | ipaddr('next_usable')", null],
    ["'10.0.0.5/24' | ipaddr('previous_usable')", '10.0.0.4'],
    ["'10.0.0.5/30' | ipaddr('peer')", '10.0.0.6'],
    ["'10.0.0.5/31' | ipaddr('peer')", '10.0.0.4'],
    ["'10.0.0.5/24' | ipaddr('gateway')", '10.0.0.5/24'],
    ["'10.0.0.5/24' | ipaddr('network_wildcard')", '10.0.0.0 0.0.0.255'],
    ["'10.0.0.5/24' | ipaddr('size_usable')", 254],
    ["'10.0.0.5' | ipaddr('bool')", true],
    ["'1.2.3.4' | ipaddr('6to4')", '2002:0102:0304::1/48'],
    ["'fe80::5/64' | ipaddr('wrap')", '[fe80::5]/64'],
    ["'::5:5' | ipaddr", '::0.5.0.5'],
    ["['::1', 'a.b', '10.0.0.1', 'fe80::1/64'] | ipwrap", ['[::1]', 'a.b', '10.0.0.1', '[fe80::1]/64']],
  ])
  await refuseAll([
    ["'10.0.0.1' | ipaddr('first_usable')", '10.0.0.1 is an address without a network'],
    ["'10.0.0.1/24' | ipaddr('peer')", '10.0.0.1/24 has no peer'],
  ])
})

test('characters of a text, and numbers without end', async () => {
  await checkAll([
    ["'😀a'[1]", 'a'],
    ["'😀a'[0]", '😀'],
    ["'abc'[-1]", 'c'],
    ["('inf' | float) > 5", true],
    ["('-inf' | float) > 5", false],
  ])
})

test('none is an argument like any other', async () => {
  await checkAll([
    ['none is sameas none', true],
    ['5 is eq none', false],
    ['5 is sameas(none)', false],
    ['[none] is contains none', true],
    ['nope | default(none)', null],
  ])
})

test("lookup('vars') has a default", async () => {
  await checkAll([
    ["lookup('vars', 'nope', default='d')", 'd'],
    ["lookup('vars', 'nope', 'v0', default='x')", 'x,d'],
    ["lookup('vars', 'nope', default={'a': 1}).a", 1],
  ])
  await refuseAll([["lookup('vars', 'nope')", 'nope is undefined']])
})

test('urlencode of a map is a query', async () => {
  await checkAll([
    ["{'a': 1, 'b': 'x y', 'c/d': 'é&'} | urlencode", 'a=1&b=x+y&c%2Fd=%C3%A9%26'],
    ["[['a', true], ['b', none]] | urlencode", 'a=True&b=None'],
    ["'a/b c' | urlencode", 'a/b%20c'],
    ['{} | urlencode', ''],
  ])
  await refuseAll([["['a'] | urlencode", 'urlencode needs text, a map, or a list of pairs']])
})

test('a seed gives the same random value at each run, as in Python', async () => {
  await checkAll([
    ["59 | random(seed='host')", 5],
    ["60 | random(seed='a.example.org')", 45],
    ["[1, 2, 3, 4, 5] | random(seed='x')", 3],
    ["60 | random(start=10, step=5, seed='a')", 30],
    ["60 | random(1, 2, seed='b')", 47],
    ['60 | random(seed=5)', 39],
    ["['a', 'b', 'c'] | shuffle(seed='x')", ['a', 'b', 'c']],
  ])
  await refuseAll([
    ['60 | random', 'random needs a seed'],
    ["[] | random(seed='x')", 'random needs a list with an item'],
    ["5 | random(start=5, seed='x')", 'a start below the end'],
  ])
})

test('filters of URLs, sizes and comments', async () => {
  await checkAll([
    ["'http://user:pw@Host.example.org:8080/a/b;p?x=1&y=2#frag' | urlsplit('hostname')", 'host.example.org'],
    ["'http://user:pw@h:8080/a/b;p?x=1&y=2#frag' | urlsplit('path')", '/a/b;p'],
    ["'http://user:pw@h:8080/a?x=1&y=2#frag' | urlsplit('query')", 'x=1&y=2'],
    ["'http://h/a' | urlsplit('port')", null],
    ["'http://[::1]:80/x' | urlsplit('hostname')", '::1'],
    ["('postgres://u:p%40@h:5432/db' | urlsplit).password", 'p%40'],
    ["'mailto:a@b' | urlsplit('scheme')", 'mailto'],
    ['1536 | human_readable', '1.50 KB'],
    ["123456789 | human_readable(unit='M')", '117.74 MB'],
    ['1000000 | human_readable(isbits=true)', '976.56 Kb'],
    ['0 | human_readable', '0.00 Bytes'],
    ['1000 | filesizeformat', '1.0 kB'],
    ['1536 | filesizeformat(true)', '1.5 KiB'],
    ["'x' | to_uuid", '66b2f013-1baa-5313-9c8c-e6f1182e0e90'],
    [
      "'example.org' | to_uuid(namespace='6ba7b810-9dad-11d1-80b4-00c04fd430c8')",
      'aad03681-8b63-5304-89e0-8ca8f49461b5',
    ],
    [
      '[1, 2, 3, 4, 5, 6, 7] | slice(3)',
      [
        [1, 2, 3],
        [4, 5],
        [6, 7],
      ],
    ],
    [
      '[1, 2, 3, 4] | slice(3, 0)',
      [
        [1, 2],
        [3, 0],
        [4, 0],
      ],
    ],
    ["'a' | comment('c')", '//\n// a\n//'],
    ["'a' | comment('xml')", '<!--\n -\n - a\n -\n-->'],
    ["'a' | comment('cblock')", '/*\n *\n * a\n *\n */'],
    ["'a' | comment(decoration='! ')", '!\n! a\n!'],
    ["'a' | comment('plain', prefix='###', postfix='###')", '###\n# a\n###'],
    ["'a' | comment(beginning='<', end='>')", '<\n#\n# a\n#\n>'],
    ["'a' | comment('plain', prefix_count=2)", '#\n#\n# a\n#'],
    ["'abc'.index('b')", 1],
    ["'ab'.center(5, '*')", '**ab*'],
  ])
})

test('lookups that make lists', async () => {
  await checkAll([
    ["lookup('items', [1, 2])", [1, 2]],
    ["query('items', [1, [2]])", [1, [2]]],
    ["query('list', 1, [2])", [1, [2]]],
    ["query('dict', {'a': 1})", [{ key: 'a', value: 1 }]],
    ["query('sequence', 'start=1 end=3')", ['1', '2', '3']],
    ["query('sequence', start=1, end=10, stride=3, format='h%02x')", ['h01', 'h04', 'h07', 'h0a']],
    ["query('sequence', '3-5')", ['3', '4', '5']],
    ["query('sequence', 'count=3')", ['1', '2', '3']],
    [
      "query('nested', [1, 2], ['a', 'b'])",
      [
        [1, 'a'],
        [1, 'b'],
        [2, 'a'],
        [2, 'b'],
      ],
    ],
    [
      "query('together', [1], ['a', 'b'])",
      [
        [1, 'a'],
        [null, 'b'],
      ],
    ],
    ["query('indexed_items', ['a'])", [[0, 'a']]],
    ["lookup('first_found', ['/nope', '/etc/hosts'])", '/etc/hosts'],
    ["lookup('lines', 'echo a; echo b')", 'a,b'],
    ["query('lines', 'echo a; echo b')", ['a', 'b']],
  ])
  await refuseAll([
    ["query('sequence', 'start=1 to=3')", 'sequence does not know to=3'],
    ["query('sequence', 'start=1')", 'sequence needs end or count'],
    ["query('sequence', 'count=999999999')", 'a list of more than'],
    ["lookup('first_found', ['/nope'])", 'none of these files is there: /nope'],
  ])
})

test('a filter, function or lookup that is missing on purpose has a hint', async () => {
  await refuseAll([
    ["'pw' | password_hash('sha512')", 'needs a salt: without one, the hash would differ at each run'],
    ["'pw' | password_hash('bcrypt', 'salt')", 'it supports sha512 and sha256'],
    ["'pw' | password_hash('sha512', 'a b')", 'must be 1 to 16 letters'],
    ["'%Y' | strftime", 'the time of the run would differ at each run'],
    ["undef(hint='set me')", 'set me'],
    ["lookup('random_choice', [1])", 'random(seed=inventory_hostname)'],
    ["lookup('template', 'x.j2')", 'put the text with its expressions into a variable'],
    ["lookup('password', '/dev/null')", 'differs at each run'],
    ["lookup('password', 'none.txt')", 'a run does not create it'],
    ['1 is sameas 1', 'use =='],
    ["people | json_query('[0]')", 'use map, selectattr and members'],
  ])
})
