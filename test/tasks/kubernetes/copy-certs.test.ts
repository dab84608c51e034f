import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { sharedFiles } from '../../../tasks/kubernetes/kubeadm/certificates.ts'
import { copyCerts } from '../../../tasks/kubernetes/copy-certs.ts'
import { suite } from '../../support/spec.ts'
import { manifestOf } from './encryption-world.ts'

const test = suite('copy-certs')

const admin = '/etc/kubernetes/admin.conf'
const contentOf = (path: string): string => `private content of ${path}\n`
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
  assert.not.match(JSON.stringify(run.changes), 'private content')
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

test('a mode that is closed further stays: kubeadm gives sa.pub 0600 on masters that join', async () => {
  const withMode = (mode: string) =>
    Object.fromEntries(sharedFiles.map((path) => [path, { content: contentOf(path), mode }]))
  for (const [mode, count] of [
    ['0600', 0],
    ['0400', 0],
    ['0640', sharedFiles.filter((path) => path.endsWith('.key')).length],
    ['0666', sharedFiles.length],
    ['0040', sharedFiles.length],
  ] as const) {
    const run = await rehearse(copyCerts({ from: 'm1' }), {
      files: withMode(mode),
      others: { m1: leader },
    })
    assert.is(run.changes.length, count, mode)
  }
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

const apiServer = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const keys = '/etc/kubernetes/enc/keys.yaml'
const encrypting = {
  files: {
    ...leader.files,
    [apiServer]: manifestOf(keys),
    [keys]: 'keys of encryption',
  },
}

test('a host that joins gets the keys of encryption at rest, for root only, also in place of those of an earlier cluster', async () => {
  for (const files of [{}, { [keys]: 'others' }]) {
    const run = await rehearse(copyCerts({ from: 'm1' }), { files, others: { m1: encrypting } })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(run.files.get(keys)?.content, 'keys of encryption')
    assert.equal([run.files.get(keys)?.mode, run.files.get(keys)?.owner], ['0600', 'root'])
    assert.not.match(JSON.stringify(run.changes), 'keys of encryption')
  }
})

test('a complete control-plane node keeps the keys that its API server has read; one whose join was interrupted does not', async () => {
  const data = { '/var/lib/etcd/member/wal/0.wal': 'x' }
  for (const [more, content] of [
    [data, 'its own'],
    [{}, 'keys of encryption'],
    [{ ...data, '/etc/coxswain/unfinished': 'x' }, 'keys of encryption'],
  ] as const) {
    const files = { [apiServer]: manifestOf(keys), [keys]: 'its own', ...more }
    const run = await rehearse(copyCerts({ from: 'm1' }), { files, others: { m1: encrypting } })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(run.files.get(keys)?.content, content)
  }
})

test('a folder of the keys that exists stays as it is; a new one is for root only', async () => {
  const folder = '/etc/kubernetes/enc'
  for (const mode of [undefined, '0750']) {
    const files = mode === undefined ? {} : { [folder]: { content: '', type: 'directory' as const, mode } }
    const run = await rehearse(copyCerts({ from: 'm1' }), { files, others: { m1: encrypting } })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.is(run.files.get(folder)?.mode, mode ?? '0700')
  }
})
