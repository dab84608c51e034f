/** Options of a remote's methods are checked at run time: playbooks can be plain JavaScript. */
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { scripted } from '../../engine/connection/scripted.ts'
import type { ApplyContext } from '../../engine/dsl/types.ts'
import { defineTask } from '../../engine/dsl/task.ts'
import { isCoxswainError } from '../../engine/errors.ts'
import type { CoxswainError } from '../../engine/errors.ts'
import type { CommandOptions } from '../../engine/remote/command.ts'
import { shell } from '../../engine/remote/quote.ts'
import { standaloneRun } from '../../engine/run/task/standalone-run.ts'
import { suite } from '../support/spec.ts'

const test = suite('options of remote methods')

/** The error of a task that does this on a host that accepts every command. */
const errorOf = async (
  work: (remote: ApplyContext['remote']) => unknown,
): Promise<CoxswainError | undefined> => {
  const task = defineTask({
    name: 'calls',
    description: 'Calls a method.',
    params: z.object({}),
    apply: async ({ remote }) => void (await work(remote)),
  })
  const connection = scripted({ files: { '/f': 'text' }, replies: [[/[^]/, '']] })
  const { error } = await standaloneRun(new Map([['host', connection]]))(task({}), false)
  if (error === undefined) return undefined
  if (isCoxswainError(error)) return error
  throw error
}

/** Untyped options, as in plain JavaScript. */
const odd = (options: object): never => options as never
const oddly = (options: object): CommandOptions => options

const wrong: Readonly<
  Record<string, readonly [(remote: ApplyContext['remote']) => unknown, string, string]>
> = {
  run: [
    (r) => r.run(oddly({ timeut: 3 }))`true`,
    'remote.run: unknown option timeut',
    'did you mean timeout?',
  ],
  query: [(r) => r.query(oddly({ evn: {} }))`true`, 'remote.query: unknown option evn', 'did you mean env?'],
  'run of text': [(r) => r.run('ls' as never), 'remote.run is called without a template', 'remote.run`…`'],
  'a time as text': [(r) => r.run(oddly({ timeout: '3' }))`true`, 'remote.run: timeout is "3"', 'seconds'],
  'a number in env': [
    (r) => r.run(oddly({ env: { A: 1 } }))`true`,
    'remote.run: env is {"A":1}',
    'it maps names to text',
  ],
  read: [(r) => r.read('/f', odd({ folow: true })), 'remote.read: unknown option folow', 'follow'],
  readBytes: [(r) => r.readBytes('/f', odd({ x: 1 })), 'remote.readBytes: unknown option x', 'follow'],
  stat: [(r) => r.stat('/f', odd({ follow: 'no' })), 'remote.stat: follow is "no"', 'true or false'],
  sha256: [(r) => r.sha256('/f', odd({ x: 1 })), 'remote.sha256: unknown option x', 'follow'],
  exists: [
    (r) => Reflect.apply(r.exists, undefined, ['/f', { follow: true }]),
    'remote.exists takes no options',
    '',
  ],
  list: [(r) => Reflect.apply(r.list, undefined, ['/', {}]), 'remote.list takes no options', ''],
  write: [
    (r) => r.write('/f', '', odd({ mod: '0600' })),
    'remote.write: unknown option mod',
    'did you mean mode?',
  ],
  'write with text': [
    (r) => r.write('/f', '', '0600' as never),
    'remote.write: its options are not an object',
    '',
  ],
  writeStream: [
    (r) => r.writeStream('/f', { size: 0, chunks: (async function* () {})() }, odd({ ower: 'x' })),
    'remote.writeStream: unknown option ower',
    'did you mean owner?',
  ],
  writeOutput: [
    (r) => r.writeOutput('/f', shell`date`, odd({ sha265: '' })),
    'remote.writeOutput: unknown option sha265',
    'did you mean sha256?',
  ],
  writeTree: [
    (r) => r.writeTree('/d', shell`date`, odd({ mode: '0600' })),
    'remote.writeTree: unknown option mode',
    '',
  ],
  setAttributesBelow: [
    (r) => r.setAttributesBelow('/d', ['./a'], odd({ gruop: 'x' })),
    'remote.setAttributesBelow: unknown option gruop',
    'did you mean group?',
  ],
  removeBelow: [
    (r) => r.removeBelow('/d', ['./a'], odd({ recursive: true })),
    'remote.removeBelow: unknown option recursive',
    'follow',
  ],
  makeDirectory: [
    (r) => r.makeDirectory('/d', odd({ recursive: true })),
    'remote.makeDirectory: unknown option recursive',
    'options: mode, owner, group, follow',
  ],
  setAttributes: [
    (r) => r.setAttributes('/f', odd({ onwer: 'x' })),
    'remote.setAttributes: unknown option onwer',
    'did you mean owner?',
  ],
  link: [
    (r) => Reflect.apply(r.link, undefined, ['/l', '/f', { force: true }]),
    'remote.link takes no options',
    '',
  ],
  remove: [
    (r) => r.remove('/d', odd({ recursve: true })),
    'remote.remove: unknown option recursve',
    'did you mean recursive?',
  ],
}

for (const [what, [call, message, hint]] of Object.entries(wrong)) {
  test(`${what}: refused with the place of the call`, async () => {
    const error = await errorOf(call)
    assert.is(error?.code, 'playbook-invalid', error?.message)
    assert.match(error?.message ?? '', message)
    assert.match(error?.hint ?? '', hint)
    assert.is(basename(error?.place?.file ?? ''), basename(import.meta.filename))
    assert.ok((error?.place?.line ?? 0) > 30 && (error?.place?.column ?? 0) > 0)
  })
}

test('nothing is sent when an option is refused', async () => {
  const task = defineTask({
    name: 'writes',
    description: 'Writes.',
    params: z.object({}),
    apply: ({ remote }) => remote.write('/f', 'new', odd({ mod: '0600' })),
  })
  const connection = scripted({ files: { '/f': 'old' } })
  await standaloneRun(new Map([['host', connection]]))(task({}), false)
  assert.is(connection.files.get('/f')?.content, 'old')
  assert.equal(connection.log.length, 0)
})

test('every existing option is accepted', async () => {
  const calls: readonly ((remote: ApplyContext['remote']) => unknown)[] = [
    (r) => r.run({ stdin: '', timeout: 3, cwd: '/', env: { A: 'b' }, label: 'x', quiet: true })`true`,
    (r) => r.query({})`true`,
    (r) => r.write('/f', '', { mode: '0600', owner: 'root', group: 'root', backup: false, follow: true }),
    (r) => r.write('/f', '', undefined),
    (r) => r.remove('/f', { recursive: false }),
    (r) => r.stat('/f', { follow: true }),
  ]
  for (const call of calls) assert.is((await errorOf(call))?.message, undefined)
})
