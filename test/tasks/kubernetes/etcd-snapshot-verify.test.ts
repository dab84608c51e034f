import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { etcdSnapshotVerify } from '../../../tasks/kubernetes/etcd-snapshot-verify.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('etcd-snapshot-verify')

const folder = '/var/backups/etcd'
const path = `${folder}/prod-20261129T160000Z-r4712.db`
const saved = { [path]: 'snapshot', [`${folder}/prod-20261129T010000Z-r9.db`]: 'older' }
const proof = `${createHash('sha256').update('snapshot').digest('hex')}\n`

const verify = sentPattern('tasks/kubernetes/etcd/verify-snapshot.sh', `${path} [^]*`)

test('the newest snapshot is verified, and a file beside it says so', async () => {
  const run = await rehearse(etcdSnapshotVerify({ cluster: 'prod' }), {
    files: saved,
    patterns: [[verify, '"Revision" : 4712\n"Count" : 300\n']],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: path, from: 'not proven', to: 'proven' }])
  assert.is(run.files.get(`${path}.proven`)?.content, proof)
})

test('a snapshot that is proven is left as it is, and one that changed since is verified', async () => {
  const task = etcdSnapshotVerify({ cluster: 'prod' })
  const files = { ...saved, [`${path}.proven`]: proof }
  assert.is((await rehearse(task, { files })).outcome, 'ok')
  const run = await rehearse(task, {
    files: { ...files, [path]: 'other' },
    patterns: [[verify, '"Revision" : 4712\n"Count" : 300\n']],
  })
  assert.equal(run.changes, [{ what: path, from: 'changed since its proof', to: 'proven' }])
})

for (const [title, reply, message] of [
  ['an empty one', '"Revision" : 1\n"Count" : 0\n', 'it does not have an object of Kubernetes'],
  ['one that is damaged', { code: 102, stderr: 'expected sha256 [1], got [2]' }, 'it cannot be restored'],
  ['one whose etcd does not start', { code: 103 }, 'does not respond'],
] as const)
  test(`a snapshot that is not proven does not count any more: ${title}`, async () => {
    const former = `${folder}/prod-20261128T010000Z-r9.db.unproven`
    const run = await rehearse(etcdSnapshotVerify({ cluster: 'prod' }), {
      files: { ...saved, [former]: 'x' },
      patterns: [
        [verify, reply],
        [
          new RegExp(`^mv -f ${path} ${path}.unproven$`),
          (_, all) => {
            all.set(`${path}.unproven`, { content: 'snapshot' })
            all.delete(path)
            return ''
          },
        ],
      ],
    })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.match(String(run.error), `It is now ${path}.unproven`)
    assert.equal(
      [path, `${path}.unproven`, former].filter((name) => run.files.has(name)),
      [`${path}.unproven`],
    )
  })

for (const [title, code, message, hint] of [
  ['a host without etcd', 101, 'no etcd of kubeadm runs there', 'on a host whose etcd runs'],
  ['an interrupted proof', 130, 'exit status 130', 'the snapshot is still there'],
] as const)
  test(`a snapshot stays that could not be tried: ${title}`, async () => {
    const run = await rehearse(etcdSnapshotVerify({ cluster: 'prod' }), {
      files: saved,
      patterns: [[verify, { code }]],
    })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
    assert.ok(run.files.has(path))
  })

test('a host without a snapshot is said', async () => {
  const run = await rehearse(etcdSnapshotVerify({ cluster: 'prod' }), { files: {} })
  assert.match(String(run.error), 'host does not have a snapshot of prod in /var/backups/etcd')
})

test('bad parameters are refused', () => {
  assert.throws(() => etcdSnapshotVerify({ cluster: '../x' }), 'cluster')
})
