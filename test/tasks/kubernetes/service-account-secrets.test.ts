/** Alone; service-account-keys.test.ts has the tasks of the playbook in their order. */
import * as assert from 'uvu/assert'
import { serviceAccountSecrets } from '../../../tasks/kubernetes/service-account-secrets.ts'
import { suite } from '../../support/spec.ts'
import { masters, old, publicPath, serviceAccountCluster } from './service-account-world.ts'

const test = suite('service-account-secrets')

test('where no key is being replaced, nothing is changed', async () => {
  const cluster = serviceAccountCluster({ secrets: { 'default/ci': old.id } })
  const task = serviceAccountSecrets({ masters })
  assert.is((await cluster.execute('m1', task, true)).outcome, 'ok')
  assert.is((await cluster.execute('m1', task)).outcome, 'ok')
  assert.is(cluster.fileOn('m1', publicPath), old.public)
  assert.equal(cluster.log, [])
  assert.is(cluster.cut.count, 0)
})
