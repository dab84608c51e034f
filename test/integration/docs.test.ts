/** Examples and links in the documentation are correct. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { run } from '../../engine/cli/commands/run.ts'
import { starterFiles } from '../../engine/cli/init/starter.ts'
import { parseCommandLine } from '../../engine/cli/parse.ts'
import { libraryOf } from '../../engine/cli/session/library.ts'
import { filterNames, testNames } from '../../engine/inventory/expressions/library-of.ts'
import { partialFiles } from '../../tasks/files/templates/partial-files.ts'
import { render } from '../../tasks/files/templates/render.ts'
import * as tasks from '../../tasks/index.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('documents')

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'coxswain-docs-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const blocks = (language: string, document = readme): string[] =>
  [...document.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text = '']) => text,
  )

test('the playbook of the README runs', async () => {
  const [text = ''] = blocks('ts')
  writeFileSync(join(folder, 'greeting.ts'), text)
  writeFileSync(
    join(folder, 'inventory.yaml'),
    'all:\n  vars: { connection: local }\n  children: { web: { hosts: { w1: , w2: } } }\n',
  )
  const words = [
    join(folder, 'greeting.ts'),
    '-i',
    join(folder, 'inventory.yaml'),
    '-e',
    'greeting=hello',
    '-e',
    `path=${join(folder, 'motd')}`,
    '-l',
    'w1',
    '--output',
    'plain',
  ]
  const result = await runCli(words)
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.is(readFileSync(join(folder, 'motd'), 'utf8'), 'hello from w1, one of 2\n')
})

test('the steps made from values of docs/flow.md are listed', async () => {
  const text = blocks('ts', readFileSync(join(root, 'docs/flow.md'), 'utf8')).find((one) =>
    one.includes('given('),
  )
  writeFileSync(join(folder, 'time.ts'), text ?? '')
  writeFileSync(join(folder, 'time.yaml'), 'web: { hosts: { w1: } }\ndb: { hosts: { d1: } }\n')
  const result = await runCli([join(folder, 'time.ts'), '-i', join(folder, 'time.yaml'), '--list-tasks'])
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.match(result.stdout, 'given: os from os-release  (makes its tasks when the values are known)')
  assert.match(
    result.stdout,
    'given: first from default-address on db[0], all from default-address on each of db  (makes its tasks when the values are known)',
  )
})

test('the playbook of docs/flow.md runs, rescues, and tidies up', async () => {
  const [text = ''] = blocks('ts', readFileSync(join(root, 'docs/flow.md'), 'utf8'))
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('roll-out.ts'), text)
  // a program that answers as asked, and can neither check links, nor upgrade if configured so
  writeFileSync(
    at('app'),
    `#!/bin/sh\necho "$1" >> ${at('log')}\n[ "$1" != check-links ] && { [ "$1" != upgrade ] || [ ! -e ${at('broken')} ]; }\n`,
    { mode: 0o755 },
  )
  writeFileSync(
    at('sites.yaml'),
    'all:\n  vars: { connection: local }\n  children:\n    web: { hosts: { w1: , w2: } }\n    balancers: { hosts: { lb1: } }\n',
  )
  const words = [
    at('roll-out.ts'),
    '-i',
    at('sites.yaml'),
    '-e',
    `app=${at('app')}`,
    '-e',
    `config=${at('app.conf')}`,
  ]
  const result = await runCli([...words, '--output', 'plain'])
  assert.is(result.status, 0, result.stdout + result.stderr)
  const log = (): string[] => readFileSync(at('log'), 'utf8').trim().split('\n')
  const twice = ['check-links', 'drain', 'enable', 'pull', 'reindex', 'reload', 'upgrade', 'warm']
  assert.equal(log().toSorted(), [...twice, ...twice, 'migrate'].toSorted())
  assert.match(result.stdout, /w2 +skipped +.* migrate.*done once, on w1/)
  writeFileSync(at('broken'), '')
  writeFileSync(at('log'), '')
  const broken = await runCli([...words, '--output', 'plain', '--skip-tags', 'slow'])
  assert.is(broken.status, 2, broken.stdout + broken.stderr)
  assert.equal(
    log().filter((verb) => verb !== 'pull'),
    ['migrate', 'drain', 'upgrade', 'roll-back', 'enable'],
  )
  assert.not.match(broken.stdout, /^ +w2/m)
})

test('the expressions of docs/inventory.md have the values that it says, and it lists all filters and tests', async () => {
  const page = readFileSync(join(root, 'docs/inventory.md'), 'utf8')
  writeFileSync(join(folder, 'expressions.yaml'), blocks('yaml', page)[0] ?? '')
  writeFileSync(join(folder, 'expressions.ts'), blocks('ts', page)[0] ?? '')
  const words = ['-i', join(folder, 'expressions.yaml')]
  const result = await runCli([join(folder, 'expressions.ts'), ...words, '--list-tasks'])
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.match(result.stdout, 'echo https://web1.example.org:8001/ at 10.0.0.1 with 2 peers, info')
  const explained = await runCli(['inventory', ...words, '--host', 'web1', '--explain', 'app_port'])
  const [shown = ''] = blocks('text', page)
  assert.is(explained.stdout.replaceAll(/\S*expressions\.yaml/g, 'inventory.yaml').trimEnd(), shown.trimEnd())
  const listed = new Set([...page.matchAll(/`([^`\s]+)`/g)].map(([, name = '']) => name))
  assert.equal(
    [...filterNames, ...testNames].filter((name) => !listed.has(name)),
    [],
  )
})

test('the templates of docs/templates.md make what it says', async () => {
  const page = readFileSync(join(root, 'docs/templates.md'), 'utf8')
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('head.hbs'), '# {{title}}\n')
  const values = {
    title: 'T',
    sites: [
      { name: 'b', tags: [1] },
      { name: 'a', port: 1, tags: [] },
    ],
    networks: ['x', 'y'],
    command: "it's",
    tls: true,
    mode: 'live',
    ca: 'one\ntwo',
  }
  const [source = ''] = blocks('text', page)
  assert.is(
    render(source, values, at('page.hbs'), { partials: partialFiles(at('page.hbs'), source) }).text,
    "# T\nserver a 1 []\nserver b 80 [1]\nallow x, y\nrun 'it'\\''s'\ntls on\n  ca: |\n    one\n    two\n",
  )
  writeFileSync(at('site.conf.hbs'), 'name {{upper name}}\n')
  writeFileSync(at('texts.ts'), blocks('ts', page)[0] ?? '')
  writeFileSync(at('texts.yaml'), 'all: { hosts: { here: { connection: local } } }\n')
  const result = await runCli([at('texts.ts'), '-i', at('texts.yaml'), '-e', `folder=${folder}`])
  assert.is(result.status, 0, result.stdout + result.stderr)
  assert.is(readFileSync(at('upstream.conf'), 'utf8'), 'upstream {\n  server a:8080;\n  server b:8080;\n}\n')
  assert.is(readFileSync(at('other.conf'), 'utf8'), 'upstream {\n  server c:8080;\n}\n')
  assert.is(readFileSync(at('site.conf'), 'utf8'), 'name SHOP\n')
})

test('the role of docs/roles.md passes its test', async () => {
  const [role = '', itsTest = ''] = blocks('ts', readFileSync(join(root, 'docs/roles.md'), 'utf8'))
  const project = join(folder, 'role')
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  symlinkSync(root, join(project, 'node_modules/coxswain'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(project, 'motd.ts'), role)
  writeFileSync(join(project, 'motd.test.ts'), itsTest)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--test', join(project, 'motd.test.ts')],
    { cwd: root, encoding: 'utf8' },
  )
  assert.is(status, 0, stdout + stderr)
  const help = await runCli([join(project, 'motd.ts'), '--help'])
  assert.match(
    help.stdout,
    'Sets the message of the day, and tells everyone. A role: steps with their handlers.',
  )
})

test('the commands of the README are valid, and use existing names', () => {
  const commands = blocks('sh')
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('npx run '))
  assert.ok(commands.length >= 5)
  // the README goes on in a folder that `run init` has made
  const made = new Set(starterFiles('my-hosts', 'file:').map(({ path }) => path))
  for (const line of commands) {
    const words = line
      .replace(/\s+#.*$/, '')
      .split(/\s+/)
      .slice(2)
    const parsed = parseCommandLine(run, words, '0')
    if (parsed.kind !== 'command' || parsed.name !== 'run') continue
    const target = parsed.words[0]?.[0]
    if (target === undefined) continue
    const files = [target, `playbooks/${target}.ts`]
    const exists = files.some((file) => existsSync(join(root, file)) || made.has(file))
    assert.ok(exists || libraryOf(tasks).has(target), line)
  }
})

test('the links of the documents lead somewhere', () => {
  const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']
  const pages = readdirSync(join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
  for (const name of [...documents, ...pages]) {
    const text = readFileSync(join(root, name), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(root, dirname(name), target)), `${name}: ${target}`)
    }
  }
})

test('the scripts that the documents name exist', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  for (const [, name = ''] of (readme + readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).matchAll(
    /npm run ([\w:]+)/g,
  )) {
    assert.ok(scripts[name] !== undefined, name)
  }
})

test('every pain of other engines that is ours to spare has a test named after it', () => {
  const sources = readdirSync(join(root, 'test'), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(root, 'test', name), 'utf8'))
    .join('\n')
  const missing = [...Array.from({ length: 18 }, (_, index) => index + 1), 21, 22, 23, 24].filter(
    (pain) => !new RegExp(`test\\(\\s*['"\`]pain ${pain}: `).test(sources),
  )
  assert.equal(missing, [])
})
