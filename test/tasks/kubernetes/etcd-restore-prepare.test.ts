import * as assert from 'uvu/assert'
import { defineRole, z } from '../../../engine/index.ts'
import { rehearse, rehearseRole } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { etcdRestorePrepare } from '../../../tasks/kubernetes/etcd-restore-prepare.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf } from './etcd-world.ts'
import { phaseFile, prepared, snapshotBytes, snapshotIn } from './restore-world.ts'

const test = suite('etcd-restore-prepare')
const place = folderOf(test)
const { path: snapshot, sum } = snapshotIn(place)
const folder = '/var/lib/etcd-restore'

const asked = `env ETCDCTL_API=3 ${folder}/etcdutl version`

const world = (files: World['files'] = {}, code = 0, free?: number, version = '3.5.9'): World => ({
  files,
  replies: { [asked]: `etcdutl version: ${version}\nAPI version: 3.5\n` },
  patterns: [
    ...etcdCluster([{ name: 'm1', url: 'https://10.0.0.1:2380' }]).patterns,
    ...prepared(free, code),
  ],
})

test('a disk without space for the copy and the new data is refused before anything is stopped', async () => {
  const run = await rehearse(etcdRestorePrepare({ snapshot, acceptLoss: true }), world({}, 0, 100_000))
  assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
  assert.match(
    String(run.error),
    'host has 97.7 MiB free for /var/lib/etcd, and 122.1 MiB are needed to restore a snapshot of 0.0 MiB',
  )
})

test('a disk below the folder of the member is refused before anything is stopped', async () => {
  const { patterns = [], ...rest } = world()
  const disk = [sentPattern('tasks/kubernetes/reset/list-mounts.sh'), '/var/lib/etcd/member/wal\n'] as const
  const run = await rehearse(etcdRestorePrepare({ snapshot, acceptLoss: true }), {
    ...rest,
    patterns: [disk, ...patterns],
  })
  assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
  assert.match(String(run.error), '/var/lib/etcd/member/wal is mounted on host')
})

test('the snapshot and the program are brought to the host', async () => {
  const run = await rehearse(etcdRestorePrepare({ snapshot, acceptLoss: true }), world())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: `${folder}/snapshot.db`, to: `0.0 MiB, sha256 ${sum.slice(0, 12)}…` }])
  assert.is(run.files.get(`${folder}/snapshot.db`)?.mode, '0600')
})

test('a host that was restored from it is left as it is, without a word about losses', async () => {
  const run = await rehearse(etcdRestorePrepare({ snapshot }), world({ [phaseFile]: `${sum} restored` }))
  assert.is(run.outcome, 'ok', String(run.error))
})

test('masters with different versions of the program are refused, also those that were prepared before', async () => {
  const role = defineRole({
    name: 'restore',
    description: 'Prepares.',
    params: z.object({}),
    tasks: () => [etcdRestorePrepare({ snapshot, acceptLoss: true })],
  })({})
  const staged = {
    [`${folder}/snapshot.db`]: { content: snapshotBytes() },
    [`${folder}/etcdutl`]: 'program',
  }
  for (const files of [{}, staged]) {
    const { m1, m2 } = await rehearseRole(role, { m1: world(files), m2: world(files, 0, undefined, '3.6.4') })
    const errors = [m1.error, m2.error].flatMap((error) => error ?? [])
    assert.is(errors.length, 1, errors.join('\n'))
    assert.match(String(errors[0]), 'm1 with 3.5.9')
    assert.match(String(errors[0]), 'm2 with 3.6.4')
  }
  const same = await rehearseRole(role, { m1: world(), m2: world() })
  assert.equal([same.m1.error, same.m2.error], [undefined, undefined])
})

const broken = place.write('broken.db', Buffer.concat([snapshotBytes(), Buffer.from('x')]))
const encrypted = place.write('one.db.age', 'age-encryption.org/v1')
for (const [title, given, message, hint] of [
  [
    'without acceptance of the loss, with both revisions',
    { snapshot },
    /goes back to revision 4712: etcd is at revision 4711 now, and every write in between is lost/,
    'etcd_restore_accept_loss=true',
  ],
  [
    'a snapshot that is damaged',
    { snapshot: broken, acceptLoss: true },
    'is not a complete snapshot: it does not end with its SHA-256',
    'nothing was stopped',
  ],
  [
    'a snapshot that is encrypted',
    { snapshot: encrypted, acceptLoss: true },
    'is not a complete snapshot',
    'age --decrypt',
  ],
  [
    'a snapshot that does not exist',
    { snapshot: '/nowhere/x.db', acceptLoss: true },
    'the snapshot /nowhere/x.db does not exist on this machine',
    'etcd-backup',
  ],
] as const)
  test(`refused, also by --check: ${title}`, async () => {
    const run = await rehearse(etcdRestorePrepare(given), world())
    assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
  })

test('a host without the program is said, with a way out', async () => {
  const run = await rehearse(etcdRestorePrepare({ snapshot, acceptLoss: true }), world({}, 101))
  assert.match(String(run.error), 'host does not have etcdutl')
  assert.match(hintOf(run.error), `${folder}/etcdutl`)
})

test('while a key of encryption at rest is replaced, nothing is restored', async () => {
  const given = world()
  const files = { ...given.files, '/etc/coxswain/rotate-keys/encryption.json': '{}' }
  const run = await rehearse(etcdRestorePrepare({ snapshot, acceptLoss: true }), { ...given, files })
  assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
  assert.match(String(run.error), 'rotate-keys has left /etc/coxswain/rotate-keys/encryption.json')
  assert.match(hintOf(run.error), 'if etcd is lost, add the former keys')
})

test('while the service account key is replaced, nothing is restored', async () => {
  const given = world()
  const files = { ...given.files, '/etc/coxswain/rotate-service-accounts/key.json': '{}' }
  const run = await rehearse(etcdRestorePrepare({ snapshot, acceptLoss: true }), { ...given, files })
  assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []])
  assert.match(
    String(run.error),
    'rotate-service-accounts has left /etc/coxswain/rotate-service-accounts/key.json',
  )
  assert.match(hintOf(run.error), 'playbooks/rotate-service-accounts.ts')
})
