import * as assert from 'uvu/assert'
import { groups } from '../../../tasks/facts/groups.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('groups')

test('lines that are none are left out', async () => {
  assert.equal(await valueFrom(groups(), 'root:x:0:\nadm:x:4:a,b\n+:::\n'), [
    { name: 'root', gid: 0, members: [] },
    { name: 'adm', gid: 4, members: ['a', 'b'] },
  ])
})
