/** `run validate` lists all faults of files with their places, without connecting. */
import * as assert from 'uvu/assert'
import { readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compilerFor, faultsIn } from '../../engine/cli/validate/type-check.ts'
import { annotation } from '../../engine/report/annotation.ts'
import { folderOf } from '../support/folder.ts'
import { runCli } from '../support/run-cli.ts'
import type { CliResult } from '../support/run-cli.ts'
import { suite } from '../support/spec.ts'

const test = suite('run validate')
const { at, path, write } = folderOf(test)

// a host that cannot be reached: nothing connects
write(
  'hosts.yaml',
  'all:\n  hosts:\n    a: { address: 192.0.2.1, port: many, size: big }\n    b: { address: 192.0.2.2, size: 2 }\n',
)

const playbook = (name: string, plays: string, vars = 'z.unknown()'): string =>
  write(
    name,
    `import { playbook, z } from 'coxswain'
import { copy, debug, file, script, template, unarchive } from 'coxswain/tasks'
export default playbook({
  name: 'site',
  vars: ${vars},
  plays: ({ play }) => [
${plays}
  ],
})
`,
  )

const validate = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> =>
  runCli(['validate', '-i', 'hosts.yaml', ...words], { cwd: path, env: { GITHUB_ACTIONS: '', ...env } })

interface Fault {
  readonly file: string | null
  readonly line: number | null
  readonly code: string
  readonly message: string
}

const faultsOf = async (...words: string[]): Promise<Fault[]> => {
  const { stdout, stderr, status } = await validate(['--output', 'json', ...words])
  const faults: Fault[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  assert.is(status, faults.length === 0 ? 0 : 1, stderr)
  return faults
}

const places = (faults: readonly Fault[]): string[] =>
  faults.map(({ file, line, code }) => `${file ?? ''}:${line ?? ''} ${code}`)

test('all faults of all files are listed, each with its place', async () => {
  playbook(
    'one.ts',
    `    play('first', { hosts: 'b', tasks: () => [debug({ shwo: 'x' })] }),
    play('second', { hosts: 'b', tasks: () => [file({ pth: '/x' })] }),
    play('third', { hosts: 'c', tasks: () => [] }),`,
  )
  write('broken.ts', "import { playbook } from 'coxswain'\nexport default playbook({\n")
  write('nothing.ts', 'export const x = 1\n')
  const found = places(await faultsOf('one.ts', 'broken.ts', 'nothing.ts', 'absent.ts'))
  assert.equal(
    found.filter((one) => one.startsWith('one.ts')),
    ['one.ts:7 params-invalid', 'one.ts:8 params-invalid'],
  )
  assert.ok(
    found.some((one) => one.endsWith('pattern-invalid')),
    found.join('\n'),
  )
  assert.ok(
    found.some((one) => /^broken\.ts:\d+ load-failed/.test(one)),
    found.join('\n'),
  )
  assert.ok(found.includes('nothing.ts: load-failed'), found.join('\n'))
  assert.ok(found.includes(': load-failed'), found.join('\n'))
})

test('invalid variables and connections are faults at their lines in the inventory', async () => {
  playbook(
    'vars.ts',
    "    play('one', { hosts: 'all', tasks: () => [] }),",
    'z.object({ size: z.number(), name: z.string() })',
  )
  const faults = await faultsOf('vars.ts')
  assert.equal(places(faults).toSorted(), [
    ': variables-invalid',
    'hosts.yaml:3 inventory-invalid',
    'hosts.yaml:3 variables-invalid',
  ])
  assert.ok(faults.some(({ message }) => /a, b: name is not set/.test(message)))
})

test('a connection that is not supported is a fault, once for a group that sets it', async () => {
  write(
    'groups.yaml',
    'web:\n  vars:\n    connection: locl\n  hosts: { c: , d: }\ndb: { hosts: { e: { connection: local } } }\n',
  )
  playbook('reach.ts', "    play('all', { hosts: 'all', tasks: () => [] }),")
  const { stdout, status } = await runCli(['validate', '-i', 'groups.yaml', '--output', 'json', 'reach.ts'], {
    cwd: path,
    env: { GITHUB_ACTIONS: '' },
  })
  assert.is(status, 1)
  const faults: Fault[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  assert.equal(places(faults), ['groups.yaml:3 connection-unsupported'])
  assert.match(faults[0]?.message ?? '', 'locl')
})

test('templates are rendered: a missing variable is a fault', async () => {
  write('good.hbs', 'port {{port}}\n')
  write('bad.hbs', 'port {{prot}}\n')
  playbook(
    'templates.ts',
    `    play('one', { hosts: 'b', tasks: () => [
      template({ src: '${at('good.hbs')}', dest: '/a', values: { port: 1 } }),
      template({ src: '${at('bad.hbs')}', dest: '/b', values: { port: 1 } }),
      template({ src: '${at('none.hbs')}', dest: '/c' }),
    ] }),`,
  )
  assert.equal((await faultsOf('templates.ts')).map(({ code }) => code).toSorted(), [
    'load-failed',
    'template-invalid',
  ])
})

test('a local file that does not exist is a fault of each task that sends it', async () => {
  playbook(
    'absent-files.ts',
    `    play('one', { hosts: 'b', tasks: () => [
      copy({ src: 'nosuch.conf', dest: '/a' }),
      template({ src: 'nosuch.hbs', dest: '/b' }),
      script({ src: 'nosuch.sh' }),
      unarchive({ src: 'nosuch.tar', dest: '/c' }),
      unarchive({ src: '/nosuch.tar', dest: '/d', onHost: true }),
    ] }),`,
  )
  assert.equal(places(await faultsOf('absent-files.ts')), [
    'absent-files.ts:8 load-failed',
    'absent-files.ts:9 load-failed',
    'absent-files.ts:10 load-failed',
    'absent-files.ts:11 load-failed',
  ])
})

test('the mask of a secret in a parameter is a fault', async () => {
  playbook(
    'masked.ts',
    `    play('one', { hosts: 'b', tasks: ({ vars }) => [
      file({ path: '/a', content: \`password \${vars.word}\` }),
    ] }),`,
    'z.object({ word: secret() })',
  )
  const text = readFileSync(at('masked.ts'), 'utf8')
  write('masked.ts', text.replace('playbook, z', 'playbook, secret, z'))
  assert.equal(places(await faultsOf('masked.ts', '-e', 'word=abcdef')), ['masked.ts:8 secret-masked'])
})

test('files without faults, also task files, exit with 0', async () => {
  playbook('fine.ts', "    play('one', { hosts: 'b', tasks: () => [debug({ show: 'x' })] }),")
  write(
    'task.ts',
    `import { defineTask, ok, z } from 'coxswain'
export const one = defineTask({ name: 'one', description: 'x', params: z.object({}), title: () => 'x', async check() { return ok() } })
export const two = defineTask({ name: 'two', description: 'x', params: z.object({}), title: () => 'x', async check() { return ok() } })
`,
  )
  const { status, stdout } = await validate(['fine.ts', 'task.ts'])
  assert.is(status, 0, stdout)
  assert.is(stdout, '2 files, no faults\n')
})

test('without TypeScript, a line says that types are not checked', async () => {
  playbook('untyped.ts', "    play('one', { hosts: 'b', tasks: () => [] }),")
  assert.is(compilerFor(path), undefined)
  assert.match(
    (await validate(['untyped.ts'])).stderr,
    /^types are not checked: TypeScript is not installed/m,
  )
})

test('types are checked by the compiler of the project', async () => {
  write('typed/package.json', '{ "type": "module" }')
  symlinkSync(resolve(import.meta.dirname, '../../node_modules'), at('typed/node_modules'))
  write(
    'typed/task.ts',
    `import { suite } from 'uvu'
export const wrong: number = 'text'
export const other: string = suite(1)
`,
  )
  const { stdout, stderr, status } = await runCli(['validate', 'typed/task.ts', '--output', 'json'], {
    cwd: path,
  })
  assert.is(status, 1)
  assert.not.match(stderr, 'not checked')
  assert.match(
    stdout,
    /"file":"typed\/task.ts","line":2,"column":14,"code":"playbook-invalid","message":"TS2322: /,
  )
  assert.match(stdout, /"line":3/)
})

test('what the compiler finds at the line of another fault is left out', async () => {
  write('twice/package.json', '{ "type": "module" }')
  write('twice/node_modules/README', 'packages')
  const tree = resolve(import.meta.dirname, '../..')
  symlinkSync(tree, at('twice/node_modules/coxswain'))
  symlinkSync(join(tree, 'node_modules/typescript'), at('twice/node_modules/typescript'))
  write(
    'twice/import.ts',
    "import { nothing } from './absent.ts'\nexport const wrong: number = 'text'\nexport default nothing\n",
  )
  playbook(
    'twice/site.ts',
    `    play('one', { hosts: 'b', tasks: () => [
      debug({ show: 'x' }, { notify: 'reolad' }),
    ], handlers: () => ({ reload: debug({ show: 'y' }) }) }),
    play('two', { hosts: 'b', tasks: () => [file({ path: 7 })] }),`,
  )
  const found = await faultsOf('twice/import.ts', 'twice/site.ts')
  const lines = places(found).map((place) => place.replace(/ .*/, ''))
  assert.equal(new Set(lines).size, lines.length, places(found).join('\n'))
  assert.ok(
    found.some(
      ({ file, line, message }) => file === 'twice/import.ts' && line === 2 && /TS2322/.test(message),
    ),
    places(found).join('\n'),
  )
  assert.equal(
    places(found).filter((place) => place.startsWith('twice/site')),
    ['twice/site.ts:8 playbook-invalid', 'twice/site.ts:10 params-invalid'],
  )
})

test('output of the compiler is parsed, with continuation lines', () => {
  const [one, two] = faultsIn(
    "a.ts(3,7): error TS2322: Type 'x'\n  is not 'y'.\nerror TS5083: no file\n",
    '/x',
  )
  assert.is(one?.message, "TS2322: Type 'x'\n  is not 'y'.")
  assert.is(one?.place?.line, 3)
  assert.is(two?.message, 'TS5083: no file')
  assert.is(two?.place, undefined)
})

test('in GitHub Actions each fault is an annotation at its place', async () => {
  playbook('hub.ts', "    play('first', { hosts: 'b', tasks: () => [debug({ shwo: 'x' })] }),")
  const { stdout } = await validate(['hub.ts'], { GITHUB_ACTIONS: 'true' })
  assert.match(
    stdout,
    /^::error file=hub\.ts,line=7,col=\d+,title=coxswain params-invalid::task debug has no parameter/m,
  )
  assert.not.match((await validate(['hub.ts'])).stdout, '::error')
  assert.is(
    annotation('a\nb 100%', 'x:y,z', { file: 'a,b.ts' }),
    '::error file=a%2Cb.ts,title=x%3Ay%2Cz::a%0Ab 100%25',
  )
})

test('hosts with encrypted variables are named, without a fault', async () => {
  write('sealed.yaml', 'all: { hosts: { s: { size: !env NOT_SET_HERE } } }\n')
  playbook(
    'sealed.ts',
    "    play('one', { hosts: 'all', tasks: ({ vars }) => [debug({ show: String(vars.size) })] }),",
    'z.object({ size: z.string() })',
  )
  const { status, stderr } = await runCli(['validate', 'sealed.ts', '-i', 'sealed.yaml'], { cwd: path })
  assert.is(status, 0, stderr)
  assert.match(stderr, 'sealed.ts: not planned for s: variables are encrypted')
})

test('encrypted files that are not opened are named, and hosts whose variables are not checked', async () => {
  write('shut/hosts.yaml', 'all: { hosts: { s: } }\n')
  write('shut/group_vars/all.yaml.age', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n')
  const text = readFileSync(
    playbook(
      'shut/site.ts',
      "    play('one', { hosts: 'all', tasks: () => [] }),",
      'z.object({ word: secret() })',
    ),
    'utf8',
  )
  write('shut/site.ts', text.replace('playbook, z', 'playbook, secret, z'))
  const { status, stderr } = await runCli(['validate', 'site.ts', '-i', 'hosts.yaml'], { cwd: at('shut') })
  assert.is(status, 0, stderr)
  assert.match(stderr, /site\.ts: variables not checked for s: some are encrypted/)
  assert.match(stderr, /site\.ts: encrypted files not opened: .*group_vars\/all\.yaml\.age/)
})

test('a misspelt name is a fault with the nearest name of the project', async () => {
  write('named/package.json', '{"coxswain":{"playbooks":"books"}}')
  write('named/books/site.ts', "import { playbook, z } from 'coxswain'\n")
  const { stdout, status } = await runCli(['validate', '-i', 'h1,', 'stie'], { cwd: at('named') })
  assert.is(status, 1)
  assert.match(stdout, 'there is no playbook or task named stie')
  assert.match(stdout, 'did you mean site?')
})
