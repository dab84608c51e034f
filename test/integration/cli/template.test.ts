/** `run template FILE --host NAME`. */
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('printing a template')
const folder = folderOf(test)
const run = (...words: string[]) =>
  runCli(['template', ...words, '-i', 'inventory.yaml'], { cwd: folder.path })

folder.write(
  'inventory.yaml',
  `web:
  vars: { port: 80, url: "http://{{ inventory_hostname }}:{{ port }}", db_password: hush-4711, pin: !command "echo hush-pin", wrong: "{{ prot }}" }
  hosts: { web1: , web2: { port: 81 } }
`,
)
folder.write('site.conf.hbs', '{{> head this}}listen {{port}};\nurl {{url}};\n')
folder.write('head.hbs', '# {{inventory_hostname}} of {{join group_names ","}}\n')

test('the result is printed with the variables of the host', async () => {
  const { stdout, stderr, status } = await run('site.conf.hbs', '--host', 'web2')
  assert.is(status, 0, stderr)
  assert.is(stdout, '# web2 of web\nlisten 81;\nurl http://web2:81;\n')
  assert.match(
    (await run('site.conf.hbs', '--host', 'web1', '-e', 'port=8080')).stdout,
    'url http://web1:8080;',
  )
})

test('secrets are masked', async () => {
  folder.write('secret.hbs', 'password {{db_password}}\npin {{pin}}\n')
  const { stdout, stderr } = await run('secret.hbs', '--host', 'web1')
  assert.is(stdout, 'password ********\npin ********\n', stderr)
})

test('errors name the template or the inventory, with line and column', async () => {
  folder.write('bad.hbs', 'a\n{{prot}}\n')
  const { status, stderr } = await run('bad.hbs', '--host', 'web1')
  assert.is(status, 2)
  assert.match(stderr, 'bad.hbs uses a variable that is not set: prot')
  assert.match(stderr, 'bad.hbs:2:3')
  folder.write('wrong.hbs', '{{wrong}}')
  const wrong = await run('wrong.hbs', '--host', 'web1')
  assert.match(wrong.stderr, 'wrong: {{ prot }}: prot is undefined (did you mean port?)')
  assert.match(wrong.stderr, /inventory\.yaml:2:\d+/)
})

test('wrong uses are errors that say what to do', async () => {
  assert.match((await run('site.conf.hbs', '--host', 'web3')).stderr, 'did you mean web')
  assert.match((await run('--host', 'web1')).stderr, '--host needs one template')
  assert.match((await run('src=site.conf.hbs', '--host', 'web1')).stderr, '--host needs one template')
  assert.match((await run('none.hbs', '--host', 'web1')).stderr, 'cannot read the template none.hbs')
  const noHost = await run('site.conf.hbs')
  assert.match(noHost.stderr, '--host NAME is needed')
  assert.match((await run('site.conf.hbs', '--hosts', 'web1')).stderr, '--host NAME is needed')
  const other = await runCli(['file', 'x', '--host', 'web1', '-i', 'inventory.yaml'], { cwd: folder.path })
  assert.match(other.stderr, '--host is for `')
})
