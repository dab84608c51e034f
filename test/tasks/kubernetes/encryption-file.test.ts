import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { encryptionFile } from '../../../tasks/kubernetes/encryption-file.ts'
import { configIn } from '../../../tasks/kubernetes/encryption/config.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('encryption-file')

const file = '/etc/kubernetes/pki/encryption.yaml'
const replies = { 'date +%s': '1796083200\n' }

test('a host that begins a cluster gets a key of 32 random bytes, for root only', async () => {
  const seen = new Set<string>()
  for (let runs = 0; runs < 2; runs += 1) {
    const run = await rehearse(encryptionFile({ file }), { replies })
    assert.is(run.outcome, 'changed', String(run.error))
    const stored = run.files.get(file)
    assert.equal([stored?.mode, stored?.owner, stored?.group], ['0600', 'root', 'root'])
    const [entry] = configIn(String(stored?.content), { path: file, host: 'host' })
    assert.equal(
      entry?.providers.map(({ type, keys }) => [type, keys.map(({ name }) => name)]),
      [
        ['secretbox', ['key-20261201t000000z']],
        ['identity', []],
      ],
    )
    const secret = entry?.providers[0]?.keys[0]?.secret ?? ''
    assert.is(Buffer.from(secret, 'base64').length, 32)
    assert.not.match(JSON.stringify(run.changes), secret)
    seen.add(secret)
  }
  assert.is(seen.size, 2)
})

test('a file that is there, and a host with an API server, are left as they are', async () => {
  for (const files of [{ [file]: 'x' }, { '/etc/kubernetes/manifests/kube-apiserver.yaml': 'x' }]) {
    const run = await rehearse(encryptionFile({ file }), { files })
    assert.equal([run.predicted, run.outcome], ['ok', 'ok'])
  }
})

test('data of etcd without the file is refused: a new key could not read it', async () => {
  const files = { '/var/lib/etcd/member/snap/db': 'x' }
  const run = await rehearse(encryptionFile({ file }), { files })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'etcd has data there')
  assert.match(hintOf(run.error), 'from another control-plane node or from a backup')
})
