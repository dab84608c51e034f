/** logrotate of Debian: it verifies the entries, and rotates. */
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/errors.ts'
import { logrotate } from '../../../tasks/system/logrotate.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('logrotate on a real host')

for (const host of realHosts('tools')) {
  const entry = { name: 'app', paths: ['/var/log/app/*.log', '/srv/my app/log'], rotate: 2 }

  test(`${host.name}: an entry whose logs do not exist yet is written, and rotates them later`, async () => {
    await host.proves(
      logrotate({
        ...entry,
        frequency: 'daily',
        compress: true,
        delayCompress: true,
        missingOk: true,
        ifEmpty: false,
        create: '0640 root adm',
        su: 'root adm',
        postRotate: 'echo "rotated  $(date +%Y)" >>/run/rotated',
      }),
    )
    await host.sh(`mkdir -p /var/log/app '/srv/my app'; echo 1 >/var/log/app/a.log; echo 2 >'/srv/my app/log'
logrotate -f /etc/logrotate.d/app`)
    assert.is(await host.sh(`cat /var/log/app/a.log.1 '/srv/my app/log.1'`), '1\n2\n')
    assert.match(await host.sh('cat /run/rotated'), /^rotated {2}\d{4}\nrotated/)
    await host.proves(logrotate({ ...entry, size: '10M', copyTruncate: true }))
    await host.finds(logrotate({ ...entry, size: '10M', copyTruncate: true }))
  })

  test(`${host.name}: what logrotate does not understand is not written, nor a log of another entry`, async () => {
    const refused = async (given: object): Promise<string> => {
      const { error } = await host.execute(
        logrotate.from({ ...entry, name: 'other', paths: '/var/log/other', ...given }),
      )
      return isCoxswainError(error) ? (error.output ?? error.message) : 'no error'
    }
    assert.match(await refused({ options: ['neverheardof'] }), "unknown option 'neverheardof'")
    assert.match(await refused({ create: '0640 nobody-here adm' }), 'nobody-here')
    assert.match(await refused({ paths: '/var/log/app/*.log' }), 'duplicate log entry')
    assert.is(await host.sh('ls -A /etc/logrotate.d | grep -c -e other -e coxswain || true'), '0\n')
    await host.sh('chmod 666 /etc/logrotate.d/app')
    await host.proves(logrotate({ ...entry, size: '10M', copyTruncate: true }))
    assert.is(await host.sh('logrotate -d /etc/logrotate.conf 2>&1 | grep -ci error || true'), '0\n')
    await host.proves(logrotate({ name: 'app', state: 'absent' }))
  })
}
