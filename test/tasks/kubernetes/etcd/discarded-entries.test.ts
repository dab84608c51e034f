/** What discarded-entries.sh finds in the logs of etcd, and what is said about it. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, utimesSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { discardedIn } from '../../../../tasks/kubernetes/etcd/recovery.ts'
import { folderOf } from '../../../support/folder.ts'
import { sent } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('discarded-entries', { needs: ['dash', 'busybox'] })
const folder = folderOf(test)

const json = (time: string, message: string, more = ''): string =>
  `${time} stderr F {"level":"info","ts":"${time}","caller":"etcdserver/raft.go:598","msg":"${message}"${more}}\n`
const discarding = (time: string, count: number): string =>
  json(
    time,
    'discarding uncommitted WAL entries',
    `,"entry-index":9,"commit-index-from-wal":8,"number-of-discarded-entries":${count}`,
  )
const forcing = (time: string): string => json(time, 'forcing restart member', ',"commit-index":11')
// etcd 3.4, as kubeadm starts it: its former logger
const former = (time: string, message: string): string =>
  `${time} stderr F 2026-11-29 21:12:37.123456 I | etcdserver: ${message}\n`

const first = '2026-11-29T21:12:37.1Z'
const second = '2026-11-29T21:12:38.1Z'

for (const shell of [['dash'], ['busybox', 'sh']]) {
  const [name = '', ...more] = shell
  let count = 0

  /** What is said with these logs, by the name of the file. */
  const said = (logs: Readonly<Record<string, string>>, again = false): string => {
    const at = `${name}-${(count += 1)}`
    for (const [file, text] of Object.entries(logs))
      folder.write(`${at}/kube-system_etcd-m1_0/etcd/${file}`, text)
    mkdirSync(folder.at(`${at}/copy`), { recursive: true })
    utimesSync(folder.at(`${at}/copy`), 0, 0)
    const script = sent('tasks/kubernetes/etcd/discarded-entries.sh', folder.at(`${at}/copy`), folder.at(at))
    return discardedIn(execFileSync(name, [...more, '-c', script], { encoding: 'utf8' }), again)
  }

  test(`${name}: etcd says how many, with each of its loggers`, () => {
    const three = 'etcd discarded 3 entries that this member did not know to be committed'
    assert.is(said({ '0.log': discarding(first, 3) + forcing(second) }), three)
    const old = former(first, 'discarding 3 uncommitted WAL entries ')
    assert.is(
      said({
        '0.log': old + former(second, 'forcing restart of member 8e9e in cluster 77 at commit index 11'),
      }),
      three,
    )
    assert.is(
      said({ '0.log': discarding(first, 1) + forcing(second) }),
      'etcd discarded 1 entry that this member did not know to be committed',
    )
  })

  test(`${name}: the kubelet has rotated the log in between`, () => {
    assert.match(
      said({ '0.log.20261129-211238': discarding(first, 3), '0.log': forcing(second) }),
      ' 3 entries',
    )
  })

  test(`${name}: none is discarded only if etcd says that it was started with the flag, for the first time`, () => {
    const none = 'etcd did not discard any entry'
    assert.is(said({ '0.log': forcing(first) }), none)
    assert.is(said({ '0.log': former(first, 'forcing restart of member 8e9e in cluster 77') }), none)
    const unknown =
      'how many entries etcd discarded that this member did not know to be committed is not known: its log does not say it'
    assert.is(said({ '0.log': forcing(first) }, true), unknown)
    assert.is(said({ '0.log': json(first, 'ready to serve client requests') }), unknown)
    assert.is(said({}), unknown)
  })

  test(`${name}: a second start with the flag does not hide what the first one discarded`, () => {
    const logs = { '0.log': discarding(first, 3) + forcing(first), '1.log': forcing(second) }
    assert.match(said(logs, true), 'discarded 3 entries')
  })
}
