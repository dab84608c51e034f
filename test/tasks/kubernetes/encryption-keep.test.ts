/** Alone; encryption-keys.test.ts has the tasks of the playbook in their order. */
import * as assert from 'uvu/assert'
import { encryptionKeep } from '../../../tasks/kubernetes/encryption-keep.ts'
import { suite } from '../../support/spec.ts'
import { encryptionCluster, file, names, oldConfig, recordPath } from './encryption-world.ts'

const test = suite('encryption-keep')

test('where no key is being replaced, nothing is changed', async () => {
  const cluster = encryptionCluster()
  const task = encryptionKeep({ masters: [...names] })
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.is(cluster.fileOn('m1', file), oldConfig)
  assert.is(cluster.connections.get('m1')?.files.get(recordPath)?.mode, undefined)
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.equal(cluster.log, [])
})
