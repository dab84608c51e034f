/** Variables with nearly the name of a connection variable. */
import * as assert from 'uvu/assert'
import { loadInventory } from '../../engine/inventory/load.ts'
import { misspeltSetting } from '../../engine/inventory/variables/misspelt.ts'
import { looksSecretName } from '../../engine/inventory/variables/secret-name.ts'
import { settingNames } from '../../engine/inventory/variables/setting-names.ts'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('misspelt connection variables')
const { write } = folderOf(test)

const misspellings = {
  adress: 'address',
  addres: 'address',
  conection: 'connection',
  pasword: 'password',
  becom_user: 'become_user',
  private_keyfile: 'private_key_file',
  ansible_hosst: 'ansible_host',
  ansible_prot: 'ansible_port',
  ansible_usr: 'ansible_user',
  ansible_ssh_private_keyfile: 'ansible_ssh_private_key_file',
}

for (const [name, meant] of Object.entries(misspellings)) {
  test(`${name} means ${meant}`, () => {
    assert.is(misspeltSetting(name), meant)
  })
}

const others = [
  ...settingNames,
  'addresses',
  'address2',
  'ports',
  'users',
  'usr',
  'passwords',
  'ansible_python_interpreter',
  'ansible_shell_type',
  'ansible_group_priority',
  'ansible_pipelining',
  'ansible_ssh_retries',
  'ansible_distribution',
  'becomes',
  'host',
  'name',
]

for (const name of others) {
  test(`${name} is not misspelt`, () => {
    assert.is(misspeltSetting(name), undefined)
  })
}

test('the warning names the variable, its place and what was meant, once', async () => {
  const { warnings } = await loadInventory([
    write('twice.yaml', 'all:\n  hosts:\n    a: { adress: 192.0.2.1 }\n    b: { adress: 192.0.2.2 }\n'),
  ])
  assert.equal(
    warnings.map(({ message, place, hint }) => [message, place.line, place.column, hint]),
    [['adress is not a connection variable', 3, 10, 'did you mean address?']],
  )
})

test('it is shown by a run, unless the playbook reads a variable of that name', async () => {
  const inventory = write('one.yaml', 'all: { hosts: { a: { connection: local, adress: x } } }\n')
  const playbook = (vars: string): string =>
    write(
      'site.ts',
      `import { playbook, z } from 'coxswain'
export default playbook({ name: 'site', vars: z.looseObject({ ${vars} }), plays: ({ play }) => [
  play('nothing', { hosts: 'all', tasks: () => [] }),
] })
`,
    )
  const shown = async (vars: string): Promise<string> => {
    const { stderr, status } = await runCli([playbook(vars), '-i', inventory, '--list-hosts'])
    assert.is(status, 0, stderr)
    return stderr
  }
  assert.match(
    await shown(''),
    /adress is not a connection variable\n.*one\.yaml:1:\d+\n[^]*did you mean address\?/,
  )
  assert.is(await shown('adress: z.string()'), '')
})

const secretLines = {
  'of ours': 'all:\n  hosts:\n    a:\n      passwrd: geheimnis123\n',
  "of Ansible's": 'all:\n  hosts:\n    a: { ansible_become_pas: geheimnis123 }\n',
  'in INI': 'a ansible_ssh_pas=geheimnis123\n',
  'beside another one': 'a adress=x paswrd=geheimnis123\n',
}

for (const [what, content] of Object.entries(secretLines)) {
  test(`the value of a misspelt password is not shown: ${what}`, async () => {
    const inventory = write(`hidden-${what.replaceAll(/\W/g, '-')}`, content)
    const listed = await runCli(['inventory', '-i', inventory])
    assert.match(listed.stderr, 'is not a connection variable')
    assert.not.match(listed.stderr, 'geheimnis123')
    for (const words of [['--host', 'a'], ['--host', 'a', '--explain'], ['--list']]) {
      const shown = await runCli(['inventory', '-i', inventory, ...words])
      assert.is(shown.status, 0, shown.stderr)
      assert.match(shown.stdout, '********')
      assert.not.match(shown.stdout + shown.stderr, 'geheimnis123')
    }
  })
}

test('a name that is not near that of a secret is shown', () => {
  assert.equal(['keyword', 'passed', 'user', 'port', 'address', 'compass_x'].filter(looksSecretName), [])
})
