import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { caCertificate } from '../../../tasks/system/ca-certificate.ts'
import { authority, expired, leaf } from '../../support/certificates.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ca-certificate')

const path = '/etc/pki/ca-trust/source/anchors/mine.crt'
const telling = authority.trimEnd().split('\n').at(-3) ?? ''
const look = `grep -qxF -e ${telling} /etc/pki/tls/certs/ca-bundle.crt`

const redHat = (files: Record<string, string>, trusted: boolean) => {
  let inBundle = trusted
  return {
    files,
    replies: {
      'command -v update-ca-certificates': { code: 127 },
      'command -v update-ca-trust': '/usr/bin/update-ca-trust\n',
      [look]: () => ({ code: inBundle ? 0 : 1 }),
      'update-ca-trust extract': () => {
        inBundle = true
        return ''
      },
    },
  }
}

test('Red Hat: the file is written and the trust store updated', async () => {
  const run = await rehearse(
    caCertificate({ name: 'mine', content: `Mine:\n${authority}` }),
    redHat({}, false),
  )
  assert.equal(run.commands.apply, ['update-ca-trust extract'])
  assert.is(run.files.get(path)?.content, authority)
})

test('a certificate that is not in the bundle is drift, one that is in it is ok', async () => {
  const task = caCertificate({ name: 'mine', content: authority })
  assert.is((await rehearse(task, redHat({ [path]: authority }, false))).outcome, 'changed')
  assert.is((await rehearse(task, redHat({ [path]: authority }, true))).outcome, 'ok')
})

test('without ca-certificates it is unknown', async () => {
  const none = { code: 127 }
  const run = await rehearse(caCertificate({ name: 'mine', content: authority }), {
    replies: { 'command -v update-ca-certificates': none, 'command -v update-ca-trust': none },
  })
  assert.is(run.predicted, 'unknown')
  assert.match(String(run.error), /does not have a program that updates/)
})

test('exactly one authority, in PEM, is accepted', () => {
  for (const content of ['', 'text', leaf, expired, authority + authority])
    assert.throws(() => caCertificate({ name: 'mine', content }), /exactly one certificate of an authority/)
  assert.throws(() => caCertificate({ name: '../x', content: authority }), /a file name/)
  assert.throws(() => caCertificate({ name: 'mine' }), /content is required/)
})
