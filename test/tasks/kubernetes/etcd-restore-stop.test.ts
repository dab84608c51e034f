import * as assert from 'uvu/assert'
import type { World } from '../../../engine/testing.ts'
import { etcdRestorePrepare } from '../../../tasks/kubernetes/etcd-restore-prepare.ts'
import { etcdRestoreStop } from '../../../tasks/kubernetes/etcd-restore-stop.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { run } from '../../run/site.ts'
import { manifestFiles, phaseFile, prepared, running, snapshotIn, stoppedFiles } from './restore-world.ts'

const test = suite('etcd-restore-stop')
const { path: snapshot, sum } = snapshotIn(folderOf(test))

const worldWith = (files: NonNullable<World['files']>, code = 0, still: readonly number[] = []) => {
  const log: string[] = []
  const left = new Set(still)
  const world: World = {
    files,
    patterns: [
      [
        sentPattern('tasks/kubernetes/etcd/stop-static-pod.sh'),
        ({ script }, all) => {
          const [from = '', to = '', port] = wordsIn(script).split(' ')
          log.push(`${from} ${port}`)
          const moved = all.get(from)
          if (moved !== undefined) all.set(to, moved)
          all.delete(from)
          left.delete(Number(port))
          return { code }
        },
      ],
      ...running(left),
      ...prepared(),
    ],
  }
  return { log, world }
}

/** Prepares and stops all of the hosts, or those of a limit, in two plays as the playbook does. */
const stop = async (
  worlds: Readonly<Record<string, World>>,
  given: { readonly limit?: readonly string[]; readonly checkMode?: boolean } = {},
) => {
  const hosts = Object.fromEntries(
    Object.entries(worlds).map(([name, { files = {}, patterns = [] }]) => [
      name,
      { files, replies: patterns },
    ]),
  )
  const { ends } = await run(
    (play) => [
      play('prepare', { hosts: 'web', tasks: () => [etcdRestorePrepare({ snapshot, acceptLoss: true })] }),
      play('stop', {
        hosts: 'web',
        tasks: () => [etcdRestoreStop({ snapshot, masters: Object.keys(worlds) })],
      }),
    ],
    { hosts, ...given },
  )
  return ends.filter(({ task }) => task.name === 'etcd-restore-stop')
}
const alone = async (files: NonNullable<World['files']>, code = 0, still: readonly number[] = []) => {
  const { log, world } = worldWith(files, code, still)
  const [end] = await stop({ m1: world })
  return { log, end }
}

test('the API server is stopped, and then etcd', async () => {
  const { log, end } = await alone(manifestFiles)
  assert.is(end?.outcome, 'changed', end?.error?.message)
  assert.equal(log, [
    '/etc/kubernetes/manifests/kube-apiserver.yaml 7443',
    '/etc/kubernetes/manifests/etcd.yaml 2379',
  ])
  assert.equal(
    end?.changes.map(({ what }) => what),
    ['static pod kube-apiserver', 'static pod etcd'],
  )
})

test('--check stops nothing', async () => {
  const { log, world } = worldWith(manifestFiles)
  const [end] = await stop({ m1: world }, { checkMode: true })
  assert.equal([end?.outcome, log], ['would change', []], end?.error?.message)
})

test('what is stopped, and a host that was restored, are left as they are', async () => {
  for (const files of [stoppedFiles, { ...manifestFiles, [phaseFile]: `${sum} complete` }]) {
    const { log, end } = await alone(files)
    assert.equal([end?.outcome, log], ['ok', []], end?.error?.message)
  }
})

test('a host that was restored from another snapshot is stopped again', async () => {
  const { log, end } = await alone({ ...manifestFiles, [phaseFile]: 'abcd complete' })
  assert.equal([end?.outcome, log.length], ['changed', 2])
})

test('a pod that still runs is waited for, even if an interrupted run has moved its manifest away', async () => {
  const { log, end } = await alone(stoppedFiles, 0, [2379])
  assert.is(end?.outcome, 'changed', end?.error?.message)
  assert.equal(log, ['/etc/kubernetes/manifests/etcd.yaml 2379'])
})

test('a pod that does not stop is said, with a way back', async () => {
  const { end } = await alone(manifestFiles, 101)
  assert.match(String(end?.error?.message), 'kube-apiserver of m1 did not stop: it still runs after 120 s')
  assert.match(JSON.stringify(end?.error), 'mv /etc/kubernetes/restoring/*.yaml /etc/kubernetes/manifests/')
})

test('nothing is stopped unless every master takes part', async () => {
  const [m1, m2] = [worldWith(manifestFiles), worldWith(manifestFiles)]
  const ends = await stop({ m1: m1.world, m2: m2.world }, { limit: ['m1'] })
  assert.equal([ends.map(({ outcome }) => outcome), m1.log], [['failed'], []])
  assert.match(String(ends[0]?.error?.message), 'on all masters or on none, and this run does not include m2')
})

test('nothing is stopped where some masters are restored, and others were reset since', async () => {
  const [m1, m2] = [worldWith(manifestFiles), worldWith({ ...manifestFiles, [phaseFile]: `${sum} complete` })]
  const ends = await stop({ m1: m1.world, m2: m2.world })
  assert.equal([ends.map(({ outcome }) => outcome), m1.log], [['failed', 'failed'], []])
  assert.match(String(ends[0]?.error?.message), 'm2 was restored from this snapshot, and m1 was not')
})
