/** Disks of etcd: not mounted, mounted below the folder of the member, and with copies of former data. */
import * as assert from 'uvu/assert'
import { defineTask, drift, ok, z } from '../../../../engine/index.ts'
import type { CheckContext } from '../../../../engine/index.ts'
import { rehearse } from '../../../../engine/testing.ts'
import type { World } from '../../../../engine/testing.ts'
import { hasDataOfEtcd } from '../../../../tasks/kubernetes/etcd/data.ts'
import { removeLostMember } from '../../../../tasks/kubernetes/etcd/member.ts'
import { resetForJoin } from '../../../../tasks/kubernetes/kubeadm/join-recovery.ts'
import { masterState } from '../../../../tasks/kubernetes/kubeadm/master-state.ts'
import { sentPattern } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { etcdCluster, hintOf } from '../etcd-world.ts'
import { healthz, readyz } from '../master-world.ts'
import { resetPrograms } from '../reset-world.ts'

const test = suite('disks of etcd')

const master = {
  name: 'm2',
  address: '10.0.0.2',
  version: 'v1.31.2',
  config: '/etc/coxswain/kubeadm.yaml',
  patience: 0,
  port: 6443,
}
const all = ['1', '2', '3'].map((n) => ({ name: `m${n}`, url: `https://10.0.0.${n}:2380` }))

const reads = (read: (ctx: CheckContext) => Promise<void>) =>
  defineTask({
    name: 'reads',
    description: 'Reads a host.',
    params: () => z.object({}),
    check: async (ctx) => {
      await read(ctx)
      return ok()
    },
  })({})

test('copies that etcd-restore keeps on the disk of the member do not count as data; what it has only moved does', async () => {
  const at = '/var/lib/etcd/member'
  for (const [names, expected] of [
    [['before-restore-20261129T170000Z', '.restoring', 'lost+found'], false],
    [['.former'], true],
    [['wal'], true],
    [['removed-by-coxswain'], true],
  ] as const) {
    let seen: boolean | undefined
    const task = reads(async (ctx) => {
      seen = await hasDataOfEtcd(ctx)
    })
    await rehearse(task, { files: Object.fromEntries(names.map((name) => [`${at}/${name}/db`, 'x'])) })
    assert.is(seen, expected, names.join(' '))
  }
})

/** A host with these files and mounts, in a cluster with some members that do not respond. */
const world = (
  files: NonNullable<World['files']>,
  {
    silent = [],
    patterns = [],
  }: { silent?: readonly string[]; patterns?: NonNullable<World['patterns']> } = {},
) => {
  const { log, patterns: gateway } = etcdCluster([...all], { silent })
  const given: World = {
    files,
    patterns: [...patterns, readyz(), healthz, [/^systemctl (stop|start) kubelet$/, ''], ...resetPrograms],
    others: { m1: { patterns: gateway } },
  }
  return { given, log }
}

const resets = defineTask({
  name: 'resets',
  description: 'Resets a host to join again.',
  params: () => z.object({}),
  check: async () => drift('must be reset'),
  apply: async (ctx) => resetForJoin(ctx, await ctx.on('m1'), master),
})({})

test('before the kubelet is stopped, disks below the member and members without a quorum are refused', async () => {
  const disk = [sentPattern('tasks/kubernetes/reset/list-mounts.sh'), '/var/lib/etcd/member/wal\n'] as const
  for (const [{ given, log }, message] of [
    [world({}, { patterns: [disk] }), '/var/lib/etcd/member/wal is mounted on host'],
    [world({}, { silent: ['10.0.0.3'] }), 'and the other members do not have a quorum'],
  ] as const) {
    const run = await rehearse(resets, { ...given, unpredictable: 'only its apply reads' })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.equal(
      run.commands.apply.filter((command) => command.startsWith('systemctl')),
      [],
    )
    assert.equal(log, [])
  }
})

/** The table of mounts with one at a path. */
const mounted = (path: string): NonNullable<World['patterns']> => [
  [/^cat \/proc\/self\/mountinfo$/, `36 35 8:16 / ${path} rw,noatime shared:1 - ext4 /dev/sdb rw\n`],
  [/^readlink -f (\S+)$/, ({ script }) => `${script.split(' ').at(-1)}\n`],
]

test('where fstab names a folder of etcd that is not mounted, its data does not count as lost', async () => {
  const state = reads(async (ctx) => {
    await masterState(ctx, master.address, master.port)
  })
  const loses = defineTask({
    name: 'loses',
    description: 'Removes the member of a host that has lost its data.',
    params: () => z.object({}),
    check: async () => drift('has lost its data'),
    apply: async (ctx) => removeLostMember(ctx, await ctx.on('m1'), master),
  })({})
  for (const [table, at, refused] of [
    ['/dev/sdb /var/lib/etcd/member ext4 defaults,nofail 0 2\n', '/', true],
    ['/dev/sdb /var/lib/etcd/ ext4 defaults 0 2\n', '/', true],
    ['/dev/sdb /var/lib/etcd ext4 defaults 0 2\n', '/var/lib/etcd', false],
    ['# /dev/sdb /var/lib/etcd ext4 defaults 0 2\n/dev/sda / ext4 defaults 0 1\n', '/', false],
    ['/dev/sdb /var/lib/etcd-backups ext4 defaults 0 2\n', '/', false],
  ] as const)
    for (const task of [state, loses]) {
      const { given, log } = world({ '/etc/fstab': table }, { patterns: mounted(at) })
      const run = await rehearse(task, { ...given, unpredictable: 'only its apply reads' })
      const error = String(run.error)
      assert.is(error.includes('the disk of etcd is not mounted on host'), refused, `${table}${error}`)
      if (!refused) continue
      assert.match(hintOf(run.error), 'mount /var/lib/etcd')
      assert.equal(log, [])
    }
})
