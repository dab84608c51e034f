import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { stat } from '../../../tasks/files/stat.ts'
import { suite } from '../../support/spec.ts'

const test = suite('stat')

test('it only reads, whether the path exists or not', async () => {
  for (const files of [{}, { '/x': 'y' }]) {
    const run = await rehearse(stat({ path: '/x' }), { files })
    assert.equal([run.outcome, run.predicted], ['ok', 'ok'])
  }
})
