import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { permissions } from '../../../tasks/files/permissions.ts'
import { suite } from '../../support/spec.ts'

const test = suite('permissions')

test('owner and mode of a file and of a folder are set, then ok', async () => {
  for (const type of ['file', 'directory'] as const) {
    const files = { '/a': { content: '', type, mode: '0777' } }
    const run = await rehearse(permissions({ path: '/a', mode: '0640', owner: 'ann' }), { files })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal([run.files.get('/a')?.mode, run.files.get('/a')?.owner], ['0640', 'ann'])
  }
})

test('a missing path is not created', async () => {
  const run = await rehearse(permissions({ path: '/a', mode: '0640' }), {})
  assert.match(String(run.error), '/a does not exist')
  assert.is(run.files.has('/a'), false)
  assert.throws(() => permissions({ path: '/a' }), /an owner, a group or a mode/)
})

test('set-group-ID of a folder stays with three and four digits; five digits set the mode exactly', async () => {
  const of = async (mode: string) => {
    const files = { '/a': { content: '', type: 'directory' as const, mode: '2755' } }
    return (await rehearse(directory({ path: '/a', mode }), { files })).outcome
  }
  assert.equal([await of('0755'), await of('755'), await of('2755')], ['ok', 'ok', 'ok'])
  assert.is(await of('00755'), 'changed')
})
