/** What a file keeps when it is replaced, on real file systems. */
import * as assert from 'uvu/assert'
import { createRemote } from '../../../engine/remote/remote.ts'
import type { Remote } from '../../../engine/remote/types.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('writing on real hosts')

const using = async (host: RealHost, work: (remote: Remote) => Promise<void>): Promise<void> => {
  const connection = await host.connect()
  await work(createRemote(connection))
  await connection.close()
}

const hosts = realHosts('debian', 'busybox')
for (const host of hosts) {
  test(`${host.name}: content that a validation refuses is not written, and nothing is left`, () =>
    using(host, async (remote) => {
      await host.sh('mkdir /tmp/checked; echo good >/tmp/checked/file')
      const validate = "grep -q '^good' %s || { echo 'it is bad' >&2; false; }"
      await remote.write('/tmp/checked/file', 'good 2\n', { validate })
      const error = await rejects(
        () => remote.write('/tmp/checked/file', 'bad\n', { validate }),
        'validation-failed',
        '/tmp/checked/file was not replaced',
      )
      assert.is(error.output, 'it is bad')
      assert.is(await host.sh('cat /tmp/checked/file; ls -A /tmp/checked'), 'good 2\nfile\n')
      await rejects(() => remote.write('/tmp/checked/file', '', { validate: 'true' }), 'params-invalid', '')
    }))

  test(`${host.name}: a backup is the old file with its mode, only if there was one`, () =>
    using(host, async (remote) => {
      await host.sh('mkdir /tmp/kept; echo old >/tmp/kept/file; chmod 640 /tmp/kept/file')
      await remote.write('/tmp/kept/file', 'new\n', { backup: true, mode: '0600' })
      await remote.write('/tmp/kept/other', 'new\n', { backup: true })
      const names = (await host.sh('ls -A /tmp/kept')).trim().split('\n')
      assert.is(names.length, 3, names.join(' '))
      const backup = names.find((name) => /^file\.\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ~$/.test(name))
      assert.is(await host.sh(`cat /tmp/kept/${backup}; stat -c %a /tmp/kept/${backup}`), 'old\n640\n')
    }))
}

for (const host of hosts.filter(({ name }) => name === 'debian')) {
  test(`${host.name}: extended attributes and the ACL are kept, times are not`, () =>
    using(host, async (remote) => {
      await host.sh(
        'echo a >/srv/rich; touch -d 2001-01-01 /srv/rich; setfattr -n user.note -v hello /srv/rich',
      )
      await host.sh('setfacl -m u:daemon:r /srv/rich')
      await remote.write('/srv/rich', 'b\n')
      assert.is(await host.sh('getfattr --only-values -n user.note --absolute-names /srv/rich'), 'hello')
      assert.match(await host.sh('getfacl -cp /srv/rich'), 'user:daemon:r--')
      assert.not.match(await host.sh('stat -c %y /srv/rich'), '2001')
      // an explicit mode defines all access
      await remote.write('/srv/rich', 'c\n', { mode: '0600' })
      assert.not.match(await host.sh('getfacl -cp /srv/rich'), 'daemon')
    }))
}
