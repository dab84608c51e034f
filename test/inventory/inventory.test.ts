import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { secret } from '../../engine/dsl/schema.ts'
import { groupsOfHosts, hostsOfGroup, requireGroup } from '../../engine/inventory/graph.ts'
import { loadInventory } from '../../engine/inventory/load.ts'
import { nearest } from '../../engine/inventory/nearest.ts'
import { renderPlace } from '../../engine/inventory/place.ts'
import { expandRanges } from '../../engine/inventory/sources/ranges.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import { plainVariables } from '../support/plain-variables.ts'
import { validateAll, variablesOf } from '../../engine/inventory/variables/validate.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'

const test = suite('inventory')

const folder = mkdtempSync(join(tmpdir(), 'coxswain-inventory-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const ranges: [string, string[]][] = [
  ['web1', ['web1']],
  ['web[1:3]', ['web1', 'web2', 'web3']],
  ['web[01:03]', ['web01', 'web02', 'web03']],
  ['web[08:10]', ['web08', 'web09', 'web10']],
  ['web[:2]', ['web0', 'web1', 'web2']],
  ['web[1:9:4]', ['web1', 'web5', 'web9']],
  ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
  ['r[1:2]n[a:b].example', ['r1na.example', 'r1nb.example', 'r2na.example', 'r2nb.example']],
]
for (const [name, wanted] of ranges)
  test(`${name} is ${wanted.join(' ')}`, () => assert.equal(expandRanges(name), wanted))

const wrongRanges: [string, RegExp][] = [
  ['web[3:1]', /runs backwards/],
  ['web[1:]', /has no end/],
  ['web[001:10]', /ends of different width/],
  ['web[a:C]', /mixes upper and lower case/],
  ['web[1:b]', /is not a range/],
  ['web[1:3:0]', /is not a range/],
]
for (const [name, message] of wrongRanges)
  test(`${name} is refused`, () => assert.throws(() => expandRanges(name), message))

const site = write(
  'site.yaml',
  `all:
  vars: { level: all, who: all }
  hosts:
    lonely:
  children:
    dc:
      vars: { level: dc }
      children:
        web:
          hosts:
            web[1:2]: { port: 2222 }
          vars: { level: web }
        app:
          hosts: { web2: { level: host } }
          vars: { level: app, who: app }
`,
)

test('hosts keep their order, groups contain the hosts of their children', async () => {
  const inventory = await loadInventory([site])
  assert.equal([...inventory.hosts.keys()], ['lonely', 'web1', 'web2'])
  assert.equal(hostsOfGroup(inventory, 'dc'), ['web1', 'web2'])
  assert.equal(hostsOfGroup(inventory, 'all'), ['lonely', 'web1', 'web2'])
  assert.equal(hostsOfGroup(inventory, 'ungrouped'), ['lonely'])
  assert.equal(groupsOfHosts(inventory).get('web2'), ['all', 'dc', 'app', 'web'])
  assert.throws(() => requireGroup(inventory, 'wbe'), /no group wbe/)
})

test('all < parent < child < by name < host < extra', async () => {
  const inventory = await loadInventory([site])
  const level = (name: string, extra = new Map()): unknown =>
    plainVariables(resolveHosts(inventory, extra).get(name)?.variables ?? new Map())['level']
  assert.is(level('lonely'), 'all')
  assert.is(level('web1'), 'web')
  assert.is(level('web2'), 'host')
  assert.is(plainVariables(resolveHosts(inventory).get('web2')?.variables ?? new Map())['who'], 'app')
})

test('extra variables win; their values are YAML', async () => {
  const file = write('extra.yaml', 'level: file\nlist: [1, 2]\n')
  const words = ['count=3', 'name=abc', 'flag=true', 'list=[x]', 'quoted="3"', 'empty=', 'nothing=null']
  const extra = await parseExtra([`@${file}`, ...words])
  assert.equal(plainVariables(extra), {
    level: 'file',
    list: ['x'],
    count: 3,
    name: 'abc',
    flag: true,
    quoted: '3',
    empty: '',
    nothing: null,
  })
  const inventory = await loadInventory([site])
  assert.is(resolveHosts(inventory, extra).get('web2')?.variables.get('level')?.value, 'file')
  await rejects(() => parseExtra(['nonsense']), 'usage', 'neither key=value, nor @file, nor a map')
  // the typed value can contain a secret
  for (const word of ['{"pw":"hunter2"', '{"pw":"hunter=2', 'hunter2', '"hunter2=', "pw: 'hunter=2'"]) {
    const error = await rejects(() => parseExtra([word]), 'usage', 'it is not shown')
    assert.not.match(`${error.message} ${error.hint} ${error.output ?? ''}`, 'hunter')
  }
  await rejects(() => parseExtra(['@/no/such']), 'load-failed', 'cannot read')
})

test('a schema of text gets the characters of the file, not the YAML value', async () => {
  const schema = z.object({
    version: z.string(),
    loose: z.coerce.string(),
    count: z.number(),
    either: z.union([z.number(), z.string()]),
    list: z.array(z.string()),
  })
  const words = ['version=1.30', 'loose=007', 'count=3', 'either=4', 'list=[a]']
  const given = { name: 'h', variables: await parseExtra(words) }
  assert.equal(variablesOf(schema, given), {
    version: '1.30',
    loose: '007',
    count: 3,
    either: 4,
    list: ['a'],
  })
  const odd = ['a: b', '{{x}}', '#x', '@x', '`x', '%x', '*x', 'null', 'true', '1e3']
  for (const text of odd) {
    const variables = await parseExtra([`version=${text}`])
    assert.is(variablesOf(z.object({ version: z.string() }), { name: 'h', variables }).version, text)
  }
  // quotes make it text, and are not part of it
  const variables = await parseExtra(['version="1.30"'])
  assert.is(variablesOf(z.object({ version: z.string() }), { name: 'h', variables }).version, '1.30')
  const file = write('versions.yaml', 'all: { hosts: { h: { version: 1.30 } } }\n')
  const host = resolveHosts(await loadInventory([file])).get('h')
  assert.is(variablesOf(z.object({ version: z.string() }), host ?? given).version, '1.30')
})

test('a range of too many names is refused before it uses memory', () => {
  assert.throws(() => expandRanges('web[1:99999999]'), /99999999 names/)
})

test('several inventories: the later one wins, and hosts can be named on the command line', async () => {
  const more = write('more.yaml', 'all:\n  vars: { level: later }\n')
  const inventory = await loadInventory([site, more, 'x1,x[2:3],'])
  assert.equal([...inventory.hosts.keys()], ['lonely', 'web1', 'web2', 'x1', 'x2', 'x3'])
  assert.is(resolveHosts(inventory).get('x1')?.variables.get('level')?.value, 'later')
  await rejects(() => loadInventory([]), 'usage', 'no inventory')
  await rejects(() => loadInventory(['/no/such.yaml']), 'load-failed', 'there is no inventory')
})

const broken: [string, string, RegExp, string][] = [
  ['a key twice', 'all:\n  hosts:\n    a:\n    a:\n', /is set twice/, '4:5'],
  ['hosts as a list', 'all:\n  hosts:\n    - a\n', /hosts of all must be a map/, '3:5'],
  ['a host that is a word', 'all:\n  hosts:\n    a: yes\n', /the variables of host a must be a map/, '3:8'],
  ['a broken range', 'all:\n  hosts:\n    a[3:1]:\n', /runs backwards/, '3:5'],
  [
    'a circle',
    'all:\n  children:\n    a: { children: { b: { children: { a: } } } }\n',
    /contain each other: a > b > a/,
    '3:5',
  ],
  ['no YAML', 'all: [\n', /./, '2:1'],
]
for (const [what, text, message, place] of broken) {
  test(`${what} is refused at its place`, async () => {
    const file = write('broken.yaml', text)
    const error = await rejects(() => loadInventory([file]), 'inventory-invalid', message)
    assert.is(`${error.place?.line}:${error.place?.column}`, place)
  })
}

test('a place has a caret under its column', () => {
  assert.is(
    renderPlace({ file: 'i.yaml', line: 2, column: 3, excerpt: '  host:' }),
    'i.yaml:2:3\n    host:\n    ^',
  )
  assert.is(renderPlace({ file: '-e x' }), '-e x')
})

test('the nearest name', () => {
  assert.is(nearest('mastres', ['masters', 'workers']), 'masters')
  assert.is(nearest('ab', ['ba', 'zz']), 'ba')
  assert.is(nearest('zebra', ['masters']), undefined)
})

test('variables: all problems at once, each once, with their places', async () => {
  const file = write(
    'vars.yaml',
    'all:\n  vars: { port: many, nmae: x }\n  hosts: { a: , b: { port: 1 }, c: }\n',
  )
  const hosts = resolveHosts(await loadInventory([file])).values()
  const schema = z.object({ port: z.number(), name: z.string() })
  const error = await rejects(
    () => validateAll(schema, hosts),
    'variables-invalid',
    '2 problems with variables',
  )
  assert.match(error.message, 'a, c: port: a number is needed')
  assert.match(error.message, `${file}:2:11`)
  assert.match(error.message, 'a, b, c: name is not set (did you mean nmae?)')
  assert.not.match(error.message, 'hush')
})

test('variables: an invalid secret is not printed', async () => {
  const file = write('secret.yaml', 'all:\n  hosts: { a: { key: [hush] } }\n')
  const hosts = resolveHosts(await loadInventory([file])).values()
  const error = await rejects(
    () => validateAll(z.object({ key: secret() }), hosts),
    'variables-invalid',
    'key',
  )
  assert.not.match(error.message.split('\n')[0] ?? '', 'hush')
})

test('connection variables: our names, then Ansible’s', async () => {
  const file = write(
    'reach.yaml',
    'all:\n  hosts:\n    a: { private_key_file: keys/ours, ansible_host: 2.2.2.2, ansible_port: 22022, ansible_ssh_private_key_file: keys/id, ansible_become: yes, ansible_become_pass: hush }\n    b: { private_key_file: ~/.ssh/x, port: many }\n    c: { private_key_file: ~/.ssh/x }\n',
  )
  const hosts = resolveHosts(await loadInventory([file]))
  const host = (name: string) => {
    const found = hosts.get(name)
    if (found === undefined) throw new Error(name)
    return found
  }
  const a = connectionVarsOf(host('a'))
  assert.equal(
    [a.address, a.port, a.private_key_file, a.become],
    ['2.2.2.2', 22_022, join(folder, 'keys/ours'), true],
  )
  assert.is(a.become_password?.reveal(), 'hush')
  assert.not.match(JSON.stringify(a), 'hush')
  assert.is(connectionVarsOf(host('c')).private_key_file, join(homedir(), '.ssh/x'))
  const error = await rejects(() => connectionVarsOf(host('b')), 'inventory-invalid', 'port')
  assert.is(error.place?.line, 4)
})
