import * as assert from 'uvu/assert'
import { caCertificate } from '../../../tasks/system/ca-certificate.ts'
import { certificateExpiry } from '../../../tasks/system/certificate-expiry.ts'
import { authority, expired } from '../../support/certificates.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('certificates on real hosts')

const hosts = realHosts('debian', 'busybox')

for (const host of hosts.filter(({ name }) => name === 'debian')) {
  const trusts = 'printf "%s" "$PEM" | openssl verify -CAfile /etc/ssl/certs/ca-certificates.crt'
  const verify = `PEM='${authority}'; ${trusts}`

  test(`${host.name}: an authority is trusted, and then no longer`, async () => {
    await host.proves(caCertificate({ name: 'mine', content: authority }))
    assert.match(await host.sh(verify), /OK/)
    await host.proves(caCertificate({ name: 'mine', state: 'absent' }))
    assert.match(await host.sh(`{ ${verify}; } 2>&1 || true`), /self-signed/)
  })

  test(`${host.name}: a server is checked`, async () => {
    await host.sh(
      'cd /tmp; openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout k -out c -days 20 -subj /CN=me 2>/dev/null; ' +
        'openssl s_server -accept 127.0.0.1:4433 -key k -cert c -www >/dev/null 2>&1 </dev/null & ' +
        'until nc -z 127.0.0.1 4433; do :; done',
    )
    await host.finds(certificateExpiry({ server: '127.0.0.1:4433', days: 10 }))
    assert.match(
      await host.refuses(certificateExpiry({ server: 'localhost:4433' })),
      /CN=me of .* expires in 19 days/,
    )
    assert.match(
      await host.refuses(certificateExpiry({ server: '127.0.0.1:1' })),
      /did not send a certificate/,
    )
  })
}

for (const host of hosts) {
  test(`${host.name}: a file is checked without any tool`, async () => {
    await host.sh(`printf '%s' '${authority}' >/tmp/good.pem; printf '%s' '${expired}' >/tmp/old.pem`)
    await host.finds(certificateExpiry({ path: '/tmp/good.pem' }))
    assert.match(await host.refuses(certificateExpiry({ path: '/tmp/old.pem' })), /has expired/)
  })
}
