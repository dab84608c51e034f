import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { etcdRestoreData } from '../../../tasks/kubernetes/etcd-restore-data.ts'
import { folderOf } from '../../support/folder.ts'
import { sent, sentPattern, wordsIn } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { manifestFiles, phaseFile, running, snapshotIn, stoppedFiles } from './restore-world.ts'

const test = suite('etcd-restore-data')
const place = folderOf(test)
const { path: snapshot, sum } = snapshotIn(place)
const program = 'tasks/kubernetes/etcd/restore-data.sh'

const members = [
  { name: 'm1', address: '10.0.0.1' },
  { name: 'm2', address: 'fd00::2' },
]
const task = (name = 'm2') => etcdRestoreData({ snapshot, name, members })

test('the data is restored as that of this member, with all members and one token', async () => {
  const words = [
    '/var/lib/etcd-restore/etcdutl',
    '/var/lib/etcd-restore/snapshot.db',
    '/var/lib/etcd',
    'm2',
    "'https://[fd00::2]:2380'",
    "'m1=https://10.0.0.1:2380,m2=https://[fd00::2]:2380'",
  ]
  let token = ''
  const run = await rehearse(task(), {
    files: stoppedFiles,
    patterns: [
      ...running(),
      [
        sentPattern(program),
        ({ script }) => {
          const all = wordsIn(script)
          assert.ok(all.startsWith(`${words.join(' ')} restored-`), all)
          token = all.split(' ')[6] ?? ''
          return '/var/lib/etcd/before-restore-20261129T170000Z\n'
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: '/var/lib/etcd/member', from: 'the former data, which is kept', to: 'revision 4712' },
  ])
  const [, time = ''] = /^restored-[0-9a-f]{16}-(\d{8}T\d{6}Z)$/.exec(token) ?? []
  assert.is(run.files.get(phaseFile)?.content, `${sum} restored ${time}\n`)
})

test('it is not done again', async () => {
  const run = await rehearse(task(), { files: { ...stoppedFiles, [phaseFile]: `${sum} restored\n` } })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('an etcd that runs, a host that is not a member, and a failure are said', async () => {
  const fails = (code: number): World => ({
    files: stoppedFiles,
    patterns: [[sentPattern(program), { code, stderr: 'no space' }], ...running()],
  })
  const why = 'an earlier task stops etcd'
  const runs = await rehearse(task(), { files: manifestFiles, unpredictable: why })
  assert.match(String(runs.error), 'etcd on host is not stopped')
  const still = await rehearse(task(), {
    files: stoppedFiles,
    patterns: running(new Set([2379])),
    unpredictable: why,
  })
  assert.match(String(still.error), 'etcd on host is not stopped')
  const other = await rehearse(task('m9'), { files: stoppedFiles, patterns: running(), unpredictable: why })
  assert.match(String(other.error), 'm9 is not among the members')
  const late = await rehearse(task(), fails(101))
  assert.match(String(late.error), 'etcd on host is not stopped: its data was not touched')
  const failed = await rehearse(task(), fails(1))
  assert.match(String(failed.error), 'the snapshot cannot be restored on host')
})

/** Runs the program with a command in place of etcdutl. */
const restoring = (name: string, etcdutl: string, port = 1) => {
  const utility = place.write(`${name}/etcdutl`, `#!/bin/sh\n${etcdutl}\n`)
  chmodSync(utility, 0o755)
  place.write(`${name}/data/member/snap/db`, 'former')
  const words = [
    utility,
    snapshot,
    place.at(`${name}/data`),
    'm1',
    'https://a',
    'm1=https://a',
    'token',
    port,
  ]
  const { status, stdout } = spawnSync('sh', ['-c', sent(program, ...words)], { encoding: 'utf8' })
  return { status, former: stdout.trim(), left: readdirSync(place.at(`${name}/data`)).toSorted() }
}
const member = (name: string): string => readFileSync(place.at(`${name}/data/member/snap/db`), 'utf8')

test('the program keeps the former data, and raises the revision where etcdutl can', () => {
  const made = restoring(
    'made',
    'case $* in *--help) echo "--bump-revision uint"; exit ;; esac\nmkdir -p "$5/member/snap"; echo "$@" >"$5/member/snap/db"',
  )
  assert.is(made.status, 0)
  assert.match(member('made'), '--initial-cluster-token token --bump-revision 1000000000 --mark-compacted')
  assert.is(readFileSync(`${made.former}/member/snap/db`, 'utf8'), 'former')
  assert.is(made.left.length, 2)
})

const makes =
  'case $* in *--help) exit ;; esac\nmkdir -p "$5/member/snap" "$5/member/wal"; echo new >"$5/member/snap/db"'

/** The same where the folder of the member is a mount. Prints what is there afterwards. */
const restoringOnMount = (name: string, etcdutl: string, before = ''): string => {
  const utility = place.write(`${name}/etcdutl`, `#!/bin/sh\n${etcdutl}\n`)
  chmodSync(utility, 0o755)
  const at = place.at(`${name}/data/member`)
  const words = [utility, snapshot, place.at(`${name}/data`), 'm1', 'https://a', 'm1=https://a', 'token', 1]
  const lines = [
    `mkdir -p ${at}; mount -t tmpfs tmpfs ${at}; mkdir -p ${at}/lost+found ${at}/snap ${at}/wal; echo former >${at}/snap/db`,
    before,
    `( ${sent(program, ...words)}\n ) || echo "status $?"`,
    `cd ${at}; grep -c ' ${at} ' /proc/mounts; find . ../ -name db | sort | while read -r one; do echo "$one: $(cat "$one")"; done; ls -A`,
  ]
  const { stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', lines.join('\n')], { encoding: 'utf8' })
  return stdout.replaceAll(place.at(name), '').replaceAll(/\d{8}T\d{6}Z/g, 'TIME')
}

test(
  'where the folder of the member is a mount, the former data is kept in it',
  { needs: ['mounts'] },
  () => {
    assert.is(
      restoringOnMount('mounted', makes),
      [
        '/data/member/before-restore-TIME',
        '1',
        '../member/before-restore-TIME/snap/db: former',
        '../member/snap/db: new',
        './before-restore-TIME/snap/db: former',
        './snap/db: new',
        'before-restore-TIME',
        'lost+found',
        'snap',
        'wal',
        '',
      ].join('\n'),
    )
  },
)

test(
  'a run on a mount that was killed between two moves keeps all of the former data in one folder',
  { needs: ['mounts'] },
  () => {
    const at = place.at('killed/data/member')
    const out = restoringOnMount('killed', makes, `mkdir ${at}/.former; mv ${at}/snap ${at}/.former/snap`)
    assert.match(out, './before-restore-TIME/snap/db: former\n./snap/db: new\n')
    assert.not.match(out, '.former')
  },
)

test(
  'a folder that etcd has made again after a run that was killed is kept beside the former data, not in it',
  { needs: ['mounts'] },
  () => {
    const at = place.at('again/data/member')
    const out = restoringOnMount(
      'again',
      makes,
      `mkdir ${at}/.former; mv ${at}/snap ${at}/.former/snap; mkdir ${at}/snap; echo again >${at}/snap/db`,
    )
    assert.match(out, '/data/member/before-restore-TIME_2\n/data/member/before-restore-TIME\n')
    assert.match(
      out,
      './before-restore-TIME/snap/db: former\n./before-restore-TIME_2/snap/db: again\n./snap/db: new\n',
    )
    assert.not.match(out, '.former')
  },
)

test('if etcdutl fails, the former data stays in place', () => {
  const { status, left } = restoring('fails', 'exit 3')
  assert.equal([status, left], [3, ['member']])
  assert.is(member('fails'), 'former')
  assert.not.ok(existsSync(place.at('fails/data/.restoring')))
})

test('an etcd that runs with the data, or listens, keeps its data', async () => {
  const make = 'case $* in *--help) exit ;; esac\nmkdir -p "$5/member/snap"'
  const data = `--data-dir=${place.at('runs/data')}`
  const etcd = spawn(process.execPath, ['-e', 'process.stdin.resume(); console.log(1)', '--', data], {
    argv0: '/usr/local/bin/etcd',
  })
  await once(etcd.stdout, 'data')
  const ended = once(etcd, 'exit')
  assert.equal(restoring('runs', make), { status: 101, former: '', left: ['member'] })
  etcd.stdin.end()
  await ended
  assert.is(restoring('runs', make).status, 0)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  assert.equal(restoring('listens', make, port), { status: 101, former: '', left: ['member'] })
  server.close()
})

test('whether a pod has stopped is seen by its port, and by the process of etcd', async () => {
  const stopped = (port: number, data: string) =>
    spawnSync('sh', ['-c', sent('tasks/kubernetes/etcd/static-pod-stopped.sh', port, data)]).status
  const data = place.at('asked')
  const etcd = spawn(
    process.execPath,
    ['-e', 'process.stdin.resume(); console.log(1)', '--', `--data-dir=${data}`],
    {
      argv0: 'etcd',
    },
  )
  await once(etcd.stdout, 'data')
  const ended = once(etcd, 'exit')
  assert.equal([stopped(1, data), stopped(1, `${data}2`), stopped(1, '')], [101, 0, 0])
  etcd.stdin.end()
  await ended
  assert.is(stopped(1, data), 0)
})
