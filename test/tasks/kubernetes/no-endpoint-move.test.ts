import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { noEndpointMove } from '../../../tasks/kubernetes/no-endpoint-move.ts'
import { suite } from '../../support/spec.ts'
import { former, record, to } from './endpoint-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('no-endpoint-move')

test('a host without a record is ok', async () => {
  assert.is((await rehearse(noEndpointMove(), {})).outcome, 'ok')
})

test('refused while a cluster is being moved: it names both ways out', async () => {
  const run = await rehearse(noEndpointMove(), {
    files: { [record]: `{"from":["${former}"],"to":"${to}"}\n` },
  })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), `from ${former} to ${to}`)
  assert.match(hintOf(run.error), `run playbooks/move-endpoint.ts with control_plane_endpoint: ${to}`)
  assert.match(hintOf(run.error), `or with ${former}, which goes back`)
})
