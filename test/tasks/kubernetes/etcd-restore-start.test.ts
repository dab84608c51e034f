import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { etcdRestoreStart } from '../../../tasks/kubernetes/etcd-restore-start.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { manifestFiles, phaseFile, running, snapshotIn, stoppedFiles } from './restore-world.ts'

const test = suite('etcd-restore-start')
const { path: snapshot, sum } = snapshotIn(folderOf(test))

const world = (
  files: NonNullable<World['files']>,
  more: NonNullable<World['patterns']> = running(new Set([2379])),
): World => ({
  files,
  patterns: [
    [
      /^mv -f (\S+) (\S+)$/,
      ({ script }, all) => {
        const [, , from = '', to = ''] = script.split(' ')
        const moved = all.get(from)
        if (moved !== undefined) all.set(to, moved)
        all.delete(from)
        return ''
      },
    ],
    [/^curl .*127\.0\.0\.1:7443\/readyz/, 'ok'],
    ...more,
  ],
})
const restored = { ...stoppedFiles, [phaseFile]: `${sum} restored\n` }

test('etcd is started, and the restoring goes on', async () => {
  const run = await rehearse(etcdRestoreStart({ snapshot, pod: 'etcd' }), world(restored))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'static pod etcd', from: 'stopped', to: 'started' }])
  assert.is(run.files.get(phaseFile)?.content, `${sum} restored\n`)
})

test('etcd is waited for, and a kubelet that cannot remove the former pod is restarted', async () => {
  let looks = 0
  const files = { ...manifestFiles, [phaseFile]: `${sum} restored\n` }
  const patterns: NonNullable<World['patterns']> = [
    [
      sentPattern('tasks/kubernetes/etcd/static-pod-stopped.sh'),
      () => {
        looks += 1
        return { code: looks > 41 ? 101 : 0 }
      },
    ],
    [sentPattern('tasks/kubernetes/kubeadm/former-cgroups.sh', 'etcd'), ''],
    [/^systemctl restart kubelet$/, ''],
  ]
  const run = await rehearse(etcdRestoreStart({ snapshot, pod: 'etcd' }), world(files, patterns))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['systemctl restart kubelet'])
})

test('with the API server, the restoring is complete, and what was prepared is removed', async () => {
  const files = {
    ...restored,
    '/var/lib/etcd-restore': { content: '', type: 'directory' as const },
    '/var/lib/etcd-restore/snapshot.db': 'x',
  }
  const run = await rehearse(etcdRestoreStart({ snapshot, pod: 'kube-apiserver' }), world(files))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get(phaseFile)?.content, `${sum} complete\n`)
  assert.not.ok(run.files.has('/var/lib/etcd-restore/snapshot.db'))
})

test('where it is complete, nothing is done', async () => {
  const files = { ...manifestFiles, [phaseFile]: `${sum} complete\n` }
  for (const pod of ['etcd', 'kube-apiserver'] as const)
    assert.is((await rehearse(etcdRestoreStart({ snapshot, pod }), world(files))).outcome, 'ok')
})

test('bad parameters are refused', () => {
  // @ts-expect-error it is not one of the two
  assert.throws(() => etcdRestoreStart({ snapshot, pod: 'kubelet' }), 'pod')
})
