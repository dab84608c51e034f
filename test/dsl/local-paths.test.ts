/** Relative paths of local files: beside the file that makes the task, then in the current folder. */
import { join, relative } from 'node:path'
import * as assert from 'uvu/assert'
import { findLocal } from '../../engine/dsl/local-paths.ts'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('paths of local files')
const { at, write } = folderOf(test)

test('the first folder that has it wins, and the path is one from the current folder', () => {
  write('one/a', '')
  write('two/a', '')
  write('two/b', '')
  const folders = [at('one'), at('two')]
  assert.equal(findLocal('a', folders, at('')), { path: 'one/a', tried: [] })
  assert.equal(findLocal('b', folders, at('one')), { path: '../two/b', tried: [] })
  // as given where it is in the current folder
  assert.equal(findLocal('./a', folders, at('one')), { path: './a', tried: [] })
  assert.equal(findLocal(at('two/b'), folders), { path: at('two/b'), tried: [] })
})

test('all places are named where there is none', () => {
  assert.equal(findLocal('c', [at('one'), at('two'), at('one')], at('two')), {
    path: 'c',
    tried: [at('one/c'), at('two/c')],
  })
})

const site = (body: string, imports = ''): string => `import { playbook, z } from 'coxswain'
import { copy, script, template, unarchive } from 'coxswain/tasks'
${imports}
export default playbook({ name: 'site', vars: z.object({}), plays: ({ play }) => [
  play('files', { hosts: 'all', tasks: () => [${body}] }),
] })
`

write('inventory.yaml', 'all: { hosts: { a: { connection: local } } }\n')

const check = (playbook: string, cwd: string) =>
  runCli([relative(cwd, playbook), '-i', at('inventory.yaml'), '--check', '--no-journal'], { cwd })

test('template, copy and script find their files beside the playbook, in whatever folder the run starts', async () => {
  write('book/t.hbs', 'x\n')
  write('book/files/f', 'f\n')
  write('book/s.sh', 'true\n')
  const playbook = write(
    'book/site.ts',
    site(
      `template({ src: 't.hbs', dest: '${at('out-t')}' }), copy({ src: 'files', dest: '${at('out')}' }), script({ src: 's.sh' })`,
    ),
  )
  write('elsewhere/empty', '')
  for (const cwd of [at('book'), at('elsewhere'), '/']) {
    const { status, stdout, stderr } = await check(playbook, cwd)
    assert.is(status, 0, `${cwd}: ${stdout}${stderr}`)
  }
})

test('a role finds its files beside itself, and those of its playbook', async () => {
  write('roles/web/templates/own.hbs', 'own\n')
  write('shared.hbs', 'shared\n')
  write(
    'roles/web/tasks.ts',
    `import { template } from 'coxswain/tasks'
export const web = () => [
  template({ src: 'templates/own.hbs', dest: '${at('own')}' }),
  template({ src: 'shared.hbs', dest: '${at('shared')}' }),
]
`,
  )
  const playbook = write('with-role.ts', site('...web()', "import { web } from './roles/web/tasks.ts'"))
  write('elsewhere/empty', '')
  const { status, stdout, stderr } = await check(playbook, at('elsewhere'))
  assert.is(status, 0, `${stdout}${stderr}`)
})

test('a role that npm installed finds its files in its own folders', async () => {
  const role = (name: string): string => `import { defineRole, z } from 'coxswain'
import { copy, template } from 'coxswain/tasks'
export const role = defineRole({
  name: '${name}',
  description: 'Places files.',
  params: z.object({}),
  tasks: () => [
    template({ src: 'packed.hbs', dest: '${at('packed')}' }),
    copy({ src: 'packed.txt', dest: '${at('packed-text')}' }),
  ],
})
`
  const installed = 'npm/node_modules/@site/role-packed'
  write(`${installed}/templates/packed.hbs`, 'packed\n')
  write(`${installed}/files/packed.txt`, 'packed\n')
  write(`${installed}/index.js`, role('packed'))
  const manifest = { name: '@site/role-packed', type: 'module', exports: './index.js' }
  const playbook = write('npm/site.ts', site('role({})', "import { role } from '@site/role-packed'"))
  write('elsewhere/empty', '')
  write(`${installed}/package.json`, JSON.stringify(manifest))
  assert.is((await check(playbook, at('elsewhere'))).status, 2, 'it is not a package for Coxswain yet')
  write(`${installed}/package.json`, JSON.stringify({ ...manifest, peerDependencies: { coxswain: '*' } }))
  const { status, stdout, stderr } = await check(playbook, at('elsewhere'))
  assert.is(status, 0, `${stdout}${stderr}`)
})

for (const [name, call] of Object.entries({
  template: "template({ src: 'no.hbs', dest: '/tmp/x' })",
  copy: "copy({ src: 'no.hbs', dest: '/tmp/x' })",
  script: "script({ src: 'no.hbs' })",
  unarchive: "unarchive({ src: 'no.hbs', dest: '/tmp/x' })",
})) {
  test(`${name}: the error names all places that were tried`, async () => {
    const playbook = write(`missing-${name}/site.ts`, site(call))
    write('elsewhere/empty', '')
    const { status, stdout, stderr } = await check(playbook, at('elsewhere'))
    assert.is(status, 2, stdout)
    const places = [`missing-${name}/no.hbs`, 'elsewhere/no.hbs'].map((path) => join(at(''), path))
    assert.match((stdout + stderr).replaceAll(/\s+/g, ' '), `it was looked for at ${places.join(' and ')}`)
  })
}
