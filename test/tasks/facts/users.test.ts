import * as assert from 'uvu/assert'
import { users } from '../../../tasks/facts/users.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('users')

test('lines that are none are left out', async () => {
  assert.equal(await valueFrom(users(), 'root:x:0:0:root:/root:/bin/sh\n+::::::\nodd\nx:x:-1:0::/:/\n'), [
    { name: 'root', uid: 0, gid: 0, comment: 'root', home: '/root', shell: '/bin/sh' },
  ])
})
