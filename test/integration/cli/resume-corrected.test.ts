/** `--resume` skips only what is unchanged. */
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../../support/spec.ts'
import { ended, go, localSite } from './local-site.ts'
import type { LocalSite } from './local-site.ts'

const test = suite('--resume after a correction')

let site: LocalSite
test.beforeEach(() => {
  site = localSite()
})
test.afterEach(() => site.remove())

/** Why a task runs again if its functions could have captured other values. */
const closed = 'code or variables that its functions can use have changed'

const target = (): string => readFileSync(join(site.folder, 'target'), 'utf8')
/** Resumes, and returns what was printed for tasks that run again. */
const resumes = async (words: readonly string[] = []): Promise<string[]> => {
  go(site)
  const result = await site.run(['--resume', ...words])
  ended(result, 0)
  return result.stdout.split('\n').filter((line) => line.startsWith('again: '))
}

test('a task that an earlier run started is not ok because a guard succeeds', async () => {
  const made = join(site.folder, 'half')
  site.book(`command({ run: \`echo half >${made}; [ -e ${join(site.folder, 'go')} ]\`, creates: '${made}' })`)
  ended(await site.run(), 2)
  ended(await site.run(['--resume', '--check']), 0, /unknown/)
  ended(await site.run(['--resume']), 2, 'outcome-unknown', 'an earlier run started the task')
  // still, at every further run
  ended(await site.run(['--resume']), 2, 'outcome-unknown')
  rmSync(made)
  go(site)
  ended(await site.run(['--resume']), 0, /changed/)
})

test('how many hosts run a task at the same time does not matter to what it did', async () => {
  const limited = (throttle: string): void => site.book(`say('one', ${throttle}), fails('two')`)
  limited('{ throttle: 1 }')
  ended(await site.run(), 2)
  limited('{ throttle: 2 }')
  assert.equal(await resumes(), [])
  assert.equal(site.recorded(), ['one', 'two', 'two'])
})

test('a parameter that is not in the title', async () => {
  const content = (text: string): void =>
    site.book(`say('one'), file({ path: '${site.folder}/target', content: '${text}' }), fails('two')`)
  content('wrong')
  ended(await site.run(), 2)
  content('right')
  assert.equal(await resumes(), [`again: file ${site.folder}/target on here: its parameters have changed`])
  assert.equal([target(), site.recorded()], ['right', ['one', 'two', 'two']])
})

test('values of all types in parameters: dates, maps, bytes, functions, secrets', async () => {
  const before = `import { Secret } from 'coxswain'
const keeps = defineTask({
  name: 'keeps',
  description: 'Keeps a value.',
  params: z.object({ value: z.unknown() }),
  title: () => 'keeps',
  async check() { return drift({ what: 'x', to: 'y' }) },
  async apply({ remote }) { await remote.run({})\`sh -c \${tell('kept')}\` },
})
const acts = defineTask({
  name: 'acts',
  description: 'Acts on a value.',
  params: z.object({ value: z.unknown() }),
  title: () => 'acts',
  async apply({ remote }) { await remote.run({})\`sh -c \${tell('acted')}\` },
})`
  const pairs = [
    ['new Date(1)', 'new Date(2)'],
    ['new Map([[1, 2]])', 'new Map([[1, 3]])'],
    ['new Set([1])', 'new Set([2])'],
    ["Buffer.from('a')", "Buffer.from('b')"],
    ['() => 1', '() => 2'],
    ["new Secret('one-secret')", "new Secret('two-secret')"],
    ['1', "'1'"],
    ['1n', '1'],
    ['[undefined]', '[null]'],
    ['/a/', '/b/'],
    ["new URL('http://a')", "new URL('http://b')"],
    ['{ a: { b: 1 } }', '{ a: { b: 2 } }'],
    ['-0', '0'],
  ]
  const list = (side: 0 | 1): string =>
    pairs.map((pair, at) => `acts({ value: ${pair[side]} }, { title: 'value ${at}' })`).join(', ')
  site.book(`${list(0)}, acts({ value: [new Date(5), new Map()] }, { title: 'same' }), fails('two')`, {
    before,
  })
  ended(await site.run(), 2)
  site.book(`${list(1)}, acts({ value: [new Date(5), new Map()] }, { title: 'same' }), fails('two')`, {
    before,
  })
  assert.equal(await resumes(), [
    ...pairs.map((_, at) => `again: value ${at} on here: its parameters have changed`),
    `again: same on here: ${closed}`,
  ])
  const state = readdirSync(site.state)
    .map((name) => readFileSync(join(site.state, name), 'latin1'))
    .join('')
  assert.not.match(state, /one-secret|two-secret/)
  assert.is(statSync(join(site.state, 'key')).mode & 0o777, 0o600)
})

test('the content of a file that is sent', async () => {
  const source = site.write('source', 'wrong')
  site.write('page.hbs', 'wrong {{x}}')
  site.book(
    `copy({ src: '${source}', dest: '${site.folder}/target' }), template({ src: '${site.folder}/page.hbs', dest: '${site.folder}/page', values: { x: 1 } }), fails('two')`,
  )
  ended(await site.run(), 2)
  site.write('source', 'right')
  site.write('page.hbs', 'right {{x}}')
  assert.is((await resumes()).length, 2)
  assert.equal([target(), readFileSync(join(site.folder, 'page'), 'utf8')], ['right', 'right 1'])
})

test('the code of a task: its own, its imports, its condition, and that of its block', async () => {
  const tasks = (text: string): void => {
    site.write('helper.ts', `export const text = '${text}'\n`)
    site.write(
      'task.ts',
      `import { defineTask, z } from 'coxswain'
import { text } from './helper.ts'
export const other = defineTask({
  name: 'other', description: 'Says something.', params: z.object({}),
  async apply({ remote }) { await remote.run({})\`sh -c \${'echo ' + text + ' >> ${site.folder}/actions'}\` },
})`,
    )
  }
  const book = (word: string): void =>
    site.book(
      `own({}), other({}), say('c', { when: () => '${word}' === 'right' }),
       block([say('d')], { when: () => '${word}' === 'right' }), say('same'), fails('two')`,
      {
        before: `import { block } from 'coxswain'
import { other } from './task.ts'
const own = defineTask({
  name: 'own', description: 'Says something.', params: z.object({}),
  async apply({ remote }) { await remote.run({})\`sh -c \${tell('own-${word}')}\` },
})`,
      },
    )
  tasks('wrong')
  book('wrong')
  ended(await site.run(), 2)
  assert.equal(site.recorded(), ['own-wrong', 'wrong', 'same', 'two'])
  tasks('right')
  book('right')
  assert.is((await resumes()).length, 4)
  assert.equal(site.recorded().slice(4), ['own-right', 'right', 'c', 'd', 'two'])
})

test('a variable of the host, from the inventory or the command line, and its connection', async () => {
  site.variables({ colour: 'red' })
  site.book("say('one'), fails('two')")
  ended(await site.run(['-e', 'size=1']), 2)
  site.variables({ colour: 'blue' })
  const why = 'variables of the host have changed'
  assert.equal(await resumes(['-e', 'size=1']), [`again: echo one >> ${site.folder}/actions on here: ${why}`])
  rmSync(join(site.folder, 'go'))
  ended(await site.run(['-e', 'size=1']), 2)
  assert.is((await resumes(['-e', 'size=2'])).length, 1)
  rmSync(join(site.folder, 'go'))
  ended(await site.run(), 2)
  site.book("say('one', { env: { X: '1' } }), fails('two')")
  assert.match((await resumes()).join(), 'its settings (on, become, env, cwd) have changed')
})

test('a new task before the end of a play that its host had completed', async () => {
  site.book("say('one'), fails('two')")
  ended(await site.run(), 2)
  assert.equal(await resumes(), [])
  site.book("say('one'), fails('two'), say('three')")
  ended(await site.run(['--resume']), 0)
  assert.equal(site.recorded(), ['one', 'two', 'two', 'three'])
})

test('without the key nothing is known, and everything runs again', async () => {
  site.book("say('one'), fails('two')")
  ended(await site.run(), 2)
  for (const content of ['', 'short', 'x'.repeat(32)]) {
    writeFileSync(join(site.state, 'key'), content)
    ended(await site.run(['--resume']), 2, 'again: echo one')
  }
  assert.is(statSync(join(site.state, 'key')).mode & 0o777, 0o600)
})

const closing = (before: string, own = ''): Parameters<LocalSite['book']>[1] => ({
  before: `${before}
const own = defineTask({
  name: 'own', description: 'Says something.', params: z.object({}),
  async apply({ remote }) { await remote.run({})\`sh -c \${tell(String(value))}\` },
})
${own}`,
})

test('values that a task, a condition or a parameter captures', async () => {
  const tasks = "own({}), say('c', { when: () => value === 'right' }), say('same'), fails('two')"
  site.book(tasks, closing("const value = 'wrong'"))
  ended(await site.run(), 2)
  site.book(tasks, closing("const value = 'right'"))
  assert.equal(await resumes(), [
    `again: own on here: ${closed}`,
    `again: echo c >> ${site.folder}/actions on here: ${closed}`,
  ])
  assert.equal(site.recorded(), ['wrong', 'same', 'two', 'right', 'c', 'two'])
})

test('values that a task captures from a module beside the playbook', async () => {
  const book = (): void => site.book("own({}), fails('two')", closing("import { value } from './value.ts'"))
  site.write('value.ts', "export const value = 'wrong'\n")
  book()
  ended(await site.run(), 2)
  site.write('value.ts', "export const value = 'right'\n")
  assert.equal(await resumes(), ['again: own on here: its definition has changed'])
})

test('the same program with the same variables: captured values are the same', async () => {
  site.book(
    "own({}), say('c', { when: () => value === 'right' }), fails('two')",
    closing("const value = 'right'"),
  )
  ended(await site.run(), 2)
  assert.equal(await resumes(), [])
  assert.equal(site.recorded(), ['right', 'c', 'two', 'two'])
})

test('a task that captures values from outside the program: the environment, the clock, a file, a package', async () => {
  const outside = [
    ['const value = process.env.SOME', 'process'],
    ['const value = new Date().getTime()', 'Date'],
    ["import { readFileSync } from 'node:fs'; const value = 'x'", 'node:fs'],
    ["const value = 'x'; const { env } = globalThis.process", 'globalThis'],
    ["const { value } = await import('./' + 'value.ts')", 'import'],
  ]
  site.write('value.ts', "export const value = 'x'\n")
  for (const [before = '', what] of outside) {
    site.book("own({}), say('same'), fails('two')", closing(before))
    rmSync(join(site.folder, 'go'), { force: true })
    ended(await site.run(), 2)
    const [line = '', ...rest] = await resumes()
    assert.equal(rest, [])
    assert.match(line, `again: own on here: its functions can read values that are not recorded: ${what} (`)
  }
})

test('--list-tasks shows what --resume would skip, and why not, without connecting', async () => {
  const list = async (...words: string[]): Promise<string[]> => {
    const result = await site.run(['--resume', '--list-tasks', ...words])
    ended(result, 0)
    return result.stdout.trimEnd().split('\n')
  }
  const always = 'no check: always acts'
  const shown = (word: string, text: string, why: string): string =>
    `    ${word}  ${text}${why === '' ? '' : `  (${why})`}`
  const said = (word: string): string => `command: echo ${word} >> ${site.folder}/actions`
  const failing = (word: string): string => `${said(word)}; [ -e ${site.folder}/go ]`
  const content = (text: string): void =>
    site.book(
      `say('one'), file({ path: '${site.folder}/target', content: '${text}' }), fails('two'), say('three')`,
    )
  content('wrong')
  assert.equal(await list(), [
    'play 1: one  [all]',
    shown('run ', said('one'), always),
    shown('run ', `file: file ${site.folder}/target`, ''),
    shown('run ', failing('two'), always),
    shown('run ', said('three'), always),
    shown('    ', said('reload'), `handler, ${always}`),
  ])
  ended(await site.run(), 2)
  const before = site.journals()
  const parts = (file: string, why = 'not run before'): string[] => [
    'play 1: one  [all]',
    shown('skip', said('one'), `changed before, ${always}`),
    file,
    shown('run ', failing('two'), `failed before, ${always}`),
    shown('run ', said('three'), `${why}, ${always}`),
    shown('    ', said('reload'), `handler, ${always}`),
  ]
  assert.equal(await list(), parts(shown('skip', `file: file ${site.folder}/target`, 'changed before')))
  content('right')
  const again = parts(shown('run ', `file: file ${site.folder}/target`, 'its parameters have changed'))
  assert.equal(await list(), again)
  site.variables({ colour: 'blue' })
  assert.match((await list()).join('\n'), `${said('one')}  (variables of the host have changed, ${always})`)
  site.variables({ connection: 'ssh', address: 'host.invalid' })
  ended(await site.run(['--resume', '--list-tasks']), 0)
  assert.equal([site.journals(), site.recorded()], [before, ['one', 'two']])
})
