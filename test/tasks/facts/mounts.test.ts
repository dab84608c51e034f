import * as assert from 'uvu/assert'
import { mounts, parseMounts } from '../../../tasks/facts/mounts.ts'
import { suite } from '../../support/spec.ts'
import { valueFrom } from '../../support/value-of.ts'

const test = suite('mounts')

test('mounts: names with blanks, sizes, file systems of other hosts', () => {
  const text = String.raw`/dev/sda1	/	ext4	rw,relatime	4096 1024 512 256
server:/a\040b	/mnt/a\040b\134c	nfs4	ro	
/dev/sdb	/gone	ext4	rw	
`
  assert.equal(parseMounts(text), [
    {
      device: '/dev/sda1',
      path: '/',
      type: 'ext4',
      options: ['rw', 'relatime'],
      size: { totalMiB: 4, usedMiB: 2, availableMiB: 1 },
    },
    { device: 'server:/a b', path: String.raw`/mnt/a b\c`, type: 'nfs4', options: ['ro'], size: undefined },
    { device: '/dev/sdb', path: '/gone', type: 'ext4', options: ['rw'], size: undefined },
  ])
})

test('file systems of the kernel are left out by default', async () => {
  const text = 'proc\t/proc\tproc\trw\t\ntmpfs\t/run\ttmpfs\trw\t4096 1 1 1\ntank/a\t/a\tzfs\trw\t\n'
  assert.equal(Object(await valueFrom(mounts(), text)).length, 2)
  assert.equal(Object(await valueFrom(mounts({ all: true }), text)).length, 3)
})
