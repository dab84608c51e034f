import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { group } from '../../../tasks/system/group.ts'
import { suite } from '../../support/spec.ts'

const test = suite('group')

test('a group is created with its ID', async () => {
  const run = await rehearse(group({ name: 'crew', gid: 1500 }), {
    files: { '/etc/group': 'root:x:0:\n' },
    replies: {
      'command -v groupadd': '/usr/sbin/groupadd\n',
      'groupadd -g 1500 crew': (_, files) => {
        files.set('/etc/group', { content: 'root:x:0:\ncrew:x:1500:\n' })
        return ''
      },
    },
  })
  assert.equal(run.commands.apply, ['groupadd -g 1500 crew'])
})

test('an up-to-date group is ok', async () => {
  const files = { '/etc/group': 'crew:x:1500:\n' }
  assert.is((await rehearse(group({ name: 'crew', gid: 1500 }), { files })).outcome, 'ok')
  assert.is((await rehearse(group({ name: 'none', state: 'absent' }), { files })).outcome, 'ok')
})

test('an ID that is taken is an error, also under --check', async () => {
  for (const code of [0, 127])
    for (const crew of ['', 'crew:x:1500:\n']) {
      const run = await rehearse(group({ name: 'crew', gid: 10 }), {
        files: { '/etc/group': `${crew}wheel:x:10:\n` },
        replies: { 'command -v groupadd': { code } },
      })
      assert.match(String(run.error), /gid 10 belongs to the group wheel/)
      assert.is(run.predicted, 'failed')
    }
})

test('invalid names are refused', () => {
  assert.throws(() => group({ name: '-x' }), /must be a group name/)
})
