/** Our names and Ansible's for the same setting: the most specific layer wins, whichever it uses. */
import * as assert from 'uvu/assert'
import { plainVariables } from '../support/plain-variables.ts'
import { connectionVarsOf } from '../../engine/inventory/variables/connection-vars.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { suite } from '../support/spec.ts'
import { hostReader } from './host-of.ts'

const test = suite('settings and their names')

const folder = folderOf(test)
const hostOf = hostReader(folder)

const cases: [string, string, string[], string][] = [
  [
    'Ansible’s name at the host beats ours at all',
    'all: { vars: { user: root }, hosts: { a: { ansible_user: bob } } }',
    [],
    'bob',
  ],
  [
    'beside names of Ansible, ours is a variable like any other',
    'all: { vars: { ansible_user: root }, hosts: { a: { user: bob } } }',
    [],
    'root',
  ],
  [
    'a group beats all',
    'all: { vars: { user: root }, children: { g: { vars: { ansible_ssh_user: bob }, hosts: { a: } } } }',
    [],
    'bob',
  ],
  ['the command line beats the host', 'all: { hosts: { a: { user: root } } }', ['ansible_user=bob'], 'bob'],
]
for (const [what, text, extra, user] of cases) {
  test(what, async () => assert.is(connectionVarsOf(await hostOf(text, extra)).user, user))
}

test("of Ansible's own names the one that Ansible asks for last counts, wherever it is set", async () => {
  const all = `ansible_ssh_user: late, ansible_ssh_port: 1111, ansible_ssh_host: 192.0.2.9,
    ansible_ssh_private_key_file: /k/all, ansible_ssh_pass: middle, ansible_ssh_password: late,
    ansible_become_pass: late, ansible_ssh_private_key_passphrase: late`
  const host = `ansible_user: early, ansible_port: 2222, ansible_host: 192.0.2.1,
    ansible_private_key_file: /k/host, ansible_password: early,
    ansible_become_password: early, ansible_private_key_passphrase: early`
  const reach = connectionVarsOf(await hostOf(`all: { vars: { ${all} }, hosts: { a: { ${host} } } }`))
  assert.equal(
    [reach.user, reach.port, reach.address, reach.private_key_file],
    ['late', 1111, '192.0.2.9', '/k/all'],
  )
  assert.equal(
    [reach.password?.reveal(), reach.become_password?.reveal(), reach.passphrase?.reveal()],
    ['late', 'late', 'late'],
  )
})

test("a name of Ansible's without a value leaves it to the others", async () => {
  const text = 'all: { vars: { ansible_user: bob }, hosts: { a: { ansible_ssh_user: } } }'
  assert.is(connectionVarsOf(await hostOf(text)).user, 'bob')
})

test("between our name and Ansible's the more specific place counts", async () => {
  const become = async (text: string) => connectionVarsOf(await hostOf(text)).become_user
  const all = 'ansible_become_user: late'
  assert.is(await become(`all: { vars: { ${all} }, hosts: { a: { become_user: ours } } }`), 'ours')
  assert.is(await become(`all: { hosts: { a: { ${all}, become_user: ours } } }`), 'ours')
})

const connections: [string, string][] = [
  ['smart', 'ssh'],
  ['paramiko', 'ssh'],
  ['paramiko_ssh', 'ssh'],
  ['ansible.builtin.ssh', 'ssh'],
  ['ansible.builtin.paramiko_ssh', 'ssh'],
  ['ansible.builtin.local', 'local'],
  ['community.docker.docker', 'docker'],
  ['containers.podman.podman', 'podman'],
]
for (const [theirs, ours] of connections) {
  test(`connection ${theirs} is ${ours}`, async () => {
    const { connection, unsupported } = connectionVarsOf(
      await hostOf(`all: { hosts: { a: { ansible_connection: ${theirs} } } }`),
    )
    assert.equal([connection, unsupported], [ours, undefined])
  })
}

const methods: [string, string][] = [
  ['ansible.builtin.sudo', 'sudo'],
  ['ansible.builtin.su', 'su'],
  ['community.general.doas', 'doas'],
]
for (const [theirs, ours] of methods) {
  test(`become method ${theirs} is ${ours}`, async () => {
    const text = `all: { hosts: { a: { ansible_become_method: ${theirs} } } }`
    assert.is(connectionVarsOf(await hostOf(text)).become_method, ours)
  })
}

test('an unsupported value is reported with name, value, place and the supported ones', async () => {
  const { unsupported, unsupportedBecome } = connectionVarsOf(
    await hostOf('all:\n  hosts:\n    a:\n      ansible_connection: winrm\n      become_method: runas\n'),
  )
  assert.is(unsupported?.code, 'connection-unsupported')
  assert.is(unsupported?.message, 'ansible_connection: winrm is not supported')
  assert.is(unsupported?.hint, 'supported are ssh, openssh, local, docker, podman')
  assert.equal([unsupported?.host, unsupported?.place?.line], ['a', 4])
  assert.is(unsupportedBecome?.message, 'become_method: runas is not supported')
  assert.is(unsupportedBecome?.hint, 'supported are sudo, su, doas')
})

const quoted = (value: string): string => JSON.stringify(value)
const argumentsOf = async (variables: Readonly<Record<string, string>>, more = '') => {
  const pairs = Object.entries(variables).map(([name, value]) => `${name}: ${quoted(value)}`)
  return connectionVarsOf(
    await hostOf(`all: { hosts: { a: { ${[...pairs, more].filter(Boolean).join(', ')} } } }`),
  )
}

test('ssh arguments are read as options, in the order in which Ansible passes them', async () => {
  const { sshArguments, unsupported } = await argumentsOf({
    ansible_ssh_extra_args: '-p2222 -l bob',
    ansible_ssh_common_args:
      "-o 'ProxyCommand=ssh -W %h:%p -q gw' -J a,b -oPort=23 -4AC -i '~/my key' -F /etc/own # -6",
    ansible_ssh_args: '-o ControlMaster=auto -o ControlPersist=60s -o ConnectTimeout=7',
  })
  assert.is(unsupported?.message, 'ansible_ssh_common_args: # is not supported')
  assert.equal(sshArguments.before, ['ControlMaster=auto', 'ControlPersist=60s', 'ConnectTimeout=7'])
  const { sshArguments: read, unsupported: none } = await argumentsOf({
    ansible_ssh_extra_args: '-p2222 -l bob',
    ansible_ssh_common_args:
      "-o 'ProxyCommand=ssh -W %h:%p -q gw' -J a,b -oPort=23 -4AC -i '~/my key' -F /etc/own",
  })
  assert.is(none, undefined)
  assert.equal(read, {
    configFile: '/etc/own',
    before: [],
    after: [
      'ProxyCommand=ssh -W %h:%p -q gw',
      'ProxyJump=a,b',
      'Port=23',
      'AddressFamily=inet',
      'ForwardAgent=yes',
      'Compression=yes',
      'IdentityFile="~/my key"',
      'Port=2222',
      'User=bob',
    ],
    forwardAgent: true,
    connectTimeout: undefined,
  })
})

for (const [text, seconds] of [
  ['ConnectTimeout=5s', 5],
  ['ConnectTimeout=1m30s', 90],
  ['ConnectTimeout=1H', 3600],
  ['ConnectTimeout 7', 7],
  ['ConnectTimeout=none', undefined],
  ['ConnectTimeout=0', undefined],
] as const) {
  test(`${text} is ${seconds === undefined ? 'not a timeout' : `${seconds} seconds`}, as for ssh`, async () => {
    const { sshArguments, unsupported } = await argumentsOf({ ansible_ssh_common_args: `-o '${text}'` })
    assert.is(unsupported, undefined)
    assert.is(sshArguments.connectTimeout, seconds)
  })
}

const refusals: [string, string][] = [
  ['-o ConnectTimeout=5x', 'ConnectTimeout=5x is not supported'],
  ['-o ForwardAgent=/run/agent', 'ForwardAgent=/run/agent is not supported'],
  ['-o ForwardAgent=$SOCKET', 'ForwardAgent=$SOCKET is not supported'],
  ['-L 8080:localhost:80', '-L is not supported'],
  ['-o LocalForward=1', '-o LocalForward=1 is not supported'],
  ['-oSetEnv=A=b', '-o SetEnv=A=b is not supported'],
  ['-o PermitLocalCommand=yes', '-o PermitLocalCommand=yes is not supported'],
  ['-o PubkeyAcceptedAlgorithms=ssh-rsa', '-o PubkeyAcceptedAlgorithms=ssh-rsa is not supported'],
  ['-CN', '-N is not supported'],
  ['web1', 'web1 is not supported'],
  ['--', '-- is not supported'],
  ['-o', '-o without a value is not supported'],
  ["-o 'Port=1", 'a quote is not closed'],
]
for (const [text, message] of refusals) {
  test(`ssh arguments: ${text} is refused by name`, async () => {
    const { unsupported } = await argumentsOf({ ansible_ssh_common_args: text })
    assert.is(unsupported?.message, `ansible_ssh_common_args: ${message}`)
    assert.is(unsupported?.place?.line, 1)
  })
}

test('ssh arguments without effect here are accepted', async () => {
  const text = '-q -vvv -T -x -S none -o BatchMode=yes -o PubkeyAcceptedKeyTypes=+ssh-rsa -o LogLevel=ERROR'
  assert.is((await argumentsOf({ ansible_ssh_common_args: text })).unsupported, undefined)
})

test('ssh arguments with an expression are ignored for a local host, and an error otherwise', async () => {
  const variables = { ansible_ssh_common_args: '-o ProxyJump={{ bastion }}' }
  assert.is((await argumentsOf({ ...variables, ansible_connection: 'local' })).unsupported, undefined)
  await rejects(() => argumentsOf(variables), 'inventory-invalid', 'ansible_ssh_common_args')
})

test('ssh arguments are ignored for a host with another connection', async () => {
  const variables = { ansible_ssh_common_args: '-L 1:localhost:1', ansible_connection: 'local' }
  assert.is((await argumentsOf(variables)).unsupported, undefined)
})

test('a playbook reads both names as written', async () => {
  const { variables } = await hostOf('all: { vars: { user: root }, hosts: { a: { ansible_user: bob } } }')
  assert.equal(plainVariables(variables), { user: 'root', ansible_user: 'bob' })
})

test('the old become variables apply only to their own method, and last', async () => {
  const become = async (vars: string) => {
    const { become_user: user, become_password: password } = connectionVarsOf(
      await hostOf(`all: { hosts: { a: { ${vars} } } }`),
    )
    return [user, password?.reveal()]
  }
  const old = ['sudo', 'su', 'doas'].map(
    (one) => `ansible_${one}_user: ${one}-user, ansible_${one}_pass: ${one}-pass`,
  )
  const all = `ansible_become_user: root, ansible_become_pass: usual, ${old.join(', ')}`
  assert.equal(await become(all), ['sudo-user', 'sudo-pass'])
  for (const [method, way] of [
    ['sudo', 'sudo'],
    ['ansible.builtin.su', 'su'],
    ['community.general.doas', 'doas'],
  ])
    assert.equal(await become(`ansible_become_method: ${method}, ${all}`), [`${way}-user`, `${way}-pass`])
  assert.equal(await become('ansible_su_pass: other, ansible_become_pass: usual'), [undefined, 'usual'])
})
