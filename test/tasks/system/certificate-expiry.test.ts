import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { certificateExpiry } from '../../../tasks/system/certificate-expiry.ts'
import { authority, expired } from '../../support/certificates.ts'
import { suite } from '../../support/spec.ts'

const test = suite('certificate-expiry')

const path = '/etc/ssl/a.pem'

test('a file that is valid long enough', async () => {
  assert.is((await rehearse(certificateExpiry({ path }), { files: { [path]: authority } })).outcome, 'ok')
})

test('one that expires too soon fails, also the first to expire of several', async () => {
  const soon = await rehearse(certificateExpiry({ path, days: 99_999 }), { files: { [path]: authority } })
  assert.match(String(soon.error), /CN=Example CA of \/etc\/ssl\/a.pem expires in \d+ days/)
  const several = await rehearse(certificateExpiry({ path }), { files: { [path]: authority + expired } })
  assert.match(String(several.error), /CN=old.example of .* has expired/)
})

test('a server is queried by its name, an address without one', async () => {
  const named = await rehearse(certificateExpiry({ server: 'api.example:443' }), {
    replies: {
      'openssl s_client -connect api.example:443 -servername api.example -showcerts': `CONNECTED\n${authority}`,
    },
  })
  assert.is(named.outcome, 'ok')
  const address = await rehearse(certificateExpiry({ server: '10.0.0.1:443' }), {
    replies: { 'openssl s_client -connect 10.0.0.1:443  -showcerts': { code: 1, stderr: 'refused' } },
  })
  assert.match(String(address.error), /10.0.0.1:443 did not send a certificate/)
})

test('unreadable certificates are reported', async () => {
  const broken = authority.replace(/\n.*\n/, '\nAAAA\n')
  for (const text of ['text', broken, authority + broken]) {
    const run = await rehearse(certificateExpiry({ path }), { files: { [path]: text } })
    assert.match(String(run.error), /no certificates can be read/)
  }
  assert.match(String((await rehearse(certificateExpiry({ path }), {})).error), /the file .* does not exist/)
  assert.throws(() => certificateExpiry({}), /exactly one of path and server/)
  assert.throws(() => certificateExpiry({ path, server: 'a:1' }), /exactly one of path and server/)
})
