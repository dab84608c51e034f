import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { maintenanceDone } from '../../../tasks/kubernetes/maintenance-done.ts'
import { suite } from '../../support/spec.ts'
import { bootedHost, record, recordPath } from './maintenance-world.ts'

const test = suite('maintenance-done')

test('what is done is recorded, and only where a maintenance was begun', async () => {
  const run = await rehearse(maintenanceDone({}), bootedHost({ [recordPath]: record() }))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(String(run.files.get(recordPath)?.content), '"phase":"done"')
  const done = bootedHost({ [recordPath]: record({ phase: 'done' }) })
  assert.is((await rehearse(maintenanceDone({}), done)).outcome, 'ok')
  assert.is((await rehearse(maintenanceDone({}), bootedHost())).outcome, 'ok')
})

test('before a reboot, the boot is recorded that it ends', async () => {
  const task = maintenanceDone({ afterReboot: true })
  for (const before of [record(), record({ phase: 'rebooting', boot: 'zero' })]) {
    const run = await rehearse(task, bootedHost({ [recordPath]: before }))
    assert.is(run.outcome, 'changed', String(run.error))
    assert.match(String(run.files.get(recordPath)?.content), '"phase":"rebooting","boot":"one"')
  }
  const said = bootedHost({ [recordPath]: record({ phase: 'rebooting', boot: 'one' }) })
  assert.is((await rehearse(task, said)).outcome, 'ok')
})

test('bad parameters are refused', () => {
  assert.throws(() => maintenanceDone({ afterReboot: 'soon' }), 'afterReboot')
})
