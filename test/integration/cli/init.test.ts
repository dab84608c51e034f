/** `run init`: what it refuses and what it prints. The test of the packed package proves that its project works. */
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('run init')
const folder = folderOf(test)

test('--check lists the files and writes none', async () => {
  const { status, stdout } = await runCli(['init', folder.at('listed'), '--check'])
  assert.is(status, 0)
  assert.match(stdout, /playbooks\/site\.ts +a playbook/)
  assert.not.ok(existsSync(folder.at('listed')))
})

test('a file that exists is not overwritten, and no other file is written', async () => {
  folder.write('mine/playbooks/site.ts', 'mine\n')
  const { status, stderr } = await runCli(['init', folder.at('mine')])
  assert.is(status, 1)
  assert.match(stderr, 'already has playbooks/site.ts')
  assert.is(readFileSync(folder.at('mine/playbooks/site.ts'), 'utf8'), 'mine\n')
  assert.not.ok(existsSync(folder.at('mine/inventory.yaml')))
})

test('the current folder is the default, and its playbook runs immediately', async () => {
  folder.write('My Site/.keep', '')
  const cwd = folder.at('My Site')
  const made = await runCli(['init'], { cwd })
  assert.is(made.status, 0)
  assert.match(made.stdout, 'Now: npm install && npx run site --check --diff')
  assert.is(JSON.parse(readFileSync(folder.at('My Site/package.json'), 'utf8')).name, 'my-site')
  const words = ['site', '--check', '-e', `folder=${folder.at('hello')}`]
  const { status, stdout, stderr } = await runCli([...words, '--output', 'plain'], { cwd })
  assert.equal([status, stderr], [0, ''], stdout)
  assert.match(stdout, /would change +directory/)
  assert.not.ok(existsSync(folder.at('hello')))
})

test('--role makes a role whose test passes, that runs alone, and from an installed package by its name', async () => {
  const made = await runCli(['init', '--role', 'hello-hosts'], { cwd: folder.path })
  assert.is(made.status, 0, made.stderr)
  assert.match(made.stdout, 'Now: cd role-hello-hosts && npm install && npm test')
  const manifest = JSON.parse(readFileSync(folder.at('role-hello-hosts/package.json'), 'utf8'))
  assert.equal(
    [manifest.name, manifest.keywords, Object.keys(manifest.peerDependencies)],
    ['role-hello-hosts', ['coxswain-role'], ['coxswain']],
  )
  const { rehearseRole } = await import('../../../engine/testing.ts')
  const { helloHosts } = await import(folder.at('role-hello-hosts/index.ts'))
  const { alpine } = await rehearseRole(helloHosts({ text: 'hi' }), {
    alpine: { files: { '/etc/os-release': 'ID=alpine\n', '/etc/motd': 'hi from alpine\n' } },
  })
  assert.equal(alpine.error, undefined)

  folder.write('inv.yaml', 'all: { hosts: { here: { connection: local } } }\n')
  const words = ['text=hi', `path=${folder.at('motd')}`, '-i', 'inv.yaml', '--hosts', 'here', '--check']
  const alone = await runCli(['role-hello-hosts/index.ts', ...words, '--output', 'plain'], {
    cwd: folder.path,
  })
  assert.is(alone.status, 0, alone.stdout + alone.stderr)
  assert.match(alone.stdout, /would change +.*motd/)

  folder.write(
    'node_modules/role-hello-hosts/package.json',
    JSON.stringify({ ...manifest, exports: './index.ts' }),
  )
  for (const file of ['index.ts', 'templates/motd.hbs'])
    folder.write(
      `node_modules/role-hello-hosts/${file}`,
      readFileSync(folder.at(`role-hello-hosts/${file}`), 'utf8'),
    )
  const installed = await runCli(['role-hello-hosts', ...words, '--output', 'plain'], { cwd: folder.path })
  assert.is(installed.status, 0, installed.stdout + installed.stderr)
  const help = await runCli(['role-hello-hosts', '--help'], { cwd: folder.path })
  assert.match(help.stdout, 'A role: steps with their handlers.')
})

test('a role of the project is found by its own name, by its folder and by its file', async () => {
  const cwd = folder.at('project')
  folder.write('project/coxswain.config.ts', "export default { tasks: ['roles'] }\n")
  folder.write('project/inv.yaml', 'all: { hosts: { here: { connection: local } } }\n')
  folder.write(
    'project/roles/role-hi/index.ts',
    `import { defineRole, z } from 'coxswain'
import { command } from 'coxswain/tasks'
export const hi = defineRole({
  name: 'hi-there', description: 'Says hi.', params: z.object({ word: z.string() }), example: { word: 'hi' },
  tasks: ({ word }) => [command({ run: 'echo', args: [word], readOnly: true })],
})
`,
  )
  folder.write('project/roles/empty/readme.md', '')
  for (const name of ['hi-there', 'role-hi', 'roles/role-hi', 'roles/role-hi/index.ts']) {
    const { status, stdout, stderr } = await runCli([name, 'word=x', '-i', 'inv.yaml', '--hosts', 'here'], {
      cwd,
    })
    assert.is(status, 0, name + stdout + stderr)
    const docs = await runCli(['docs', name], { cwd })
    assert.is(docs.status, 0, name + docs.stderr)
    assert.match(docs.stdout, 'Says hi.', name)
  }
  const help = await runCli(['hi-there', '--help'], { cwd })
  assert.match(help.stdout, 'Says hi.')
  const near = await runCli(['hi-ther', '-i', 'inv.yaml'], { cwd })
  assert.match(near.stderr, 'did you mean hi-there?')
  const empty = await runCli(['roles/empty', '-i', 'inv.yaml'], { cwd })
  assert.match(empty.stderr, 'roles/empty is a folder without index.ts')
})

test('a name that a role cannot have is refused, and nothing is written', async () => {
  const { status, stderr } = await runCli(['init', '--role', '../x'], { cwd: folder.path })
  assert.is(status, 1)
  assert.match(stderr, 'lower-case words joined by dashes')
})
