import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { mount, withMount } from '../../../tasks/system/mount.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('mount')
const given = { path: '/srv/a b', src: 'tmpfs', fstype: 'tmpfs' } as const
const whole = { ...given, options: 'defaults', dump: 0, pass: 0, state: 'mounted' } as const
const entry = 'tmpfs /srv/a\\040b tmpfs defaults 0 0\n'
const fstab = '# ours\nUUID=1 / ext4 defaults 0 1\n'

const host = (table: string, mounts = ''): World => ({
  files: { '/etc/fstab': table, '/proc/self/mounts': mounts },
  replies: {
    "readlink -f '/srv/a b'": '/srv/a b\n',
    "mount '/srv/a b'": (_, files) => {
      files.set('/proc/self/mounts', { content: 'tmpfs /srv/a\\040b tmpfs rw 0 0\n' })
      return ''
    },
    "umount '/srv/a b'": (_, files) => {
      files.set('/proc/self/mounts', { content: '' })
      return ''
    },
    "mount -o remount,size=1m '/srv/a b'": '',
  },
})

test('the entry of a path is added, changed where it stands, or taken out', () => {
  assert.is(withMount(fstab, whole), fstab + entry)
  assert.is(
    withMount(`${entry}${fstab}`, { ...whole, options: 'ro' }),
    entry.replace('defaults', 'ro') + fstab,
  )
  assert.is(withMount(`${entry}${fstab}${entry}`, { ...whole, state: 'absent' }), fstab)
  assert.is(withMount(fstab + entry.replaceAll(' ', '\t'), whole), fstab + entry.replaceAll(' ', '\t'))
})

test('mounted now and at boot; the second time all is well', async () => {
  const run = await rehearse(mount(given), host(fstab))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ["mount '/srv/a b'"])
  assert.is(run.files.get('/etc/fstab')?.content, fstab + entry)
})

test('other options of what is mounted count at once', async () => {
  const mounted = host(entry, 'tmpfs /srv/a\\040b tmpfs rw 0 0\n')
  const run = await rehearse(mount({ ...given, options: 'size=1m' }), mounted)
  assert.equal(run.commands.apply, ["mount -o remount,size=1m '/srv/a b'"])
})

test('absent is neither mounted nor in the table; unmounted leaves the table', async () => {
  const mounts = 'tmpfs /srv/a\\040b tmpfs rw 0 0\n'
  const gone = await rehearse(mount({ path: given.path, state: 'absent' }), host(fstab + entry, mounts))
  assert.is(gone.files.get('/etc/fstab')?.content, fstab)
  const off = await rehearse(mount({ path: given.path, state: 'unmounted' }), host(fstab + entry, mounts))
  assert.is(off.files.get('/etc/fstab')?.content, fstab + entry)
  assert.equal(off.commands.apply, ["umount '/srv/a b'"])
})

test('what is mounted must be told', () =>
  rejects(() => mount({ path: '/x' }), 'params-invalid', 'src and fstype are needed').then(() => {}))
