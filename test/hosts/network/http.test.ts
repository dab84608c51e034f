import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { httpRequest } from '../../../tasks/network/http-request.ts'
import { waitFor } from '../../../tasks/network/wait-for.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('http-request and wait-for on real hosts')

/** One connection of a server: posted content is stored, and can be requested from then on. */
const answer = `#!/bin/sh
read -r method path rest
length=0
while IFS= read -r line; do
  line=$(printf %s "$line" | tr -d '\\r')
  [ -n "$line" ] || break
  echo "$line" >>/srv/headers
  case "$line" in [Cc]ontent-[Ll]ength:*) length=\${line#*: } ;; esac
done
status='200 OK'
if [ "$method" = POST ]; then dd bs=1 count="$length" of=/srv/kept 2>/dev/null; fi
[ "$path" != /kept ] || [ -f /srv/kept ] || status='404 Not Found'
printf 'HTTP/1.1 %s\\r\\nConnection: close\\r\\n\\r\\n' "$status"
[ ! -f /srv/kept ] || cat /srv/kept
`

const serve = (host: RealHost): Promise<string> =>
  host.sh(
    [
      `mkdir -p /srv && cat >/srv/answer <<'END'\n${answer}END\nchmod +x /srv/answer`,
      host.name === 'debian'
        ? 'socat TCP-LISTEN:8080,fork,reuseaddr EXEC:/srv/answer >/dev/null 2>&1 & echo $! >/srv/pid'
        : 'nc -lk -p 8080 -e /srv/answer >/dev/null 2>&1 & echo $! >/srv/pid',
    ].join('\n'),
  )

const hosts = realHosts('debian', 'busybox')

for (const host of hosts) {
  test(`${host.name}: a server starts, answers and stops`, async () => {
    const soon = { timeout: 5, every: 0.05 }
    const url = 'http://127.0.0.1:8080'
    await host.finds(waitFor({ port: 8080, state: 'absent', ...soon }))
    await serve(host)
    assert.is((await host.execute(waitFor({ port: 8080, ...soon }))).outcome, 'ok')
    await host.finds(waitFor({ url: `${url}/kept`, status: 404, ...soon }))
    await host.finds(waitFor({ url: `${url}/kept`, state: 'absent', ...soon }))
    await host.finds(httpRequest({ url: `${url}/`, headers: { 'X-Word': 'a b' } }))
    assert.match(await host.sh('cat /srv/headers'), 'X-Word: a b\n')
    assert.match(await host.refuses(httpRequest({ url: `${url}/kept` })), 'it answers 404, not 2xx')
    assert.match(await host.refuses(httpRequest({ url: `${url}/`, matches: 'x' })), 'but not what x matches')
    await host.sh('kill $(cat /srv/pid)')
    assert.is((await host.execute(waitFor({ port: 8080, state: 'absent', ...soon }))).outcome, 'ok')
    assert.match(await host.refuses(httpRequest({ url: `${url}/` })), /refused|connect/i)
  })

  test(`${host.name}: a file with expected content, and a command`, async () => {
    await host.sh('printf "starts\\n" >/tmp/log')
    const log = waitFor({ path: '/tmp/log', matches: '^ready$', timeout: 5, every: 0.05 })
    const waiting = host.execute(log)
    await host.sh('printf "\\377ready\\nready\\n" >>/tmp/log')
    assert.is((await waiting).outcome, 'ok')
    await host.finds(waitFor({ command: 'grep -q ready /tmp/log' }))
    await host.sh('rm /tmp/log')
    await host.finds(waitFor({ path: '/tmp/log', state: 'absent' }))
  })
}

for (const host of hosts.filter(({ name }) => name === 'debian')) {
  test(`${host.name}: posted content arrives unchanged, with a secret that no process shows`, async () => {
    await host.sh('rm -f /srv/kept /srv/headers')
    await serve(host)
    const url = 'http://127.0.0.1:8080/kept'
    const body = '@/etc/passwd "quotes" \\ and\ttabs\r\nlines ü\n'
    const headers = { Authorization: new Secret('Bearer hush') }
    await host.proves(
      httpRequest({ url, method: 'POST', body, headers, unless: url, unlessMatches: 'quotes' }),
    )
    assert.is(await host.sh('cat /srv/kept'), body)
    assert.match(await host.sh('cat /srv/headers'), 'Authorization: Bearer hush\n')
    await host.proves(httpRequest({ url, method: 'POST', json: { a: [1] } }))
    assert.is(await host.sh('cat /srv/kept'), '{"a":[1]}')
    await host.sh('kill $(cat /srv/pid)')
  })
}

for (const host of hosts.filter(({ name }) => name === 'busybox')) {
  test(`${host.name}: without curl nothing is sent that could be seen, and no certificate is accepted unverified`, async () => {
    const headers = { Authorization: new Secret('Bearer hush') }
    const secretly = httpRequest({ url: 'http://127.0.0.1:8080/', headers })
    assert.match(await host.refuses(secretly), 'the host has no curl')
    assert.match(
      await host.refuses(httpRequest({ url: 'https://127.0.0.1:8443/' })),
      'looks at no certificate',
    )
  })
}
