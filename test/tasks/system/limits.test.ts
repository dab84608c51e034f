import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { limits } from '../../../tasks/system/limits.ts'
import { suite } from '../../support/spec.ts'

const test = suite('limits')

const file = '/etc/security/limits.d/90-coxswain.conf'
const folder = { '/etc/security/limits.d/': { type: 'directory' as const, content: '' } }

test('takes the place of the line about the same', async () => {
  const run = await rehearse(limits({ domain: 'web', item: 'nofile', value: 4096 }), {
    files: { ...folder, [file]: '# mine\nweb - nofile 1024\nweb soft nofile 10\n' },
  })
  assert.is(run.outcome, 'changed')
  assert.is(run.files.get(file)?.content, '# mine\nweb - nofile 4096\nweb soft nofile 10\n')
  assert.equal(run.changes, [{ what: `web - nofile in ${file}`, from: '1024', to: '4096' }])
})

test('goes again, and all is well', async () => {
  const files = { ...folder, [file]: 'web  -\tnofile  4096 # much\n' }
  assert.is((await rehearse(limits({ domain: 'web', item: 'nofile', value: 4096 }), { files })).outcome, 'ok')
  const gone = await rehearse(limits({ domain: 'web', item: 'nofile', state: 'absent' }), { files })
  assert.is(gone.files.get(file)?.content, '')
})

test('without PAM it is unknown, and what cannot be is refused', async () => {
  const task = limits({ domain: '*', item: 'core', value: 'unlimited' })
  assert.is((await rehearse(task, {})).foretold, 'unknown')
  assert.throws(() => limits({ domain: '*', item: 'core' }), /a value is needed/)
  assert.throws(() => limits({ domain: 'a b', item: 'core', value: 1 }), /is needed/)
})
