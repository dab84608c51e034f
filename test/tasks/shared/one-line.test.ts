import * as assert from 'uvu/assert'
import { cron } from '../../../tasks/system/cron.ts'
import { mount } from '../../../tasks/system/mount.ts'
import { swap } from '../../../tasks/system/swap.ts'
import { sysctl } from '../../../tasks/system/sysctl.ts'
import { user } from '../../../tasks/system/user.ts'
import { suite } from '../../support/spec.ts'

const test = suite('fields of one line')

test('control characters are refused in values that become a field of a line', () => {
  for (const end of ['\n', '\r', '\0', '\u{1b}[2J', '\u{85}', '\u{2028}']) {
    const entry = { path: '/x', src: '/dev/sda1', fstype: 'ext4' }
    const tries: readonly (() => unknown)[] = [
      () => mount({ ...entry, src: `/dev/sda1${end}` }),
      () => mount({ ...entry, path: `/x${end}` }),
      () => mount({ ...entry, fstype: `ext4${end}` }),
      () => mount({ ...entry, options: `ro${end}` }),
      () => swap({ path: `/swap${end}`, size: '1G' }),
      () => cron({ name: `a${end}`, command: 'x', schedule: '@daily' }),
      () => cron({ name: 'a', command: `x${end}y`, schedule: '@daily' }),
      () => sysctl({ key: 'a.b', value: `1${end}` }),
      () => user({ name: 'a', comment: `b${end}` }),
      () => user({ name: 'a', shell: `/bin/sh${end}` }),
    ]
    for (const [index, make] of tries.entries())
      assert.throws(
        make,
        /one line|absolute path|not contain a colon or newline/,
        `${index} ${JSON.stringify(end)}`,
      )
  }
  assert.is(mount({ path: '/x y', src: 'a\tb', fstype: 'ext4' }).name, 'mount')
})
