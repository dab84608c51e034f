/** What a control-plane node knows about the cause of a failure. */
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../../engine/index.ts'
import { rehearse } from '../../../../engine/testing.ts'
import type { World } from '../../../../engine/testing.ts'
import { distinctWarnings } from '../../../../tasks/kubernetes/kubeadm/warnings.ts'
import { nodeReady } from '../../../../tasks/kubernetes/waits.ts'
import { expired } from '../../../support/certificates.ts'
import { sentPattern } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { etcdCluster } from '../etcd-world.ts'
import { silentHost } from '../silent-host.ts'
import { members } from '../upgrade-world.ts'

const test = suite('explanations of control planes')

const notReady: NonNullable<World['patterns']> = [[/get node m1/, 'False cni plugin not initialized']]
const outputOf = async (world: World): Promise<string | undefined> => {
  const { error } = await rehearse(nodeReady({ node: 'm1', timeout: 0 }), world)
  assert.ok(isCoxswainError(error))
  assert.is(error.code, 'wait-timeout')
  return error.output
}

test('everything that the host knows is shown, each under its title', async () => {
  const output = await outputOf({
    files: {
      '/etc/kubernetes/admin.conf': 'x',
      '/etc/kubernetes/manifests/etcd.yaml': 'x',
      '/etc/kubernetes/pki/ca.crt': expired,
    },
    patterns: [
      ...notReady,
      [
        sentPattern('tasks/kubernetes/kubeadm/last-errors.sh'),
        'kubelet\tE1129 03:00:01.1 12 x.go:1] broken\n',
      ],
      [/^date \+%s$/, `${Date.parse('2026-11-29T03:00:02Z') / 1000}\n`],
      [
        /^kubectl .* get events /,
        '2026-11-29T03:00:00Z \tPod coredns-x\tFailedScheduling: 0/1 nodes are available\n',
      ],
      ...etcdCluster(members(), { silent: ['10.0.0.3'] }).patterns,
    ],
  })
  assert.match(
    output ?? '',
    /^last errors on host:\n {2}kubelet: broken\ncertificates on host:\n {2}the certificate in \/etc\/kubernetes\/pki\/ca\.crt expired at \S+, .*\netcd, as host sees it:\n {2}etcd member m3 at https:\/\/10\.0\.0\.3:2380 does not respond\nwarnings of the cluster:\n {2}03:00:00 Pod coredns-x: FailedScheduling: 0\/1 nodes are available$/,
  )
})

test('a host that knows nothing adds nothing, and one that cannot be asked neither', async () => {
  assert.is(await outputOf({ patterns: [...notReady, ...silentHost] }), undefined)
  assert.is(
    await outputOf({
      files: { '/etc/kubernetes/admin.conf': 'x', '/etc/kubernetes/manifests/etcd.yaml': 'x' },
      patterns: [
        ...notReady,
        [sentPattern('tasks/kubernetes/kubeadm/last-errors.sh'), { code: 127 }],
        [sentPattern('tasks/kubernetes/etcd/ask-members.sh'), { code: 101 }],
        [/^kubectl .* get events /, { code: 1, stderr: 'connection refused' }],
        [/^date /, { code: 127 }],
      ],
    }),
    undefined,
  )
})

test('warnings that say the same are shown once, the last six, without older ones', () => {
  const at = (second: number): string => `2026-11-29T03:00:${String(second).padStart(2, '0')}Z`
  const line = (second: number, message: string, newer = false): string =>
    `${newer ? ` ${at(second).replace('Z', '.000000Z')}` : `${at(second)} `}\tPod p\t${message}`
  const text = [
    line(1, 'Old: a'),
    line(9, 'Failed: try 12'),
    line(5, 'Failed: try 11'),
    line(8, 'Newer: b', true),
    'a second line of a message',
    '<nil> <nil>\tPod q\tNever: c',
  ].join('\n')
  assert.equal(distinctWarnings(text, Date.parse(at(2))), [
    '03:00:08 Pod p: Newer: b',
    '03:00:09 Pod p: Failed: try 12',
  ])
  const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => line(index, name)).join('\n')
  assert.is(distinctWarnings(many, 0).length, 6)
  assert.equal(distinctWarnings('', 0), [])
})
