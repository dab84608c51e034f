import * as assert from 'uvu/assert'
import { caHashes } from '../../../../tasks/kubernetes/kubeadm/bootstrap-token.ts'
import { authority, leaf } from '../../../support/certificates.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('the authorities that a joining node trusts')

test('each authority in a file has its hash', () => {
  const [one] = caHashes(authority, 'm1')
  assert.match(String(one), /^sha256:[0-9a-f]{64}$/)
  assert.equal(caHashes(`${leaf}${authority}${authority}`, 'm1'), [...caHashes(leaf, 'm1'), one])
})

test('a file without a certificate is refused by name', () => {
  assert.throws(
    () => caHashes('x', 'm1'),
    '/etc/kubernetes/pki/ca.crt on m1 does not have a certificate that can be read',
  )
})
