import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { serviceManager } from '../../../tasks/system/service-manager.ts'
import { suite } from '../../support/spec.ts'

const test = suite('service-manager')

test('it queries once, and changes nothing', async () => {
  const run = await rehearse(serviceManager(), {
    patterns: [[/^if \[ -d \/run\/systemd\/system \]/, 'openrc\n']],
  })
  assert.equal([run.outcome, run.commands.check.length, run.commands.apply], ['ok', 1, []])
})
