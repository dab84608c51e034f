import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { installedPackages } from '../../../tasks/facts/installed-packages.ts'
import { rejects } from '../../support/rejects.ts'
import { sent } from '../../support/sent.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('installed-packages')

test('packages, all or some', async () => {
  const run = await rehearse(installedPackages({ name: ['a', 'b c'] }), { patterns: [[/[^]/, '']] })
  assert.equal(run.commands.check, [sent('tasks/facts/installed-packages.sh', 'a', 'b c')])
  assert.equal(await valueFrom(installedPackages(), 'bash\t5.2-1\tamd64\nacl\t1:2-3\t\nodd\n'), [
    { name: 'bash', version: '5.2-1', architecture: 'amd64' },
    { name: 'acl', version: '1:2-3', architecture: undefined },
  ])
  await rejects(() => valueFrom(installedPackages(), { code: 101 }), 'task-failed', 'does not have dpkg')
  assert.equal(await valueFrom(installedPackages({ required: false }), { code: 101 }), [])
})
