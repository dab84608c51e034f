import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { etcdSnapshot } from '../../../tasks/kubernetes/etcd-snapshot.ts'
import { folderOf } from '../../support/folder.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'

const test = suite('etcd-snapshot')
const place = folderOf(test)

const folder = '/var/backups/etcd'
const mebibyte = 1024 * 1024
const members = () => [{ name: 'm1', url: 'https://10.0.0.1:2380' }]

/** `date +%s` says 2026-11-29 16:00:00 UTC. */
const now = Date.UTC(2026, 10, 29, 16) / 1000
const named = (hour: string, revision = '9'): string => `prod-20261129T${hour}0000Z-r${revision}.db`
const save = 'tasks/kubernetes/etcd/save-snapshot.sh'
const fresh = named('16', '4712')

const world = (
  files: NonNullable<World['files']>,
  {
    free = 900,
    fakes = {},
    ends = 0,
  }: { free?: number; fakes?: Parameters<typeof etcdCluster>[1]; ends?: number } = {},
): World => ({
  files,
  replies: {
    'date +%s': String(now),
    [sent('tasks/kubernetes/etcd/free-space.sh', folder)]:
      `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda 9 9 ${free * 1024} 1% /\n`,
  },
  patterns: [
    ...etcdCluster(members(), { database: { size: 100 * mebibyte, used: mebibyte }, ...fakes }).patterns,
    [
      sentPattern(
        save,
        `/etc/kubernetes/pki/etcd/ca.crt /etc/kubernetes/pki/etcd/healthcheck-client.crt /etc/kubernetes/pki/etcd/healthcheck-client.key ${folder} prod 4711 1800`,
      ),
      (_, all) => {
        if (ends !== 0) return { code: ends, stderr: 'curl: (28) timed out\n7 bytes came' }
        all.set(`${folder}/${fresh}`, { content: 'snapshot' })
        return `${folder}/${fresh}\t4712\tabcd\n`
      },
    ],
  ],
})

test('a snapshot is taken, as --check says, and nothing is removed before it is proven', async () => {
  const others = ['01', '02', '03', '04', '05', '06', '07', '08'].map((hour) => `${folder}/${named(hour)}`)
  const files = Object.fromEntries(others.map((path) => [path, 'x']))
  const run = await rehearse(etcdSnapshot({ cluster: 'prod' }), world(files))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: `snapshot of prod in ${folder}`, to: '100.0 MiB, revision 4711 or later' },
  ])
  assert.equal([...run.files.keys()].filter((path) => path.startsWith(folder)).toSorted(), [
    ...others,
    `${folder}/${fresh}`,
  ])
})

test('a snapshot that failed its proof does not count as recent', async () => {
  const failed = { [`${folder}/prod-20261129T155501Z-r9.db.unproven`]: 'x' }
  assert.is((await rehearse(etcdSnapshot({ cluster: 'prod' }), world(failed))).outcome, 'changed')
})

test('refused, also by --check: a snapshot that is dated in the future', async () => {
  const later = `${folder}/prod-20261129T160001Z-r9.db`
  const run = await rehearse(etcdSnapshot({ cluster: 'prod' }), world({ [later]: 'x' }))
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), `${later} on host is dated 1 s in the future`)
  assert.match(hintOf(run.error), `move ${later} to another folder`)
})

test('a recent snapshot counts, and an older one does not', async () => {
  const recent = { [`${folder}/prod-20261129T155501Z-r9.db`]: 'x' }
  assert.is((await rehearse(etcdSnapshot({ cluster: 'prod' }), world(recent))).outcome, 'ok')
  const run = await rehearse(etcdSnapshot({ cluster: 'prod', maxAge: 60 }), world(recent))
  assert.is(run.outcome, 'changed', String(run.error))
})

test('without a quorum, a snapshot of what the member has is taken', async () => {
  const run = await rehearse(etcdSnapshot({ cluster: 'prod' }), world({}, { fakes: { quorum: false } }))
  assert.is(run.outcome, 'changed', String(run.error))
})

for (const [title, more, message, hint] of [
  [
    'too little room',
    { free: 200 },
    'host has 200.0 MiB free for /var/backups/etcd, and 250.0 MiB are needed',
    'make room',
  ],
  [
    'a member whose data differs from that of the others',
    { fakes: { alarms: [{ member: 0, alarm: 'CORRUPT' }] } },
    'has raised the alarm CORRUPT',
    'restore a snapshot',
  ],
  [
    'an etcd that does not respond',
    { fakes: { inVain: 99 } },
    'etcd on host does not respond',
    'check its pod',
  ],
] as const)
  test(`refused, also by --check: ${title}`, async () => {
    const run = await rehearse(etcdSnapshot({ cluster: 'prod' }), world({}, more))
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
    assert.equal(run.commands.apply, [])
  })

test('with the alarm NOSPACE, a snapshot is taken', async () => {
  const fakes = { alarms: [{ member: 0, alarm: 'NOSPACE' }], answering: ids[0] }
  const run = await rehearse(etcdSnapshot({ cluster: 'prod' }), world({}, { fakes }))
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a transfer that is incomplete is said', async () => {
  const run = await rehearse(etcdSnapshot({ cluster: 'prod' }), world({}, { ends: 102 }))
  assert.match(String(run.error), 'no snapshot of etcd on host: curl: (28) timed out; 7 bytes came')
})

/** Runs the program with a command in place of curl, which sends these parts. */
const saving = (name: string, parts: readonly Buffer[]) => {
  const lines = parts.map((part) =>
    JSON.stringify({ result: { remaining_bytes: '7', blob: part.toString('base64') } }),
  )
  place.write(`${name}/answer`, `${lines.join('\n')}\n`)
  place.write(`${name}/bin/curl`, `#!/bin/sh\ncat '${place.at(`${name}/answer`)}'\n`)
  chmodSync(place.at(`${name}/bin/curl`), 0o755)
  const script = sent(save, 'ca', 'crt', 'key', place.at(`${name}/out`), 'prod', 4711, 60)
  return spawnSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${place.at(`${name}/bin`)}:${process.env['PATH'] ?? ''}` },
  })
}

test('the program joins the parts, and saves them if they end with their SHA-256', () => {
  const data = Buffer.alloc(70_000, 'etcd')
  const sum = createHash('sha256').update(data).digest()
  const all = [data.subarray(0, 32_768), data.subarray(32_768), sum]
  const { status, stdout, stderr } = saving('complete', all)
  assert.is(status, 0, stderr)
  const [path = '', revision, said] = stdout.trim().split('\t')
  assert.match(path, /\/out\/prod-\d{8}T\d{6}Z-r4711\.db$/)
  assert.equal([revision, said], ['4711', sum.toString('hex')])
  assert.equal(readFileSync(path), Buffer.concat(all))
  assert.is(statSync(path).mode & 0o777, 0o600)
  assert.is(readdirSync(place.at('complete/out')).length, 1)
})

test('the program leaves nothing of a snapshot that ends too early', () => {
  const { status, stderr } = saving('cut', [Buffer.alloc(40_000, 'etcd')])
  assert.is(status, 102)
  assert.match(stderr, '40000 bytes came, and they do not end with their SHA-256')
  assert.equal(readdirSync(place.at('cut/out')), [])
  assert.is(saving('nothing', []).status, 102)
  assert.equal(readdirSync(place.at('nothing/out')), [])
})

const runWith = (name: string, curl: string) => {
  place.write(`${name}/bin/curl`, `#!/bin/sh\n${curl}`)
  chmodSync(place.at(`${name}/bin/curl`), 0o755)
  const script = sent(save, 'ca', 'crt', 'key', place.at(`${name}/out`), 'prod', 4711, 60)
  return spawnSync('sh', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${place.at(`${name}/bin`)}:${process.env['PATH'] ?? ''}` },
  })
}

test('the program says what happened at each address, also what etcd itself says', () => {
  const { status, stderr } = runWith(
    'both',
    `case "$*" in
      *127.0.0.1*) echo '{"error":{"message":"etcdserver: permission denied"}}' ;;
      *) echo 'curl: (7) refused' >&2; exit 7 ;;
    esac\n`,
  )
  assert.is(status, 102)
  assert.match(
    stderr,
    'https://127.0.0.1:2379: {"error":{"message":"etcdserver: permission denied"}}\nhttps://[::1]:2379: curl: (7) refused\n',
  )
})

test('a part that is cut in its middle is said with the reason', () => {
  const { status, stderr } = runWith(
    'middle',
    `printf '{"result":{"blob":"AAAAA'; echo 'curl: (28) timed out' >&2; exit 28\n`,
  )
  assert.is(status, 102)
  assert.match(stderr, 'https://127.0.0.1:2379: curl: (28) timed out\n')
})

test('the program works in a folder that only its user can read, and removes those of killed runs', () => {
  place.write('swept/out/.snapshot.4711', 'killed')
  place.write('swept/out/.snapshot.abcdef/part', 'killed')
  place.write('swept/other/file', 'stays')
  symlinkSync(place.at('swept/other'), place.at('swept/out/.snapshot.link'))
  const list = place.at('swept/list')
  const { status } = runWith('swept', `ls -lA '${place.at('swept/out')}' >'${list}'\n`)
  assert.is(status, 102)
  const lines = readFileSync(list, 'utf8').trim().split('\n').slice(1)
  assert.equal(lines.map((line) => line.slice(0, 10)).toSorted(), ['drwx------', 'lrwxrwxrwx'])
  assert.equal(readdirSync(place.at('swept/out')), ['.snapshot.link'])
  assert.is(readFileSync(place.at('swept/other/file'), 'utf8'), 'stays')
})

test('free space is that of the nearest folder that exists', () => {
  place.write('free/df', '#!/bin/sh\necho "$@"\n')
  chmodSync(place.at('free/df'), 0o755)
  const asked = (path: string): string =>
    spawnSync('sh', ['-c', sent('tasks/kubernetes/etcd/free-space.sh', path)], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${place.at('free')}:${process.env['PATH'] ?? ''}` },
    }).stdout.trim()
  assert.is(asked(place.at('free')), `-Pk ${place.at('free')}`)
  assert.is(asked(place.at('free/a/b')), `-Pk ${place.at('free')}`)
  assert.is(asked('/does-not-exist/a'), '-Pk /')
})

test('bad parameters are refused', () => {
  assert.throws(() => etcdSnapshot({ cluster: '../x' }), 'cluster')
  assert.throws(() => etcdSnapshot({ maxAge: -1 }), 'maxAge')
})
