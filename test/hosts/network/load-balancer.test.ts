import * as assert from 'uvu/assert'
import { loadBalancer } from '../../../tasks/network/load-balancer.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('load-balancer on real hosts')

/** Simulates an API server: it returns its name and its health over TLS. */
const answer = `#!/bin/sh
read -r method path rest
while read -r line && [ "$line" != "$(printf '\\r')" ]; do :; done
status='200 OK'
[ "$path" != /readyz ] || [ ! -e /srv/$1.ill ] || status='500 Internal Server Error'
printf 'HTTP/1.1 %s\\r\\nContent-Length: 4\\r\\nConnection: close\\r\\n\\r\\n%s\\n' "$status" $1
`

const serve = (host: RealHost): Promise<string> =>
  host.sh(
    [
      `set -e; cat >/srv/answer <<'END'\n${answer}END\nchmod +x /srv/answer; cd /srv`,
      'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c -subj /CN=x 2>/dev/null',
      'cat k c >pem',
      'for n in 1 2; do',
      '  socat OPENSSL-LISTEN:700$n,fork,reuseaddr,cert=/srv/pem,verify=0 "EXEC:/srv/answer up$n" >/dev/null 2>&1 &',
      '  until nc -z 127.0.0.1 700$n; do :; done',
      'done',
    ].join('\n'),
  )

/** Sends requests until this many consecutive answers have just these names. */
const answers = (port: number, names: string, count = 8): string =>
  `until [ "$(for i in $(seq ${count}); do curl -sk https://127.0.0.1:${port}/; done | sort -u | xargs)" = "${names}" ]; do :; done`

const backends = [1, 2].map((n) => ({ name: `m${n}`, address: '127.0.0.1', port: 7000 + n }))

for (const host of realHosts('debian')) {
  const pid = (): Promise<string> => host.sh('systemctl show haproxy --property=MainPID')

  test(`${host.name}: connections go to all healthy backends, and to no other`, async () => {
    await serve(host)
    await host.proves(loadBalancer({ backends }))
    await host.sh(`systemctl start haproxy; ${answers(6443, 'up1 up2')}`)
    await host.sh(`touch /srv/up2.ill; ${answers(6443, 'up1')}`)
    await host.sh(`rm /srv/up2.ill; ${answers(6443, 'up1 up2')}`)
  })

  test(`${host.name}: a running one applies a change without interrupting connections`, async () => {
    const before = await pid()
    await host.proves(loadBalancer({ backends: backends.slice(1), bind: '127.0.0.1', port: 8443 }))
    await host.sh(answers(8443, 'up2'))
    assert.is(await pid(), before)
  })

  test(`${host.name}: the last backend that is ready is not removed`, async () => {
    const silent = [{ name: 'm3', address: '127.0.0.1', port: 7009 }]
    const said = await host.refuses(loadBalancer({ backends: silent, bind: '127.0.0.1', port: 8443 }))
    assert.match(said, 'would lose its last API server that is ready, 127.0.0.1:7002')
    await host.sh(answers(8443, 'up2'))
  })

  test(`${host.name}: a configuration that haproxy refuses is not written`, async () => {
    const text = await host.sh('cat /etc/haproxy/haproxy.cfg')
    const said = await host.refuses(loadBalancer({ backends, bind: 'no-such-host.invalid' }))
    assert.match(said, 'haproxy refuses the configuration')
    assert.is(await host.sh('cat /etc/haproxy/haproxy.cfg'), text)
    assert.is(await host.sh('ls /etc/haproxy/*.next 2>/dev/null || true'), '')
    await host.sh(answers(8443, 'up2'))
  })
}
