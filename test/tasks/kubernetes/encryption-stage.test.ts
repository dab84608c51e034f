/** Alone; encryption-keys.test.ts has the tasks of the playbook in their order. */
import * as assert from 'uvu/assert'
import { encryptionStage } from '../../../tasks/kubernetes/encryption-stage.ts'
import { suite } from '../../support/spec.ts'
import { encryptionCluster, file, names, oldConfig, recordPath } from './encryption-world.ts'

const test = suite('encryption-stage')

test('where no key is being replaced, nothing is changed', async () => {
  const cluster = encryptionCluster()
  const task = encryptionStage({ masters: [...names], address: '10.0.0.1', stage: 'both' })
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.is(cluster.fileOn('m1', file), oldConfig)
  assert.is(cluster.connections.get('m1')?.files.get(recordPath)?.mode, undefined)
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.equal(cluster.log, [])
})
