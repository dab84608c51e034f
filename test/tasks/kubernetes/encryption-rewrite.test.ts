/** Alone; encryption-keys.test.ts has the tasks of the playbook in their order. */
import * as assert from 'uvu/assert'
import { encryptionRewrite } from '../../../tasks/kubernetes/encryption-rewrite.ts'
import { suite } from '../../support/spec.ts'
import { encryptionCluster, file, names, oldConfig, recordPath } from './encryption-world.ts'

const test = suite('encryption-rewrite')

test('where no key is being replaced, nothing is changed', async () => {
  const cluster = encryptionCluster()
  const task = encryptionRewrite({ masters: [...names], address: '10.0.0.1' })
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.is(cluster.fileOn('m1', file), oldConfig)
  assert.is(cluster.connections.get('m1')?.files.get(recordPath)?.mode, undefined)
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.equal(cluster.log, [])
})
