import * as assert from 'uvu/assert'
import { actingUser } from '../../../tasks/facts/acting-user.ts'
import { rejects } from '../../support/rejects.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('acting-user')

test('the acting user', async () => {
  assert.equal(await valueFrom(actingUser(), 'app\n1001\napp\n1002\napp adm\n/home/app\n/bin/sh\n'), {
    name: 'app',
    uid: 1001,
    group: 'app',
    gid: 1002,
    groups: ['app', 'adm'],
    home: '/home/app',
    shell: '/bin/sh',
  })
  await rejects(() => valueFrom(actingUser(), 'x'), 'task-failed', 'which user')
})
