import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sharedFiles } from '../../../tasks/kubernetes/kubeadm/certificates.ts'
import { copyCerts } from '../../../tasks/kubernetes/copy-certs.ts'
import { suite } from '../../support/spec.ts'

const test = suite('copy-certs')

const admin = '/etc/kubernetes/admin.conf'
const contentOf = (path: string): string => `content of ${path} that nobody may see\n`
const leader = {
  files: {
    ...Object.fromEntries([...sharedFiles, admin].map((path) => [path, contentOf(path)])),
    '/etc/kubernetes/pki/apiserver.crt': 'its own',
    '/etc/kubernetes/pki/etcd/peer.key': 'its own',
  },
}

test('eight files are shared, and nothing else in pki', async () => {
  const run = await rehearse(copyCerts({ from: 'm1' }), { others: { m1: leader } })
  assert.is(run.outcome, 'changed')
  const files = [...run.files].filter(([, { type }]) => type !== 'directory').map(([path]) => path)
  assert.equal(files.toSorted(), sharedFiles.toSorted())
  for (const path of sharedFiles) {
    const file = run.files.get(path)
    assert.is(file?.content, contentOf(path))
    assert.equal(
      [file?.mode, file?.owner, file?.group],
      [path.endsWith('.key') ? '0600' : '0644', 'root', 'root'],
    )
  }
})

test('admin.conf is copied only on request, for root only', async () => {
  const run = await rehearse(copyCerts({ from: 'm1', adminConf: true }), { others: { m1: leader } })
  assert.is(run.files.get(admin)?.mode, '0600')
})

test('a different file is replaced, and only sums are shown', async () => {
  const files = Object.fromEntries(
    sharedFiles.map((path) => [
      path,
      {
        content: path.endsWith('sa.key') ? 'old' : contentOf(path),
        mode: path.endsWith('.key') ? '0600' : '0644',
      },
    ]),
  )
  const run = await rehearse(copyCerts({ from: 'm1' }), { files, others: { m1: leader } })
  assert.equal(
    run.changes.map(({ what }) => what),
    ['/etc/kubernetes/pki/sa.key'],
  )
  assert.not.match(JSON.stringify(run.changes), 'nobody may see')
})

test('the mode of a key that others can read is corrected', async () => {
  const files = Object.fromEntries(
    sharedFiles.map((path) => [path, { content: contentOf(path), mode: '0644' }]),
  )
  const run = await rehearse(copyCerts({ from: 'm1' }), { files, others: { m1: leader } })
  assert.equal(
    run.changes.map(({ what }) => what),
    sharedFiles.filter((path) => path.endsWith('.key')).map((path) => `access to ${path}`),
  )
})

test('--check predicts the copy for a new cluster, where the source does not have files yet', async () => {
  const run = await rehearse(copyCerts({ from: 'm1' }), {
    others: { m1: {} },
    unpredictable: 'an earlier play makes the first master',
  })
  assert.is(run.predicted, 'would change')
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), '/etc/kubernetes/pki/ca.crt does not exist on m1')
})
