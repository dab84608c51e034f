/** Alone; encryption-keys.test.ts has the tasks of the playbook in their order. */
import * as assert from 'uvu/assert'
import { encryptionPrepare } from '../../../tasks/kubernetes/encryption-prepare.ts'
import { suite } from '../../support/spec.ts'
import { encryptionCluster, file, names, oldConfig, recordPath } from './encryption-world.ts'

const test = suite('encryption-prepare')

test('a new key is made for root only, and the second run keeps it', async () => {
  const cluster = encryptionCluster()
  const task = encryptionPrepare({ masters: [...names], address: '10.0.0.1', madeBefore: '2026-11-01', file })
  assert.is((await cluster.execute('m1', task)).outcome, 'changed')
  assert.is(cluster.fileOn('m1', file), oldConfig)
  assert.is(cluster.connections.get('m1')?.files.get(recordPath)?.mode, '0600')
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.equal(cluster.log, [])
})
