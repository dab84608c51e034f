import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { packageLists } from '../../../tasks/system/package-lists.ts'
import { suite } from '../../support/spec.ts'

const test = suite('package-lists')

test('lists that are old or missing are refreshed', async () => {
  const world = (age: number | undefined): World => {
    let since = age
    return {
      files: { '/etc/os-release': 'ID=debian\n' },
      patterns: [
        [/lists\/partial/, () => (since === undefined ? '9000\n' : `${9000 - since}\n9000\n`)],
        [/^DEBIAN_FRONTEND=.* apt-get update/, ''],
        [
          /update-success-stamp$/,
          () => {
            since = 0
            return ''
          },
        ],
      ],
    }
  }
  const old = await rehearse(packageLists({ maxAge: 600 }), world(700))
  assert.equal(
    [old.predicted, old.outcome, old.changes],
    ['would change', 'changed', [{ what: 'package lists', from: '700 s old', to: 'refreshed' }]],
  )
  assert.is((await rehearse(packageLists({ maxAge: 600 }), world(500))).outcome, 'ok')
  assert.is((await rehearse(packageLists(), world(undefined))).outcome, 'changed')
  assert.throws(() => packageLists({ maxAge: 5 }), /maxAge/)
})
