import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { download } from '../../../tasks/network/download.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('download on real hosts')

/** A web server on the host that serves `hello`; Debian's requires a header. */
const serve = {
  debian: `printf 'defaults\n mode http\n timeout client 9s\n timeout server 9s\n timeout connect 9s\nfrontend f\n bind 127.0.0.1:8000\n http-request deny unless { req.hdr(x-key) -m str k\\ 1 }\n http-request return status 200 content-type text/plain string hello\n' >/tmp/h.cfg && haproxy -D -f /tmp/h.cfg`,
  busybox: 'mkdir -p /www && printf hello >/www/a && httpd -p 127.0.0.1:8000 -h /www',
}
const headers = { debian: { 'x-key': 'k 1' }, busybox: {} }
const sha256 = createHash('sha256').update('hello').digest('hex')

for (const host of realHosts('debian', 'busybox')) {
  test(`${host.name}: verified, with owner and mode, and not a second time`, async () => {
    await host.sh(serve[host.name])
    const given = { url: 'http://127.0.0.1:8000/a', dest: '/srv/a', headers: headers[host.name] }
    await host.proves(download({ ...given, sha256, mode: '0640' }))
    assert.is(await host.sh('cat /srv/a; stat -c " %a" /srv/a; ls -A /srv'), 'hello 640\na\n')
    await host.sh('printf old >/srv/a; chown 7 /srv/a')
    await host.proves(download({ ...given, sha256 }))
    assert.is(await host.sh('stat -c "%u %a" /srv/a'), '7 640\n')
    assert.match(
      await host.refuses(download({ ...given, sha256: '0'.repeat(64) })),
      '127.0.0.1:8000 sent a different file',
    )
    assert.is(await host.sh('cat /srv/a; ls -A /srv'), 'helloa\n')
  })

  test(`${host.name}: a link stays, and its target is replaced`, async () => {
    const given = { url: 'http://127.0.0.1:8000/a', dest: '/srv/l/a', headers: headers[host.name] }
    await host.sh('mkdir -p /srv/l /srv/behind; printf old >/srv/behind/b; ln -s ../behind/b /srv/l/a')
    await host.proves(download({ ...given, sha256, mode: '0640' }))
    assert.is(
      await host.sh(
        'readlink /srv/l/a; cat /srv/behind/b; stat -c " %a" /srv/behind/b; ls -A /srv/behind /srv/l',
      ),
      '../behind/b\nhello 640\n/srv/behind:\nb\n\n/srv/l:\na\n',
    )
    await host.sh('rm -r /srv/behind')
    assert.match(await host.refuses(download({ ...given, sha256 })), 'cannot write /srv/l/a')
  })
}
