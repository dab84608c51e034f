/** Hosts that an inventory reaches in an unsupported way: only they fail. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('hosts with an unsupported connection')

const { path: folder, write } = folderOf(test)
const run = (...words: string[]) => runCli(words, { cwd: folder })

write(
  'hosts.yaml',
  `all:
  vars: { ansible_connection: local }
  hosts:
    here:
    windows:
      ansible_connection: winrm
    switch:
      ansible_connection: ansible.netcommon.network_cli
    tunnel:
      ansible_connection: ssh
      ansible_ssh_common_args: -L 8080:localhost:80
    runas:
      ansible_become_method: runas
    typo:
      ansible_port: 99999
`,
)
write(
  'site.ts',
  `import { playbook, z } from 'coxswain'
import { command } from 'coxswain/tasks'

export default playbook({
  name: 'site',
  vars: z.object({}),
  plays: ({ play }) => [
    play('one', { hosts: 'here:runas', tasks: () => [command({ run: 'echo one' })] }),
    play('two', {
      hosts: 'here:windows:switch:tunnel:runas',
      tasks: ({ host }) => [command({ run: 'echo two' }, { become: host.name === 'runas' })],
    }),
    play('three', { hosts: 'here', tasks: () => [command({ run: 'echo three' })] }),
  ],
})
`,
)

test('they fail at their turn, and the others continue', async () => {
  const { status, stdout, stderr } = await run('site.ts', '-i', 'hosts.yaml', '--output', 'plain')
  const all = stdout + stderr
  assert.is(status, 4, all)
  for (const text of [
    /windows +unreachable/,
    /ansible_connection: winrm is not supported/,
    'hosts.yaml:6',
    'supported are ssh, openssh, local, docker, podman',
    /ansible_connection: ansible\.netcommon\.network_cli is not supported/,
    'ansible_ssh_common_args: -L is not supported',
    'ansible_become_method: runas is not supported',
    /^here +0 +2 +0 +0 +0$/m,
    /^runas +0 +1 +0 +0 +1$/m,
  ])
    assert.match(all, text)
})

test('a host that no play selects does not matter, whatever is wrong with it', async () => {
  const { status, stderr } = await run('exec', 'here', '-i', 'hosts.yaml', '--', 'true')
  assert.is(status, 0, stderr)
})

test('an invalid value is an error before anything runs, if its host is selected', async () => {
  const { status, stderr } = await run('exec', 'here:typo', '-i', 'hosts.yaml', '--', 'true')
  assert.is(status, 1, stderr)
  assert.match(stderr, /port: [\s\S]*hosts\.yaml:15/)
})

test('doctor reports it for each host', async () => {
  const { stdout } = await run('doctor', '-i', 'hosts.yaml')
  for (const text of ['winrm is not supported', 'network_cli is not supported', 'here'])
    assert.match(stdout, text)
})
