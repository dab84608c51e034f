/** A snapshot on this machine, and hosts that are restored from it. */
import { createHash } from 'node:crypto'
import type { World } from '../../../engine/testing.ts'
import type { folderOf } from '../../support/folder.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'

/** What etcd writes: the database, and its SHA-256. */
export const snapshotBytes = (data = 'database'): Buffer =>
  Buffer.concat([Buffer.from(data), createHash('sha256').update(data).digest()])

/** A complete snapshot in a folder of a test. */
export const snapshotIn = (place: ReturnType<typeof folderOf>): { path: string; sum: string } => {
  const path = place.write('prod-20261129T160000Z-r4712.db', snapshotBytes())
  return { path, sum: createHash('sha256').update(snapshotBytes()).digest('hex') }
}

/** What is remembered of a restoring on a host. */
export const phaseFile = '/etc/coxswain/etcd-restore'

export const manifestFiles: NonNullable<World['files']> = {
  '/etc/kubernetes/manifests/etcd.yaml': 'x',
  '/etc/kubernetes/manifests/kube-apiserver.yaml': '--secure-port=7443',
}
export const stoppedFiles: NonNullable<World['files']> = {
  '/etc/kubernetes/restoring/etcd.yaml': 'x',
  '/etc/kubernetes/restoring/kube-apiserver.yaml': '--secure-port=7443',
}

/** Whether the static pods that are asked for have stopped; those of these ports still run. */
export const running = (ports: ReadonlySet<number> = new Set()): NonNullable<World['patterns']> => [
  [
    sentPattern('tasks/kubernetes/etcd/static-pod-stopped.sh'),
    ({ script }) => ({ code: ports.has(Number(wordsIn(script).split(' ')[0])) ? 101 : 0 }),
  ],
]

/** The answers for a host on which a snapshot is prepared; free space in KiB. */
export const prepared = (free = 9_000_000, code = 0): NonNullable<World['patterns']> => [
  [sentPattern('tasks/kubernetes/reset/list-mounts.sh'), ''],
  [
    sentPattern('tasks/kubernetes/etcd/take-etcdutl.sh', '/var/lib/etcd-restore'),
    (_, all) => {
      if (code === 0) all.set('/var/lib/etcd-restore/etcdutl', { content: 'program' })
      return { code }
    },
  ],
  [/^env ETCDCTL_API=3 \/var\/lib\/etcd-restore\/etcdutl version$/, 'etcdutl version: 3.5.9\n'],
  [
    /^df -Pk \/var\/lib \/var\/lib\/etcd$/,
    `Filesystem 1024-blocks Used Available Capacity Mounted on\n${`/dev/a 1 1 ${free} 1% /\n`.repeat(2)}`,
  ],
]
