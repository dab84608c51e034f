/** Certificates of a control plane that is there already: found by preflight where they end soon. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readShellFile } from '../../../../engine/shell-file.ts'
import { preflightFindings } from '../../../../tasks/kubernetes/preflight/findings.ts'
import { preflightStateIn } from '../../../../tasks/kubernetes/preflight/read.ts'
import { authority, expired } from '../../../support/certificates.ts'
import { suite } from '../../../support/spec.ts'
import { certificate } from '../cluster-state/a-state.ts'
import { found, healthy, printed, times, wanted } from './a-host.ts'

const test = suite('preflight of certificates')

const der = (pem: string): string => pem.replaceAll(/-----.*-----|\n/g, '')

test('what a host prints of its certificates is parsed', () => {
  const { certificates } = preflightStateIn(
    `${printed}certificate\t/etc/kubernetes/pki/ca.crt\t${der(authority)}\ncertificate\t/etc/kubernetes/pki/etcd/ca.crt\tbm9uZQ==\n`,
    times,
    true,
  )
  assert.equal(
    certificates.map((one) => [one.path, one.authority, one.daysLeft > 30_000]),
    [['/etc/kubernetes/pki/ca.crt', true, true]],
  )
  assert.equal(healthy.certificates, [])
})

test('certificates that end soon, with their file, days, and the playbook that renews them', () => {
  const certificates = [
    certificate('/etc/kubernetes/pki/apiserver.crt', { daysLeft: 29 }),
    certificate('/etc/kubernetes/pki/etcd/peer.crt', { daysLeft: 30 }),
    certificate('/etc/kubernetes/admin.conf', { daysLeft: -1, to: '2027-01-14T00:00:00.000Z' }),
    certificate('/etc/kubernetes/pki/ca.crt', { authority: true, daysLeft: 364 }),
    certificate('/etc/kubernetes/pki/of-others.crt', { daysLeft: 1 }),
  ]
  assert.equal(found({ certificates }), [
    'fault m2: the certificate in /etc/kubernetes/admin.conf expired on 2027-01-14',
    'warning m2: the certificate in /etc/kubernetes/pki/apiserver.crt expires on 2027-11-29, in 29 days',
    'warning m2: the certificate in /etc/kubernetes/pki/ca.crt expires on 2027-11-29, in 364 days',
  ])
  const cures = preflightFindings([{ host: 'm1', value: { ...healthy, certificates } }], wanted).map(
    ({ cure }) => cure,
  )
  assert.equal(cures, [
    'renew it: run playbooks/renew-certs.ts',
    'renew it: run playbooks/renew-certs.ts',
    'replace the authority, which kubeadm does not renew: run playbooks/rotate-ca.ts',
  ])
})

test('a certificate that is not valid yet', () => {
  const certificates = [
    certificate('/etc/kubernetes/pki/apiserver.crt', { from: '2027-02-01T00:00:00.000Z' }),
  ]
  assert.equal(found({ certificates }), [
    'fault m2: the certificate in /etc/kubernetes/pki/apiserver.crt is valid from 2027-02-01T00:00:00.000Z on',
  ])
})

test('the program prints certificates, and no byte of a key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'preflight-'))
  try {
    const pki = join(folder, 'pki')
    mkdirSync(pki)
    const key = `-----BEGIN PRIVATE KEY-----\n${'S'.repeat(64)}\n-----END PRIVATE KEY-----\n`
    writeFileSync(join(pki, 'apiserver.crt'), `${key}${expired}`)
    const file = new URL('../../../../tasks/kubernetes/preflight/read-host.sh', import.meta.url)
    const program = readShellFile(file).replaceAll('/etc/kubernetes', folder)
    const { stdout, status } = spawnSync('sh', ['-c', program, 'sh', '/var/lib/etcd', ''], {
      encoding: 'utf8',
    })
    assert.is(status, 0)
    assert.not.match(stdout, 'SSSS')
    const { certificates } = preflightStateIn(stdout, times, false)
    assert.equal(
      certificates.filter(({ path }) => path.startsWith(folder)).map(({ to }) => to.slice(0, 10)),
      ['2020-02-01'],
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
