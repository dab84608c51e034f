import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdSnapshotPrune } from '../../../tasks/kubernetes/etcd-snapshot-prune.ts'
import { suite } from '../../support/spec.ts'

const test = suite('etcd-snapshot-prune')

const folder = '/var/backups/etcd'
const at = (hour: string): string => `${folder}/prod-20261129T${hour}0000Z-r9.db`

/** The files of which one is named by its hour, and what else there is in the folder. */
const withFiles = (...names: readonly string[]) => ({
  files: Object.fromEntries([...names, `${folder}/other-20261129T010000Z-r1.db`].map((name) => [name, 'x'])),
})

test('the newest ones stay, and the older ones go with what says that they are proven', async () => {
  const kept = [at('05'), `${at('05')}.proven`, at('04'), `${at('04')}.proven`]
  const run = await rehearse(
    etcdSnapshotPrune({ cluster: 'prod', keep: 2 }),
    withFiles(...kept, at('03'), `${at('03')}.proven`, at('02'), `${at('01')}.unproven`),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes,
    [at('03'), at('02'), `${at('01')}.unproven`].map((what) => ({ what, from: 'present' })),
  )
  assert.equal(
    [...run.files.keys()].toSorted(),
    [...kept, `${folder}/other-20261129T010000Z-r1.db`].toSorted(),
  )
})

test('the last proven one stays, also beyond the number', async () => {
  const run = await rehearse(
    etcdSnapshotPrune({ cluster: 'prod', keep: 1 }),
    withFiles(at('05'), `${at('05')}.unproven`, at('04'), at('03'), `${at('03')}.proven`, at('02')),
  )
  assert.equal(
    run.changes,
    [at('04'), at('02')].map((what) => ({ what, from: 'present' })),
  )
  assert.ok(run.files.has(at('03')))
})

test('without a proven one, nothing goes', async () => {
  const run = await rehearse(
    etcdSnapshotPrune({ cluster: 'prod', keep: 1 }),
    withFiles(at('05'), at('04'), `${at('03')}.unproven`),
  )
  assert.is(run.outcome, 'ok', String(run.error))
})

test('bad parameters are refused', () => {
  assert.throws(() => etcdSnapshotPrune({ keep: 0 }), 'keep')
  assert.throws(() => etcdSnapshotPrune({ cluster: '../x' }), 'cluster')
})
