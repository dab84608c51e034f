import * as assert from 'uvu/assert'
import { memory, parseMemory } from '../../../tasks/facts/memory.ts'
import { valueOf } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('memory')

test('memory, also of an old kernel', async () => {
  const text =
    'MemTotal:        2048000 kB\nMemFree:  1024000 kB\nMemAvailable:    1536000 kB\nSwapTotal: 0 kB\nSwapFree:  0 kB\n'
  assert.equal(await valueOf(memory(), { files: { '/proc/meminfo': text } }), {
    totalMiB: 2000,
    availableMiB: 1500,
    freeMiB: 1000,
    swapTotalMiB: 0,
    swapFreeMiB: 0,
  })
  const old = 'MemTotal: 4096 kB\nMemFree: 1024 kB\nBuffers: 1024 kB\nCached: 1024 kB\n'
  assert.is(parseMemory(old)?.availableMiB, 3)
  assert.is(parseMemory('MemTotal: x kB'), undefined)
})
