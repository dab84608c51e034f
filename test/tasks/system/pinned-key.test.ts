/** Keys of repositories that are downloaded and pinned by their fingerprint. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { publicKeysIn } from '../../../tasks/system/package-managers/openpgp.ts'
import { packageRepository } from '../../../tasks/system/package-repository.ts'
import { suite } from '../../support/spec.ts'

const test = suite('pinned keys of repositories')

/** A key as `gpg --armor --export` prints it, with a subkey. */
const armored = `-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawwMOBYJKwYBBAHaRw8BAQdABJzpBF+hpVyRrduhRxAikuEs+v/b0C6W+mkz
pWwbM1a0EXggPHhAZXhhbXBsZS5jb20+iJAEExYIADgWIQSV021SBf5x2CQ7F5E9
HnOpqwMA9AUCawwMOAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRA9HnOp
qwMA9JDkAQCOU1FyRqLY9Rqaf+EDCSF42g0L/L/j26ZfT4eLHvmcjwEAomXed6AN
9v4I+Qc9YjIieFotwUgkn2ApRtb9XD1R4ga4OARrDAw4EgorBgEEAZdVAQUBAQdA
1XhuWp8kS3A9ch0LuaJBnZ8SX2hy8MxDo2dBHpSw62EDAQgHiHgEGBYIACAWIQSV
021SBf5x2CQ7F5E9HnOpqwMA9AUCawwMOAIbDAAKCRA9HnOpqwMA9PyaAQDt7WUc
ab1tZhH7Q2AhneFvMJEWEVjE2NS0k8dEga2XvAD+KwjqH4sCHyNnTo7a6ohJieF+
FKm/ELk7C42MNBXPsw8=
=lI9C
-----END PGP PUBLIC KEY BLOCK-----
`
const binary = Buffer.from(
  'mDMEawwMOBYJKwYBBAHaRw8BAQdABJzpBF+hpVyRrduhRxAikuEs+v/b0C6W+mkzpWwbM1a0EXggPHhAZXhhbXBsZS5jb20+iJAEExYIADgWIQSV021SBf5x2CQ7F5E9HnOpqwMA9AUCawwMOAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRA9HnOpqwMA9JDkAQCOU1FyRqLY9Rqaf+EDCSF42g0L/L/j26ZfT4eLHvmcjwEAomXed6AN9v4I+Qc9YjIieFotwUgkn2ApRtb9XD1R4ga4OARrDAw4EgorBgEEAZdVAQUBAQdA1XhuWp8kS3A9ch0LuaJBnZ8SX2hy8MxDo2dBHpSw62EDAQgHiHgEGBYIACAWIQSV021SBf5x2CQ7F5E9HnOpqwMA9AUCawwMOAIbDAAKCRA9HnOpqwMA9PyaAQDt7WUcab1tZhH7Q2AhneFvMJEWEVjE2NS0k8dEga2XvAD+KwjqH4sCHyNnTo7a6ohJieF+FKm/ELk7C42MNBXPsw8=',
  'base64',
)
const fingerprint = '95D36D5205FE71D8243B17913D1E73A9AB0300F4'

test('the fingerprint is that of the key, not of its subkey, as text and as bytes', () => {
  const found = publicKeysIn(Buffer.from(armored))
  assert.equal(found, { fingerprints: [fingerprint], text: armored })
  assert.equal(publicKeysIn(binary), found)
  const headers = armored.replace('\n\n', '\nVersion: GnuPG v2\nComment: x\n\n').replaceAll('\n', '\r\n')
  assert.equal(publicKeysIn(Buffer.from(headers)), found)
  assert.equal(publicKeysIn(Buffer.concat([binary, binary]))?.fingerprints, [fingerprint, fingerprint])
  assert.equal(publicKeysIn(Buffer.from(armored + armored))?.fingerprints.length, 2)
})

test('other bytes, and an incomplete key, have no fingerprint', () => {
  for (const bytes of [
    Buffer.from(''),
    Buffer.from('<html>not found</html>'),
    Buffer.from('-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n-----END PGP PUBLIC KEY BLOCK-----\n'),
    binary.subarray(0, 40),
    Buffer.concat([binary, Buffer.from('x')]),
    binary.subarray(binary.indexOf(0xb4)),
  ])
    assert.is(publicKeysIn(bytes), undefined, bytes.toString('latin1').slice(0, 40))
})

const given = {
  name: 'ours',
  url: 'https://example.com/debian',
  suites: './',
  keyUrl: 'https://example.com/key.gpg',
  keyFingerprint: '95D3 6D52 05FE 71D8 243B  1791 3D1E 73A9 AB03 00F4',
}
const keyring = '/etc/apt/keyrings/ours.asc'
const debian = (sent: Buffer, files: Readonly<Record<string, string>> = {}): World => ({
  files: { '/etc/os-release': 'ID=debian\n', ...files },
  patterns: [
    [/^command -v curl$/, '/usr/bin/curl\n'],
    [/^curl -q --config - \| base64$/, sent.toString('base64')],
    [/^apt-get update -q /, ''],
  ],
})

test('the host downloads it, and it is written as text; later runs do not download it', async () => {
  const run = await rehearse(packageRepository(given), debian(binary))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get(keyring)?.content.toString(), armored)
  assert.equal(run.changes[0], { what: keyring, from: undefined, to: `the key ${fingerprint}` })
  const downloads = run.commands.apply.filter((one) => one.includes('curl'))
  assert.is(downloads.length, 1)
  assert.equal(run.commands.check, [])
})

test('another key on the host is replaced; another key from the server is refused before anything is written', async () => {
  const other = { [keyring]: armored.replace('mDME', 'mDMF') }
  const replaced = await rehearse(packageRepository(given), debian(binary, other))
  assert.equal(replaced.changes[0], { what: keyring, from: 'another key', to: `the key ${fingerprint}` })
  const refused = await rehearse(packageRepository({ ...given, keyFingerprint: 'A'.repeat(40) }), {
    ...debian(binary),
    unpredictable: 'only the server knows what it sends',
  })
  assert.match(String(refused.error), `example.com sent a key that is not pinned: ${fingerprint}`)
  assert.not(refused.files.has(keyring))
  const page = await rehearse(packageRepository(given), {
    ...debian(Buffer.from('<html>')),
    unpredictable: 'only the server knows what it sends',
  })
  assert.match(String(page.error), 'example.com did not send an OpenPGP public key')
})

test('parameters that do not go together are refused, and so is apk', async () => {
  const refused = (more: object, words: RegExp) =>
    assert.throws(() => packageRepository.from({ ...given, ...more }), words)
  refused({ keyFingerprint: [] }, /need each other/)
  refused({ keyUrl: undefined }, /need each other/)
  refused({ keyFingerprint: 'AB03 00F4' }, /40 or 64/)
  refused({ key: armored }, /excludes/)
  refused({ unsigned: true }, /excludes/)
  const apk = await rehearse(packageRepository(given), { files: { '/etc/os-release': 'ID=alpine\n' } })
  assert.match(String(apk.error), 'which this host does not use')
})
