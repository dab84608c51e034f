import * as assert from 'uvu/assert'
import { otherFoldersIn } from '../../../../tasks/kubernetes/etcd/folder.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('the folder of etcd')

/** The manifest of etcd as kubeadm writes it. */
const manifestWith = (
  words: readonly string[],
  { from = '/var/lib/etcd', at = '/var/lib/etcd' }: { from?: string; at?: string } = {},
): string => `apiVersion: v1
kind: Pod
spec:
  containers:
  - command:
    - etcd
    - --name=m1
${words.map((word) => `    - ${word}\n`).join('')}    image: etcd
    volumeMounts:
    - mountPath: ${at}
      name: etcd-data
    - mountPath: /etc/kubernetes/pki/etcd
      name: etcd-certs
  volumes:
  - hostPath:
      path: /etc/kubernetes/pki/etcd
    name: etcd-certs
  - hostPath:
      path: ${from}
    name: etcd-data
`

test('the folder of kubeadm is the usual one, with and without a slash at its end', () => {
  assert.equal(otherFoldersIn(manifestWith(['--data-dir=/var/lib/etcd'])), [])
  assert.equal(
    otherFoldersIn(manifestWith(['--data-dir=/var/lib/etcd/', '--wal-dir=/var/lib/etcd/member/wal'])),
    [],
  )
  assert.equal(otherFoldersIn('x'), [])
})

for (const [title, words, mount, folders] of [
  ['dataDir of kubeadm', ['--data-dir=/data/etcd'], { from: '/data/etcd', at: '/data/etcd' }, ['/data/etcd']],
  [
    'an argument in two words',
    ['--data-dir', '/data/etcd'],
    { from: '/data/etcd', at: '/data/etcd' },
    ['/data/etcd'],
  ],
  [
    'another folder of the host, mounted at the usual one',
    ['--data-dir=/var/lib/etcd'],
    { from: '/data/etcd' },
    ['/data/etcd'],
  ],
  ['a folder within the mounted one', ['--data-dir=/var/lib/etcd/x'], {}, ['/var/lib/etcd/x']],
  [
    'the write-ahead log elsewhere',
    ['--data-dir=/var/lib/etcd', '--wal-dir=/var/lib/etcd/log'],
    {},
    ['/var/lib/etcd/log'],
  ],
  [
    'a folder that is not mounted',
    ['--data-dir=/data/etcd'],
    {},
    ['/data/etcd in its container, which is lost with it'],
  ],
] as const)
  test(`${title} is named`, () => {
    assert.equal(otherFoldersIn(manifestWith(words, mount)), folders)
  })
