import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { Secret } from '../../../engine/secret.ts'
import { file } from '../../../tasks/files/file.ts'
import { suite } from '../../support/spec.ts'

const test = suite('file')

test('content, owner and mode', async () => {
  const run = await rehearse(file({ path: '/etc/motd', content: 'hi\n', owner: 'ops', mode: '600' }), {})
  assert.is(run.outcome, 'changed')
  const made = run.files.get('/etc/motd')
  assert.equal([made?.content, made?.owner, made?.mode], ['hi\n', 'ops', '0600'])
})

test('only the mode differs, so only the mode is set', async () => {
  const run = await rehearse(file({ path: '/x', content: 'a', mode: '0600' }), { files: { '/x': 'a' } })
  assert.equal(run.changes, [{ what: 'mode of /x', from: '0644', to: '0600' }])
  assert.is((await rehearse(file({ path: '/x', content: 'a' }), { files: { '/x': 'a' } })).outcome, 'ok')
  assert.is((await rehearse(file({ path: '/x' }), { files: { '/x': 'whatever' } })).outcome, 'ok')
})

test('a secret is written and not shown', async () => {
  const run = await rehearse(file({ path: '/k', content: new Secret('hush') }), { files: { '/k': 'old' } })
  assert.is(run.files.get('/k')?.content, 'hush')
  assert.not.match(JSON.stringify(run.changes), 'hush')
  assert.not.match(JSON.stringify(run.changes), 'old')
})

test('absent', async () => {
  const run = await rehearse(file({ path: '/x', state: 'absent' }), { files: { '/x': 'a' } })
  assert.is(run.files.has('/x'), false)
  assert.is((await rehearse(file({ path: '/x', state: 'absent' }), {})).outcome, 'ok')
})

test('a mode that is a number, and a relative path, are refused', () => {
  const number: Record<string, unknown> = { path: '/x', mode: 644 }
  assert.throws(() => Reflect.apply(file, undefined, [number]), /octal digits as text/)
  assert.throws(() => file({ path: 'x' }), /an absolute path is needed/)
})

test('a validation command must contain the new content once, which is checked before the run', () => {
  for (const validate of ['false', 'cmp %s %s'])
    assert.throws(
      () => file({ path: '/etc/x', content: 'x', validate }),
      (error: unknown) => error instanceof Error && /validate.*%s once/s.test(error.message),
    )
})

test('without overwrite, the content of a file that exists stays, and its mode is set', async () => {
  const task = file({ path: '/etc/my.cnf', content: 'new\n', mode: '0640', overwrite: false })
  const made = await rehearse(task, {})
  assert.is(made.files.get('/etc/my.cnf')?.content, 'new\n')
  const there = await rehearse(task, { files: { '/etc/my.cnf': 'edited by hand\n' } })
  assert.equal(there.changes, [{ what: 'mode of /etc/my.cnf', from: '0644', to: '0640' }])
  assert.is(there.files.get('/etc/my.cnf')?.content, 'edited by hand\n')
})

test('without overwrite, a folder is an error', async () => {
  const task = file({ path: '/etc', content: 'new\n', mode: '0600', overwrite: false })
  const run = await rehearse(task, { files: { '/etc/x': 'mine\n' } })
  assert.match(String(run.error), '/etc exists, but is not a file')
  assert.equal(run.commands.apply, [])
})
