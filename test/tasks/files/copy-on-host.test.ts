import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { copyOnHost } from '../../../tasks/files/copy-on-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('copy-on-host')

const task = (more: object = {}) => copyOnHost.from({ src: '/a', dest: '/b', ...more })

test('a copy that has the same content is only given its attributes', async () => {
  const files = { '/a': 'x\n', '/b': { content: 'x\n', mode: '0644' } }
  assert.is((await rehearse(task(), { files })).outcome, 'ok')
  const run = await rehearse(task({ mode: '0600', owner: 'app' }), { files })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal([run.files.get('/b')?.mode, run.files.get('/b')?.owner], ['0600', 'app'])
})

test('an original that does not exist is an error, and so are attributes for a folder', async () => {
  assert.match(String((await rehearse(task(), {})).error), '/a does not exist on the host')
  const folder = { '/a': { content: '', type: 'directory' as const } }
  for (const more of [{ mode: '0600' }, { owner: 'x' }, { backup: true }])
    assert.match(String((await rehearse(task(more), { files: folder })).error), 'work for files only')
  assert.throws(() => task({ src: 'a' }), /absolute path/)
})
