/** The roles in examples/roles/: their own tests pass, and each is a package as npm wants it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { suite } from '../support/spec.ts'

const test = suite('roles in examples')
const folder = 'examples/roles'
const names = readdirSync(folder)

const manifest = z.object({
  name: z.string(),
  description: z.string(),
  keywords: z.array(z.string()),
  license: z.literal('MIT'),
  exports: z.literal('./index.ts'),
  files: z.array(z.string()),
  peerDependencies: z.object({ coxswain: z.string() }),
})

test('their tests pass', () => {
  const files = names.map((name) => `${folder}/${name}/${name}.test.ts`)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', '--import', 'tsx', '--test', ...files],
    { encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } },
  )
  assert.is(status, 0, `${stdout}${stderr}`)
})

for (const name of names)
  test(`${name} can be published`, () => {
    const text = readFileSync(`${folder}/${name}/package.json`, 'utf8')
    const { keywords, ...its } = manifest.parse(JSON.parse(text))
    assert.is(its.name, `coxswain-role-${name}`)
    assert.ok(keywords.includes('coxswain-role'))
    const readme = readFileSync(`${folder}/${name}/README.md`, 'utf8')
    assert.ok(readme.startsWith(`# ${its.name}\n`))
    assert.is(existsSync(`${folder}/${name}/templates`), its.files.includes('templates'))
  })
