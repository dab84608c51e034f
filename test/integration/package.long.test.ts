/** The packed package in an empty folder: it installs, runs, has types, and contains one engine, however it is imported. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/spec.ts'

const test = suite('the packed package')

const root = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'coxswain-package-'))
const project = join(folder, 'project')
const npm = (cwd: string, ...words: string[]): string =>
  execFileSync('npm', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
/** The program that the package installs in the project's folder. */
const bin = (...words: string[]): string =>
  execFileSync(join(project, 'node_modules/.bin/run'), words, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

test.before(() => {
  // other tests lock this machine, too
  process.env['COXSWAIN_LOCK_PATH'] = folder
  const name =
    npm(root, 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder)
      .trim()
      .split('\n')
      .at(-1) ?? ''
  mkdirSync(project)
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'mine', private: true, type: 'module' }),
  )
  // native parts of ssh2 are optional, and would take half a minute to compile
  npm(
    project,
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    join(folder, name),
  )
})
test.after(() => {
  delete process.env['COXSWAIN_LOCK_PATH']
  rmSync(folder, { recursive: true, force: true })
})

const playbookText = `
import { defineTask, drift, ok, playbook, z } from 'coxswain'
import { file } from 'coxswain/tasks'
import { relative } from './helper.js'

export const marker = defineTask({
  name: 'marker',
  description: 'Holds a file.',
  params: z.object({ path: z.string() }),
  async check({ remote }, { path }) {
    return (await remote.exists(path)) ? ok() : drift({ what: path, to: 'there' })
  },
  async apply({ remote }, { path }) {
    await remote.write(path, 'mine\\n')
  },
})

const engine = await import(new URL('./node_modules/coxswain/dist/index.js', import.meta.url).href)
const same = engine.defineTask === defineTask

export default playbook({
  name: 'mine',
  vars: z.object({ folder: z.string() }),
  plays: ({ play }) => [
    play(same ? 'one engine' : 'two engines', {
      hosts: 'all',
      tasks: ({ vars }) => [
        marker({ path: relative(vars.folder, 'marker') }),
        file({ path: relative(vars.folder, 'file'), content: 'hello\\n' }),
      ],
    }),
  ],
})
`

test('a playbook written elsewhere runs, with its own tasks and those of the library', () => {
  writeFileSync(join(project, 'site.ts'), playbookText)
  writeFileSync(
    join(project, 'helper.ts'),
    'export const relative = (folder: string, name: string): string => `${folder}/${name}`\n',
  )
  writeFileSync(join(project, 'inventory.yaml'), 'all:\n  vars: { connection: local }\n  hosts: { here: }\n')
  const words = ['site.ts', '-i', 'inventory.yaml', '-e', `folder=${folder}`, '--output', 'plain']
  // once as in the README, which is slower
  const first = npm(project, 'exec', '--', 'run', ...words)
  assert.match(first, 'one engine')
  assert.match(first, /changed\s+marker/)
  assert.is(readFileSync(join(folder, 'marker'), 'utf8'), 'mine\n')
  assert.is(readFileSync(join(folder, 'file'), 'utf8'), 'hello\n')
  assert.not.match(bin(...words), /here\s+changed/)
})

test('it writes the page of a run, with everything that the page needs', () => {
  const words = ['site.ts', '-i', 'inventory.yaml', '-e', `folder=${folder}`, '--report', 'run.html']
  bin(...words)
  const page = readFileSync(join(project, 'run.html'), 'utf8')
  assert.match(page, 'prefers-color-scheme')
  assert.match(page, 'const playPart')
  assert.match(page, '"playbook":"mine"')
})

test('the included playbooks can be run from where they are', () => {
  const listed = bin(
    'node_modules/coxswain/playbooks/ha-masters.ts',
    '-i',
    'node_modules/coxswain/inventory/example.yaml',
    '--list-hosts',
  )
  assert.match(listed, 'the other masters join')
})

test('`run init` creates a folder that runs immediately and has correct types', () => {
  const made = bin('init', 'my-site')
  assert.match(made, /tasks\/greeting.ts +a task of your own/)
  const site = join(project, 'my-site')
  // the other half of what `npm install` installs there
  mkdirSync(join(site, 'node_modules/@types'), { recursive: true })
  symlinkSync(join(root, 'node_modules/@types/node'), join(site, 'node_modules/@types/node'))
  const tsc = (): string => {
    const done = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: site, encoding: 'utf8' })
    return done.stdout
  }
  assert.is(tsc(), '')
  const words = ['site', '-e', `folder=${folder}/hello`, '--output', 'plain']
  const run = (...more: string[]): string =>
    execFileSync(process.execPath, [join(project, 'node_modules/coxswain/bin/run.js'), ...words, ...more], {
      cwd: site,
      encoding: 'utf8',
    })
  assert.match(run('--check'), /would change +greeting in/)
  assert.match(run(), /changed +greeting in/)
  assert.is(readFileSync(join(folder, 'hello/greeting'), 'utf8'), 'hello, here\n')
  assert.not.match(run(), /here +changed/)
  // the types are those of the tasks: a mistake is found
  const book = join(site, 'playbooks/site.ts')
  writeFileSync(book, readFileSync(book, 'utf8').replace('text: `', 'txet: `'))
  assert.match(tsc(), /'txet' does not exist/)
})

test('its types are found, and include the parameters of tasks', () => {
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts'] }))
  const tsc = (text: string): string => {
    writeFileSync(join(project, 'typed.ts'), text)
    try {
      return execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], {
        cwd: project,
        encoding: 'utf8',
      })
    } catch (error) {
      return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
    }
  }
  assert.is(
    tsc(
      "import { file } from 'coxswain/tasks'\nexport const one = file({ path: '/etc/motd', content: 'x' })\n",
    ),
    '',
  )
  assert.match(
    tsc("import { file } from 'coxswain/tasks'\nexport const one = file({ paht: '/etc/motd' })\n"),
    /'paht' does not exist/,
  )
})
