import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { masterInterrupted } from '../../../tasks/kubernetes/master-interrupted.ts'
import { suite } from '../../support/spec.ts'
import { apiServer, former, masterWorld } from './reconfigure-world.ts'

const test = suite('master-interrupted')

const isLeft = async (options: Parameters<typeof masterWorld>[0]): Promise<boolean> => {
  const run = await rehearse(masterInterrupted(), masterWorld(options).world)
  assert.equal(run.commands.apply, [])
  if (run.outcome !== 'ok') assert.match(String(run.error), 'no run was interrupted on host')
  return run.outcome === 'ok'
}

test('a master that runs as its manifests say was not left, and a host without a control plane neither', async () => {
  assert.not.ok(await isLeft({}))
  const { patterns = [] } = masterWorld().world
  assert.is((await rehearse(masterInterrupted(), { patterns })).outcome, 'failed')
})

test('one was left that has former files, a static pod that is stopped, or a program that does not run as its manifest says', async () => {
  assert.ok(await isLeft({ files: { [`${former}/etcd.yaml`]: 'x' } }))
  assert.ok(await isLeft({ files: { '/etc/kubernetes/restarting/etcd.yaml': 'x' } }))
  assert.ok(
    await isLeft({ files: { [apiServer]: 'spec: {containers: [{command: [a, --bad]}]}\n' }, bad: '--bad' }),
  )
})
