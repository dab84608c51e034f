import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { swapOff } from '../../../tasks/system/swap-off.ts'
import { suite } from '../../support/spec.ts'

const test = suite('swap-off')

test('off now, and commented out in fstab', async () => {
  const fstab = '/dev/sda1 / ext4 defaults 0 1\n/dev/sda2 none swap sw 0 0\n# /old none swap sw 0 0\n'
  const run = await rehearse(swapOff(), {
    files: {
      '/etc/fstab': fstab,
      '/proc/swaps': 'Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n',
    },
    replies: {
      'swapoff -a': (_, files) => {
        files.set('/proc/swaps', { content: 'Filename Type Size Used Priority\n' })
        return ''
      },
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get('/etc/fstab')?.content, fstab.replace('/dev/sda2', '# /dev/sda2'))
  assert.is((await rehearse(swapOff(), { files: { '/proc/swaps': 'Filename\n' } })).outcome, 'ok')
})
