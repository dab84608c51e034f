import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { suite } from '../../support/spec.ts'

const test = suite('directory')

test('created with its mode, kept, removed with its content', async () => {
  const run = await rehearse(directory({ path: '/srv/a', mode: '0700' }), {})
  assert.equal([run.files.get('/srv/a')?.type, run.files.get('/srv/a')?.mode], ['directory', '0700'])
  assert.is((await rehearse(directory({ path: '/srv' }), { files: { '/srv/a': 'x' } })).outcome, 'ok')
  const gone = await rehearse(directory({ path: '/srv', state: 'absent' }), { files: { '/srv/a': 'x' } })
  assert.is(gone.files.size, 0)
  const blocked = await rehearse(directory({ path: '/srv' }), { files: { '/srv': 'a file' } })
  assert.match(String(blocked.error), 'is not a directory')
})
