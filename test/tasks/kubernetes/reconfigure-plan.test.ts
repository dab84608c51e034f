import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { reconfigurePlan } from '../../../tasks/kubernetes/reconfigure-plan.ts'
import { suite } from '../../support/spec.ts'
import { apiServer, given, kubeadmFiles, masterWorld, pod } from './reconfigure-world.ts'

const test = suite('reconfigure-plan')

test('it only looks, whether something differs or not', async () => {
  const wanted = { [apiServer]: pod('kube-apiserver', { words: ['--v=3'] }) }
  for (const options of [{}, { wanted }]) {
    const run = await rehearse(reconfigurePlan(given), masterWorld(options).world)
    assert.is(run.outcome, 'ok', String(run.error))
    assert.equal(run.commands.apply, [])
  }
})

test('a configuration that kubeadm refuses, and a host that is not complete, are refused', async () => {
  const refused = masterWorld({ patterns: [[kubeadmFiles, { code: 101, stderr: 'certSANs: invalid' }]] })
  const run = await rehearse(reconfigurePlan(given), refused.world)
  assert.match(String(run.error), 'kubeadm on host does not accept the configuration')
  assert.match(JSON.stringify(run.error), 'certSANs: invalid')
  assert.match(
    String((await rehearse(reconfigurePlan(given), {})).error),
    'is not a complete control-plane node',
  )
})
