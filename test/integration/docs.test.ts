/** What the documents show must be so. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { parseArguments } from '../../engine/cli/options.ts'
import { libraryOf } from '../../engine/cli/library.ts'
import * as tasks from '../../tasks/index.ts'
import { runCli } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('documents')

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'coxswain-docs-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
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

test('the commands of the README are understood, and name what there is', () => {
  const commands = blocks('sh')
    .join('\n')
    .split('\n')
    .filter((line) => line.startsWith('npx run '))
  assert.ok(commands.length >= 5)
  for (const line of commands) {
    const words = line
      .replace(/\s+#.*$/, '')
      .split(/\s+/)
      .slice(2)
    const request = parseArguments(words, '0')
    if (request.kind !== 'run' || request.target === undefined) continue
    const { target } = request
    assert.ok(target.endsWith('.ts') ? existsSync(join(root, target)) : libraryOf(tasks).has(target), line)
  }
})

test('the links of the documents lead somewhere', () => {
  for (const name of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
    const text = readFileSync(join(root, name), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(root, target)), `${name}: ${target}`)
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
