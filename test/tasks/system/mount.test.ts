import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { mount, withMount } from '../../../tasks/system/mount.ts'
import { missingOptions, mountsIn } from '../../../tasks/system/mounts/mounted.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('mount')
const given = { path: '/srv/a b', src: 'tmpfs', fstype: 'tmpfs' } as const
const complete = { ...given, options: 'defaults', dump: 0, pass: 0, state: 'mounted' } as const
const entry = 'tmpfs /srv/a\\040b tmpfs defaults 0 0\n'
const fstab = '# ours\nUUID=1 / ext4 defaults 0 1\n'

const info = (flags = 'rw,relatime', options = 'rw') =>
  `36 29 0:30 / /srv/a\\040b ${flags} shared:1 - tmpfs tmpfs ${options}\n`

const host = (table: string, mounts = ''): World => ({
  files: { '/etc/fstab': table, '/proc/self/mountinfo': mounts },
  replies: {
    'cat /proc/self/mountinfo': (_, files) => String(files.get('/proc/self/mountinfo')?.content),
    "readlink -f '/srv/a b'": '/srv/a b\n',
    "mount '/srv/a b'": (_, files) => {
      files.set('/proc/self/mountinfo', { content: info() })
      return ''
    },
    "umount '/srv/a b'": (_, files) => {
      files.set('/proc/self/mountinfo', { content: '' })
      return ''
    },
    "mount -o remount,size=1m '/srv/a b'": (_, files) => {
      files.set('/proc/self/mountinfo', { content: info('rw', 'rw,size=1024k') })
      return ''
    },
    "mount -o remount,defaults,rw,suid '/srv/a b'": (_, files) => {
      files.set('/proc/self/mountinfo', { content: info() })
      return ''
    },
  },
})

test('the entry of a path is added, changed in place, or removed', () => {
  assert.is(withMount(fstab, complete), fstab + entry)
  assert.is(
    withMount(`${entry}${fstab}`, { ...complete, options: 'ro' }),
    entry.replace('defaults', 'ro') + fstab,
  )
  assert.is(withMount(`${entry}${fstab}${entry}`, { ...complete, state: 'absent' }), fstab)
  assert.is(withMount(fstab + entry.replaceAll(' ', '\t'), complete), fstab + entry.replaceAll(' ', '\t'))
})

test('mounted now and at boot; the second run is ok', async () => {
  const run = await rehearse(mount(given), host(fstab))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ["mount '/srv/a b'"])
  assert.is(run.files.get('/etc/fstab')?.content, fstab + entry)
})

test('changed options take effect immediately', async () => {
  const mounted = host(entry, info())
  const run = await rehearse(mount({ ...given, options: 'size=1m' }), mounted)
  assert.equal(run.commands.apply, ["mount -o remount,size=1m '/srv/a b'"])
})

test('options that are not in effect are applied, even if the table is up to date', async () => {
  const run = await rehearse(mount(given), host(fstab + entry, info('ro,nosuid,relatime')))
  assert.equal(run.changes, [{ what: 'options of /srv/a b', from: 'ro,nosuid,relatime,rw', to: 'rw,suid' }])
  assert.equal(run.commands.apply, ["mount -o remount,defaults,rw,suid '/srv/a b'"])
})

const missing = (options: string, flags: string, own: string, fstype = 'tmpfs') => {
  const [mounted] = mountsIn(`36 29 0:30 / /x ${flags} - ${fstype} x ${own}`)
  assert.ok(mounted)
  return missingOptions({ path: '/x', src: 'x', fstype, options }, mounted)
}

const table: [string, string, string, string, string[]][] = [
  ['defaults', 'rw,relatime', 'rw', 'ext4', []],
  ['defaults', 'rw,relatime', 'ro,errors=remount-ro', 'ext4', ['rw']],
  ['ro,nofail', 'ro', 'rw', 'ext4', []],
  ['noauto,user', 'rw,nosuid,nodev,noexec', 'rw', 'ext4', []],
  ['users,exec', 'rw,nosuid,nodev,noexec', 'rw', 'ext4', ['exec']],
  ['nosuid,suid', 'rw', 'rw', 'ext4', []],
  ['noatime', 'rw,relatime', 'rw', 'ext4', ['noatime']],
  ['defaults', 'rw,noatime', 'rw', 'ext4', []],
  ['size=2m,mode=0755', 'rw', 'rw,size=2048k,mode=755', 'tmpfs', []],
  ['size=3m,mode=1777', 'rw', 'rw,size=2048k,mode=755', 'tmpfs', ['size=3m', 'mode=1777']],
  ['size=50%', 'rw', 'rw', 'tmpfs', []],
  ['subvol=home', 'rw', 'rw,subvol=/home', 'btrfs', []],
]
for (const [options, flags, own, fstype, wanted] of table)
  test(`${options} where there is ${flags} and ${own} of ${fstype}`, () =>
    assert.equal(missing(options, flags, own, fstype), wanted))

test('absent is neither mounted nor in the table; unmounted leaves the table', async () => {
  const mounts = info()
  const gone = await rehearse(mount({ path: given.path, state: 'absent' }), host(fstab + entry, mounts))
  assert.is(gone.files.get('/etc/fstab')?.content, fstab)
  const off = await rehearse(mount({ path: given.path, state: 'unmounted' }), host(fstab + entry, mounts))
  assert.is(off.files.get('/etc/fstab')?.content, fstab + entry)
  assert.equal(off.commands.apply, ["umount '/srv/a b'"])
})

test('src and fstype are required', () =>
  rejects(() => mount({ path: '/x' }), 'params-invalid', 'src and fstype are required').then(() => {}))
