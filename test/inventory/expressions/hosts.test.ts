/** What expressions read beside the variables of their host. */
import * as assert from 'uvu/assert'
import { chmodSync } from 'node:fs'
import { connectionVarsOf } from '../../../engine/inventory/variables/connection-vars.ts'
import type { Host } from '../../../engine/inventory/types.ts'
import { folderOf } from '../../support/folder.ts'
import { plainVariables } from '../../support/plain-variables.ts'
import { suite } from '../../support/spec.ts'
import { evaluatedHosts } from './evaluated.ts'
import type { EvaluateOptions } from './evaluated.ts'

const test = suite('hosts in expressions')
const folder = folderOf(test)

const hostOf = async (sources: readonly string[], name: string, options?: EvaluateOptions): Promise<Host> => {
  const host = (await evaluatedHosts(sources, options)).get(name)
  if (host === undefined) throw new Error(`no host ${name}`)
  return host
}

const cluster = folder.write(
  'cluster/hosts.ini',
  `
[web]
w1.example.org ip=10.0.0.1 ansible_host={{ip}}
w2.example.org ip=10.0.0.2 ansible_host={{ip}}

[db]
d1 ip=10.0.1.1

[all:vars]
ansible_user={{ 'ops' if inventory_hostname in groups.db else 'deploy' }}
`,
)
folder.write(
  'cluster/group_vars/all.yml',
  `
short: "{{ inventory_hostname_short }}"
mine: "{{ group_names }}"
first: "{{ groups['web'] | first }}"
database: "{{ hostvars[groups['db'][0]].ip }}:5432"
peers: "{{ groups['web'] | map('extract', hostvars, 'ip') | list }}"
others: "{{ groups.web | difference([inventory_hostname]) | length }}"
nearby: "{{ inventory_dir }}/{{ playbook_dir | basename }}"
unset: "{{ groups['cache'] | default([]) }}"
`,
)

test('the name and the groups of a host, and variables of other hosts', async () => {
  const values = plainVariables(
    (await hostOf([cluster], 'w1.example.org', { playbookFolder: '/srv/books' })).variables,
  )
  const { short, mine, first, database, peers, others, nearby, unset } = values
  assert.equal(
    { short, mine, first, database, peers, others, nearby, unset },
    {
      short: 'w1',
      mine: ['web'],
      first: 'w1.example.org',
      database: '10.0.1.1:5432',
      peers: ['10.0.0.1', '10.0.0.2'],
      others: 1,
      nearby: `${folder.at('cluster')}/books`,
      unset: [],
    },
  )
})

test('connection variables are evaluated for each host', async () => {
  const hosts = await evaluatedHosts([cluster])
  const read = (name: string) => {
    const host = hosts.get(name)
    if (host === undefined) throw new Error(name)
    const { address, user } = connectionVarsOf(host)
    return [address, user]
  }
  assert.equal(read('w1.example.org'), ['10.0.0.1', 'deploy'])
  assert.equal(read('w2.example.org'), ['10.0.0.2', 'deploy'])
  assert.equal(read('d1'), [undefined, 'ops'])
})

test('a setting has the same value by each of its names', async () => {
  const file = folder.write(
    'names.yaml',
    'all: { hosts: { a: { address: 10.0.0.9, v: "{{ ansible_host }}" } } }',
  )
  assert.is(plainVariables((await hostOf([file], 'a')).variables)['v'], '10.0.0.9')
})

test('numbers with units as they are written stay text for a schema of text', async () => {
  const file = folder.write(
    'port.yaml',
    'all: { hosts: { a: { p: 2222, ansible_port: "{{ p }}", key: "{{ inventory_dir }}/k", ansible_ssh_private_key_file: "{{ key }}" } } }',
  )
  const { port, private_key_file } = connectionVarsOf(await hostOf([file], 'a'))
  assert.equal([port, private_key_file], [2222, folder.at('k')])
})

test('ansible_play_hosts is known if the play is', async () => {
  const file = folder.write(
    'play.yaml',
    'all: { hosts: { a: { v: "{{ ansible_play_hosts | length }}" }, b: } }',
  )
  const values = async (options: EvaluateOptions) =>
    plainVariables((await hostOf([file], 'a', options)).variables)['v']
  assert.is(await values({ playHosts: ['a', 'b'] }), 2)
  assert.is(await values({}), '{{ ansible_play_hosts | length }}')
})

test('what an executable prints is evaluated, without lookups', async () => {
  const path = folder.write(
    'dynamic.sh',
    `#!/bin/sh
echo '{"web": {"hosts": ["a"]}, "_meta": {"hostvars": {"a": {"n": 1, "v": "{{ n + 1 }}", "w": "{{ lookup(\\'env\\', \\'HOME\\') }}"}}}}'
`.replaceAll("\\'", "'\\''"),
  )
  chmodSync(path, 0o755)
  const { variables } = await hostOf([path], 'a')
  assert.is(variables.get('v')?.value, 2)
  assert.match(
    JSON.stringify(variables.get('w')?.written),
    'lookup is not possible in what a program printed',
  )
})

test('the command line has no expressions, except in a file', async () => {
  const file = folder.write('extra.yaml', 'v: "{{ n }}"')
  const inventory = folder.write('plain.yaml', 'all: { hosts: { a: { n: 4 } } }')
  const values = async (extra: readonly string[]) =>
    plainVariables((await hostOf([inventory], 'a', { extra })).variables)['v']
  assert.is(await values(['v={{ n }}']), '{{ n }}')
  assert.is(await values(['{"v": "{{ n }}"}']), '{{ n }}')
  assert.is(await values([`@${file}`]), 4)
})

test('a host of -i a,b, has no folder of its inventory', async () => {
  const { variables } = await hostOf(
    ['a,b,', folder.write('beside/x.yaml', 'all: { vars: { v: "{{ inventory_dir }}" } }')],
    'a',
  )
  assert.match(JSON.stringify(variables.get('v')?.written), 'a is not in a file of the inventory')
})

test('without keys, what needs none of them is evaluated', async () => {
  const file = folder.write(
    'dry.yaml',
    'all: { hosts: { a: { n: 1, v: "{{ n }}", s: !command "echo x", w: "{{ s }}", p: "{{ lookup(\'pipe\', \'echo x\') }}" } } }',
  )
  const values = plainVariables((await hostOf([file], 'a', { keys: null })).variables)
  assert.equal([values['v'], values['w'], values['p']], [1, '{{ s }}', "{{ lookup('pipe', 'echo x') }}"])
})
