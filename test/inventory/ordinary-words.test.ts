/** `port`, `user` and other words are settings in an inventory with our names, and variables like any other beside names of Ansible. */
import * as assert from 'uvu/assert'
import { loadInventory } from '../../engine/inventory/load.ts'
import type { Variables } from '../../engine/inventory/types.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import { resolveHosts } from '../../engine/inventory/variables/resolve.ts'
import { parseExtra } from '../../engine/inventory/variables/typed.ts'
import { folderOf } from '../support/folder.ts'
import { plainVariables } from '../support/plain-variables.ts'
import { suite } from '../support/spec.ts'
import { evaluatedHosts } from './expressions/evaluated.ts'

const test = suite('ordinary words as variables')
const { write } = folderOf(test)

/** How hosts are reached, by name, and the warnings. */
const reached = async (
  text: string,
  {
    extra = [],
    defaults,
    file = 'hosts.yaml',
  }: { extra?: string[]; defaults?: Variables; file?: string } = {},
) => {
  const inventory = await loadInventory([write(file, text)], { defaults })
  const hosts = resolveHosts(inventory, await parseExtra(extra))
  return {
    warnings: inventory.warnings.map(({ message, hint, place }) => ({ message, hint, line: place.line })),
    of: (name: string) => {
      const host = hosts.get(name)
      if (host === undefined) throw new Error(`there is no host ${name}`)
      const { address, port, user, password, connection, become } = connectionVarsOf(host)
      const written = plainVariables(host.variables)
      return { address, port, user, password: password?.reveal(), connection, become, written }
    },
  }
}

const none = {
  port: undefined,
  user: undefined,
  password: undefined,
  connection: undefined,
  become: undefined,
}
const rest = (found: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.keys(none).map((key) => [key, found[key]]))

test('beside a name of Ansible they are variables of an application, and a warning names them', async () => {
  const { of, warnings } = await reached(
    'all:\n  hosts:\n    app1:\n      ansible_host: 127.0.0.1\n      port: 8080\n      user: appuser\n      password: dbpw\n      connection: "postgres://x"\n      become: 7\n',
  )
  const found = of('app1')
  assert.is(found.address, '127.0.0.1')
  assert.equal(rest(found), none)
  assert.is(found.written['port'], 8080)
  assert.equal(warnings, [
    {
      message:
        'port, user, password, connection, become are not connection settings on a host with variables named ansible_…, as app1 has ansible_host',
      hint: 'for the connection, write ansible_port, ansible_user, ansible_password, ansible_connection, ansible_become; a variable of an application can stay, or gets a name such as app_port',
      line: 5,
    },
  ])
})

test('expressions read them by their own names alone', async () => {
  const file = write(
    'expressions.yaml',
    'all:\n  vars: { v: "{{ ansible_port | default(22) }} {{ port }} {{ ansible_host }}" }\n  hosts:\n    a: { ansible_host: 10.0.0.1, port: 8080, address: x }\n    b: { port: 8080, address: 10.0.0.2 }\n',
  )
  const hosts = await evaluatedHosts([file])
  const values = [...hosts.values()].map(({ variables }) => plainVariables(variables)['v'])
  assert.equal(values, ['22 8080 10.0.0.1', '8080 8080 10.0.0.2'])
})

test('an inventory with our names alone reads them as settings', async () => {
  const { of, warnings } = await reached(
    'all:\n  vars: { user: ops }\n  hosts:\n    a: { address: 10.0.0.1, port: 2222, password: pw, become: true }\n    w1:2200:\n  children:\n    g: { vars: { ansible_group_priority: 2 }, hosts: { a: } }\n',
  )
  assert.equal(
    { ...of('a'), written: undefined },
    {
      address: '10.0.0.1',
      port: 2222,
      user: 'ops',
      password: 'pw',
      connection: undefined,
      become: true,
      written: undefined,
    },
  )
  assert.equal([of('w1').user, of('w1').port], ['ops', 2200])
  assert.equal(warnings, [])
})

test('each host of a mixed group is read by its own variables', async () => {
  const { of, warnings } = await reached(
    'all:\n  vars: { user: deploy }\n  hosts:\n    a: { ansible_host: 10.0.0.1 }\n    b: { address: 10.0.0.2 }\n',
  )
  assert.equal([of('a').user, of('a').address], [undefined, '10.0.0.1'])
  assert.equal([of('b').user, of('b').address], ['deploy', '10.0.0.2'])
  assert.equal(
    warnings.map(({ message }) => message),
    ['user is not a connection setting on a host with variables named ansible_…, as a has ansible_host'],
  )
})

test('any name of Ansible in a group counts for its hosts', async () => {
  const { of } = await reached(
    '[web]\nh1 port=8080\n[db]\nh2 port=2222\n[web:vars]\nansible_python_interpreter=/usr/bin/python3\n',
    { file: 'hosts.ini' },
  )
  assert.equal([of('h1').port, of('h2').port], [undefined, 2222])
})

test('settings of the project keep our names, and the command line changes no inventory', async () => {
  const place = { file: 'coxswain.config.ts' }
  const defaults = new Map([['user', { value: 'project', place }]])
  const theirs = await reached('all: { hosts: { a: { ansible_host: 10.0.0.1, port: 80 } } }', { defaults })
  assert.equal([theirs.of('a').user, theirs.of('a').port], ['project', undefined])
  const ours = await reached('all: { hosts: { a: { user: ops, port: 2222 } } }', {
    extra: ['ansible_become=true'],
  })
  assert.equal([ours.of('a').user, ours.of('a').port, ours.of('a').become], ['ops', 2222, true])
})

test('other names of ours stay settings beside names of Ansible', async () => {
  const file = write(
    'both.yaml',
    'all: { hosts: { a: { ansible_host: 10.0.0.1, private_key_file: /k, proxy_jump: hop, become_user: app } } }',
  )
  const host = resolveHosts(await loadInventory([file])).get('a')
  const found = host && connectionVarsOf(host)
  assert.equal([found?.private_key_file, found?.become_user], ['/k', 'app'])
})

test('a connection name of Ansible on one host makes it an inventory of Ansible for all', async () => {
  const { of, warnings } = await reached(
    'all:\n  hosts:\n    a: { ansible_host: 10.0.0.1 }\n    b: { port: 5432, user: dbuser }\n    c: { address: 10.0.0.3, port: 2222 }\n    d: { private_key_file: /k, port: 2223 }\n',
  )
  assert.equal([of('b').port, of('b').user], [undefined, undefined])
  // who writes the address or the key of a host has our names on purpose
  assert.equal([of('c').address, of('c').port], ['10.0.0.3', 2222])
  assert.is(of('d').port, 2223)
  assert.equal(
    warnings.map(({ message, line }) => [message, line]),
    [
      [
        'port, user are not connection settings in an inventory with connection variables named ansible_…, as it has ansible_host',
        4,
      ],
    ],
  )
})

test('another name of Ansible decides only about its own hosts', async () => {
  const { of, warnings } = await reached(
    'all:\n  hosts:\n    a: { ansible_python_interpreter: /usr/bin/python3 }\n    b: { port: 2222 }\n',
  )
  assert.is(of('b').port, 2222)
  assert.equal(warnings, [])
})

test('an application can have an address beside an address of Ansible', async () => {
  const { of } = await reached('all: { hosts: { a: { ansible_host: 10.0.0.1, address: x, port: 80 } } }')
  assert.equal([of('a').address, of('a').port], ['10.0.0.1', undefined])
})
