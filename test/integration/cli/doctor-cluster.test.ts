/** `run doctor cluster`: the playbooks status and preflight of the package, and one exit status. */
import * as assert from 'uvu/assert'
import { worstOf } from '../../../engine/cli/doctor/cluster.ts'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('run doctor cluster')
const folder = folderOf(test)

const inventory = (vars: Record<string, unknown>): string =>
  folder.write(
    'inventory.yaml',
    JSON.stringify({
      all: { vars },
      masters: { hosts: { m1: { address: '127.0.0.1', port: 1, user: 'nobody' } } },
    }),
  )

test('the exit status is that of what is worst', () => {
  assert.is(worstOf([0, 0]), 0)
  assert.is(worstOf([3, 0]), 3)
  assert.is(worstOf([3, 4]), 4)
  assert.is(worstOf([4, 2]), 2)
  assert.is(worstOf([0, 130]), 130)
})

test('both playbooks run, wherever the project is', async () => {
  const file = inventory({ control_plane_endpoint: '192.0.2.1:6443', kubernetes_version: 'v1.37.2' })
  const { status, stdout, stderr } = await runCli(['doctor', 'cluster', '-i', file])
  assert.match(stdout, /^status: 1 host/m, stderr)
  assert.match(stdout, /^preflight: 1 host/m, stderr)
  assert.is(status, 4, stderr)
})

test('an inventory that is not one of a control plane is refused by the first', async () => {
  const { status, stdout, stderr } = await runCli(['doctor', 'cluster', '-i', inventory({})])
  assert.is(status, 1)
  assert.match(stderr, 'control_plane_endpoint')
  assert.not.match(stdout, 'preflight')
})
