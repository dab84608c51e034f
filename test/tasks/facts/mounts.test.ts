import * as assert from 'uvu/assert'
import { parseMounts } from '../../../tasks/facts/mounts.ts'
import { suite } from '../../support/spec.ts'

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
