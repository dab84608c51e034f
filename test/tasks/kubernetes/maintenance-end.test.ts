import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { connect } from '../../../engine/testing/world.ts'
import { maintenanceBegin } from '../../../tasks/index.ts'
import { maintenanceEnd } from '../../../tasks/kubernetes/maintenance-end.ts'
import { run as runPlays } from '../../run/site.ts'
import { suite } from '../../support/spec.ts'
import { bootedHost, record, recordPath, work } from './maintenance-world.ts'

const test = suite('maintenance-end')

test('the record is removed, an old one too', async () => {
  for (const text of [record({ phase: 'done' }), record({ hours: 30 }), 'damaged']) {
    const run = await rehearse(maintenanceEnd({}), bootedHost({ [recordPath]: text }))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(run.files.get(recordPath), undefined)
  }
})

test('without a record, nothing is done', async () => {
  assert.is((await rehearse(maintenanceEnd({}), bootedHost())).outcome, 'ok')
})

test('--check: a maintenance that would begin would also be over', async () => {
  const { ends } = await runPlays(
    (play) => [play('p', { hosts: 'a', tasks: () => [maintenanceBegin({ work }), maintenanceEnd({})] })],
    { hosts: { a: connect(bootedHost()) }, checkMode: true },
  )
  assert.equal(
    ends.map(({ outcome }) => outcome),
    ['would change', 'would change'],
  )
})
