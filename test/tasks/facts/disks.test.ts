import * as assert from 'uvu/assert'
import { parseDisks } from '../../../tasks/facts/disks.ts'
import { suite } from '../../support/spec.ts'

const test = suite('disks')

test('disks and their partitions', () => {
  const text =
    'part\tx1\t1\ndisk\tsda\t204800\t1\t0\t0\tATA     \tBig Disk 1 \npart\tsda1\t102400\ndisk\tsr0\t\t1\t1\t0\t\t\n'
  assert.equal(parseDisks(text), [
    {
      name: 'sda',
      sizeMiB: 100,
      rotates: true,
      removable: false,
      readOnly: false,
      vendor: 'ATA',
      model: 'Big Disk 1',
      partitions: [{ name: 'sda1', sizeMiB: 50 }],
    },
    {
      name: 'sr0',
      sizeMiB: 0,
      rotates: true,
      removable: true,
      readOnly: false,
      vendor: undefined,
      model: undefined,
      partitions: [],
    },
  ])
})
