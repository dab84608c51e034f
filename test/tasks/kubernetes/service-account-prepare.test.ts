/** Alone; service-account-keys.test.ts has the tasks of the playbook in their order. */
import * as assert from 'uvu/assert'
import { serviceAccountPrepare } from '../../../tasks/kubernetes/service-account-prepare.ts'
import { suite } from '../../support/spec.ts'
import {
  masters,
  names,
  old,
  privatePath,
  publicPath,
  recordPath,
  serviceAccountCluster,
} from './service-account-world.ts'

const test = suite('service-account-prepare')

const task = serviceAccountPrepare({
  masters,
  nodes: ['w1'],
  madeBefore: '2026-11-01',
})

test('a new key is made once, for root only, and the others get a copy; nothing uses it', async () => {
  const cluster = serviceAccountCluster()
  for (const name of names) {
    assert.is((await cluster.execute(name, task, true)).outcome, 'would change')
    assert.is((await cluster.execute(name, task)).outcome, 'changed')
    assert.is((await cluster.execute(name, task)).outcome, 'ok')
    const { files } = cluster.connections.get(name) ?? {}
    const stored = files?.get(recordPath)
    assert.equal([stored?.mode, stored?.owner, stored?.group], ['0600', 'root', 'root'])
    assert.is(files?.get('/etc/coxswain/rotate-service-accounts')?.mode, '0700')
    assert.is(cluster.fileOn(name, recordPath), cluster.fileOn('m1', recordPath))
    assert.is(cluster.fileOn(name, publicPath), old.public)
    assert.is(cluster.fileOn(name, privatePath), old.private)
  }
  assert.equal(cluster.log, [])
})

test('the key is in no command', async () => {
  const cluster = serviceAccountCluster()
  await cluster.execute('m1', task)
  const [, line = ''] = /"key":"[^"]*\\n([^"\\]{40,})\\n/.exec(cluster.fileOn('m1', recordPath) ?? '') ?? []
  assert.is.not(line, '')
  for (const { script } of cluster.connections.get('m1')?.log ?? []) assert.not.match(script, line)
})

test('different new keys are refused, with the hosts', async () => {
  const cluster = serviceAccountCluster()
  await cluster.execute('m1', task)
  const other = serviceAccountCluster()
  await other.execute('m2', task)
  cluster.connections.get('m2')?.files.set(recordPath, { content: other.fileOn('m2', recordPath) ?? '' })
  const { outcome, error } = await cluster.execute('m3', task)
  assert.is(outcome, 'failed')
  assert.match(String(error), 'm1 and m2 have different new service account keys')
})

test('a record that cannot be read is refused, without what it has', async () => {
  const cluster = serviceAccountCluster()
  cluster.connections.get('m2')?.files.set(recordPath, { content: '{"key":"hush"}' })
  const { outcome, error } = await cluster.execute('m1', task)
  assert.is(outcome, 'failed')
  assert.match(String(error), `${recordPath} on m2 cannot be read`)
  assert.not.match(String(error), 'hush')
})
