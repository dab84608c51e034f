/** How the process ends: with a result, whatever the code of a project does to it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import * as assert from 'uvu/assert'
import { compiledProgram } from '../../support/compiled.ts'
import { folderOf } from '../../support/folder.ts'
import { spawnCli } from '../../support/run-cli.ts'
import type { CliResult } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the end of the process')
const folder = folderOf(test)

const never = 'await new Promise(() => {})\n'
const openHandle = 'setInterval(() => {}, 1000)\n'

/** A project: lines before its settings, hooks, lines before its playbook, and the body of a task's check. */
const project = (
  name: string,
  { config = '', hooks = '', playbook = '', check = '' }: Readonly<Record<string, string>>,
) => {
  folder.write(`${name}/inventory.yaml`, 'all: { hosts: { here: { connection: local } } }\n')
  folder.write(
    `${name}/coxswain.config.ts`,
    `import { defineConfig } from 'coxswain'\n${config}export default defineConfig({ hooks: { ${hooks} } })\n`,
  )
  folder.write(
    `${name}/playbooks/site.ts`,
    `import { defineTask, ok, playbook, z } from 'coxswain'
${playbook}const look = defineTask({ name: 'look', description: '', params: z.object({}),
  async check() { ${check}; return ok() } })
export default playbook({ name: 'site', vars: z.object({}),
  plays: ({ play }) => [play('one', { hosts: 'all', tasks: () => [look({})] })] })
`,
  )
  return (...words: readonly string[]): Promise<CliResult> =>
    spawnCli(words, {
      cwd: folder.at(name),
      env: { XDG_STATE_HOME: folder.path, COXSWAIN_LOCK_PATH: folder.path },
    })
}

test('an await that never settles while a file is loaded is an error that names the file', async () => {
  const inConfig = await project('config-waits', { config: never })('config')
  assert.is(inConfig.status, 1)
  assert.match(
    inConfig.stderr,
    'coxswain.config.ts cannot be loaded: an await at its top level never settles',
  )
  const run = project('playbook-waits', { playbook: never })
  const inPlaybook = await run('site')
  assert.is(inPlaybook.status, 1)
  assert.match(inPlaybook.stderr, 'playbooks/site.ts cannot be loaded: an await at its top level never')
  folder.write('playbook-waits/other.ts', 'export default nothing\n')
  const validated = await run('validate', 'playbooks/site.ts', 'other.ts')
  assert.is(validated.status, 1)
  assert.match(validated.stdout + validated.stderr, 'playbooks/site.ts cannot be loaded: an await')
  assert.match(validated.stdout + validated.stderr, 'nothing is not defined')
})

const inventories: Readonly<Record<string, readonly [code: string, message: string]>> = {
  'at its top level': [
    `${never}export default { hosts: ['web1'] }\n`,
    'hosts.ts cannot be loaded: an await at its top level never settles',
  ],
  'in its function': [
    'export default async () => { await new Promise(() => {}) }\n',
    'hosts.ts cannot be loaded: the promise that it exports, or that its function returns, never settles',
  ],
}
for (const [where, [code, message]] of Object.entries(inventories))
  test(`an inventory module that never settles ${where} is an error that names the file`, async () => {
    const name = `inventory-waits-${where.replaceAll(' ', '-')}`
    const run = project(name, {})
    folder.write(`${name}/hosts.ts`, code)
    const { status, stderr } = await run('inventory', '-i', 'hosts.ts')
    assert.is(status, 1)
    assert.match(stderr, message)
    assert.match(stderr, /^ {2}hosts\.ts$/m)
  })

test('a hook that never settles is an error with its place, and the run ends at once', async () => {
  const { status, stderr } = await project('hook-waits', {
    hooks: "'run-start': async () => { await new Promise(() => {}) }",
  })('site')
  assert.is(status, 0)
  assert.match(stderr, 'the hook run-start failed: its promise never settles')
  assert.match(stderr, 'coxswain.config.ts:2')
})

test('process.exit of a task is an error with its place', async () => {
  const { status, stderr } = await project('task-exits', { check: 'process.exit(0)' })('site')
  assert.is(status, 2)
  assert.match(stderr, 'process.exit was called before the work was done')
  assert.match(stderr, 'playbooks/site.ts:3')
})

test('process.exit of a file that is loaded is an error with its place', async () => {
  for (const code of ['process.exit(0)', 'process.exit()', 'process.exit(3)']) {
    const { status, stdout, stderr } = await project('exits', { config: `${code}\n` })('config')
    assert.is(status, code.includes('3') ? 3 : 2)
    assert.is(stdout, '')
    assert.match(stderr, 'process.exit was called before the work was done')
    assert.match(stderr, 'coxswain.config.ts:2')
  }
})

test('what code of a project leaves open does not keep the process', async () => {
  const { status, stdout, stderr } = await project('open', { config: openHandle, playbook: openHandle })(
    'site',
  )
  assert.is(status, 0, stderr)
  assert.match(stdout, 'recap')
  const failed = await project('open-fails', { config: `${openHandle}throw new Error('of the settings')\n` })(
    'config',
  )
  assert.is(failed.status, 1)
  assert.match(failed.stderr, 'of the settings')
})

test('all output is written before the process ends, however slowly it is read', async () => {
  const hosts = Array.from({ length: 2000 }, (_, at) => `h${at}: { text: ${'x'.repeat(1000)} }`)
  project('slow', { config: openHandle })
  folder.write('slow/inventory.yaml', `all: { hosts: { ${hosts.join(', ')} } }\n`)
  const child = spawn(process.execPath, [compiledProgram(), 'inventory', '--list'], {
    cwd: folder.at('slow'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const errors = text(child.stderr)
  let read = ''
  // one small piece in each turn of the event loop
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    read += String(chunk)
    await new Promise((done) => setImmediate(done))
  }
  assert.equal(await ended, [0, null], await errors)
  assert.not.throws(() => JSON.parse(read))
  assert.match(read, '"h1999"')
})

test('what code of a project prints goes to standard error', async () => {
  const run = project('prints', {
    config:
      "console.log('NOISE of settings'); console.table([{ a: 'NOISE of a table' }]); process.stdout.write('NOISE by write\\n')\n",
    hooks: "'run-start': () => console.info('NOISE of a hook')",
    playbook: `console.log('NOISE of a playbook')
import { pipeline } from 'node:stream/promises'
// more than the other end of a pipe takes at once
await pipeline(['NOISE of a stream\\n', 'x'.repeat(400_000), '\\n'], process.stdout, { end: false })
`,
    check:
      "console.debug('NOISE of a task'); process.stdout.write(new TextEncoder().encode('NOISE of bytes'))",
  })
  const { status, stdout, stderr } = await run('site', '--output', 'json')
  assert.is(status, 0, stderr)
  assert.not.match(stdout, 'NOISE')
  for (const source of [
    'of settings',
    'of a table',
    'by write',
    'of a hook',
    'of a playbook',
    'of a stream',
    'of a task',
    'of bytes',
  ])
    assert.match(stderr, `NOISE ${source}`)
  const completed = await run('__complete', '--', 'si')
  assert.match(completed.stdout, /^site$/m)
  assert.not.match(completed.stdout, 'NOISE')
  folder.write('prints/hosts.ts', "process.stdout.write('NOISE')\nexport default { hosts: ['web1'] }\n")
  const hosts = await run('inventory', '--list', '-i', 'hosts.ts')
  assert.match(hosts.stderr, 'NOISE')
  assert.not.throws(() => JSON.parse(hosts.stdout))
})

const failures: Readonly<Record<string, string>> = {
  'a promise that is not awaited': "() => { Promise.reject(new Error('of a hook')) }",
  'a timer': "() => new Promise((done) => setTimeout(() => { done(1); throw new Error('of a hook') }, 0))",
  'an async function': "() => { void (async () => { await null; throw new Error('of a hook') })() }",
}
for (const [name, hook] of Object.entries(failures))
  test(`a hook that fails in ${name} is reported, and the exit status stays`, async () => {
    const run = project(`hook-${name.replaceAll(' ', '-')}`, {
      hooks: `'run-start': ${hook}`,
    })
    const { status, stdout, stderr } = await run('site')
    assert.is(status, 0, stderr)
    assert.match(stdout, 'recap')
    assert.match(stderr, 'the hook run-start failed: of a hook')
    assert.match(stderr, 'coxswain.config.ts:2')
  })

test('a hook can throw any value', async () => {
  const run = project('hook-value', { hooks: "'run-start': () => { throw { toString() { throw 1 } } }" })
  const { status, stderr } = await run('site')
  assert.is(status, 0, stderr)
  assert.is(stderr.split('error[').length, 2, stderr)
  assert.match(stderr, 'the hook run-start failed: threw {')
  assert.not.match(stderr, 'Warning')
})

test('a rejection of a task still fails the run of a project with hooks', async () => {
  const run = project('both', {
    hooks: "'run-start': () => {}",
    check: "Promise.reject(new Error('of a task')); await new Promise((done) => setImmediate(done))",
  })
  const { status, stderr } = await run('site')
  assert.is(status, 2, stderr)
  assert.match(stderr, 'of a task')
  assert.not.match(stderr, 'the hook')
})
