/** Static pods that an interrupted run has stopped: their manifests are in another folder, and the kubelet does not run them. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../../engine/testing.ts'
import type { World } from '../../../../engine/testing.ts'
import { reconfigureMaster } from '../../../../tasks/kubernetes/reconfigure-master.ts'
import { reconfigurePlan } from '../../../../tasks/kubernetes/reconfigure-plan.ts'
import { sameMaster } from '../../../../tasks/kubernetes/same-master.ts'
import { suite } from '../../../support/spec.ts'
import { hintOf } from '../etcd-world.ts'
import { cluster, former, given, masterWorld, pod, self, usual } from '../reconfigure-world.ts'

const test = suite('static pods that are stopped')

const components = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
const manifest = (name: string): string => `/etc/kubernetes/manifests/${name}.yaml`
const moved = (name: string, folder = 'restarting'): string => `/etc/kubernetes/${folder}/${name}.yaml`
const task = () => reconfigureMaster({ ...given, steady: 0 })

/** A control-plane node whose manifests of some static pods are in another folder. */
const stoppedWorld = (
  names: readonly string[],
  { folder = 'restarting', ...options }: Parameters<typeof masterWorld>[0] & { folder?: string } = {},
): World => {
  const { world } = masterWorld(options)
  const away = names.map((name) => [moved(name, folder), world.files?.[manifest(name)] ?? ''] as const)
  return {
    ...world,
    files: Object.fromEntries([
      ...Object.entries(world.files ?? {}).filter(([path]) => !names.map(manifest).includes(path)),
      ...away,
    ]),
    patterns: [
      [
        /^mv /,
        ({ script }, all) => {
          const [, from = '', to = ''] = script.split(' ')
          const file = all.get(from)
          if (file !== undefined) all.set(to, file)
          all.delete(from)
          return ''
        },
      ],
      ...(world.patterns ?? []),
    ],
  }
}

const textOf = (run: Awaited<ReturnType<typeof rehearse>>): string =>
  `${String(run.error)} ${JSON.stringify(run.error)} ${hintOf(run.error)}`

for (const name of components)
  test(`${name} is seen, and started again`, async () => {
    const world = stoppedWorld([name])
    assert.is((await rehearse(reconfigurePlan(given), world)).outcome, 'ok')
    const run = await rehearse(task(), world)
    assert.is(run.outcome, 'changed', textOf(run))
    assert.equal(run.changes, [
      { what: `static pod ${name}`, from: 'stopped by an interrupted run', to: 'started' },
    ])
    assert.is(String(run.files.get(manifest(name))?.content), usual[manifest(name)])
    assert.not.ok(run.files.has(moved(name)))
  })

test('what differs in a manifest that is not in place is seen, and applied', async () => {
  const text = pod('kube-apiserver', { words: ['--v=3'] })
  const world = stoppedWorld(['kube-apiserver'], { wanted: { [manifest('kube-apiserver')]: text } })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', textOf(run))
  assert.equal(run.changes, [
    { what: 'argument v of kube-apiserver', from: undefined, to: '3' },
    { what: 'static pod kube-apiserver', from: 'stopped by an interrupted run', to: 'started' },
  ])
  assert.is(String(run.files.get(manifest('kube-apiserver'))?.content), text)
  assert.not.ok(run.files.has(moved('kube-apiserver')))
})

test('one that was changed, then stopped, and does not work: the former manifest comes back', async () => {
  const text = pod('kube-apiserver', { words: ['--bad=1'] })
  const path = manifest('kube-apiserver')
  const world = stoppedWorld(['kube-apiserver'], {
    files: { [path]: text, [`${former}/kube-apiserver.yaml`]: usual[path] ?? '' },
    wanted: { [path]: text },
    bad: '--bad',
  })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'failed')
  assert.match(textOf(run), 'its former files were put back')
  assert.is(String(run.files.get(path)?.content), usual[path])
})

test('a copy that is left beside a manifest in place is removed, and the pod is not stopped', async () => {
  const { world } = masterWorld({ files: { [moved('etcd')]: 'older' } })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', textOf(run))
  assert.equal(run.changes, [{ what: moved('etcd'), from: 'left by an interrupted run', to: undefined }])
  assert.is(String(run.files.get(manifest('etcd'))?.content), usual[manifest('etcd')])
  assert.is((await rehearse(sameMaster(given), world)).outcome, 'ok')
})

test('same-master refuses it by its name, with the playbook that starts it whatever else differs', async () => {
  for (const kubernetesVersion of [cluster.kubernetesVersion, 'v1.20.2'])
    for (const name of components) {
      const one = sameMaster({ cluster: { ...cluster, kubernetesVersion }, self, members: [self] })
      const run = await rehearse(one, stoppedWorld([name]))
      assert.match(
        String(run.error),
        `${name} of host is stopped: its manifest is in /etc/kubernetes/restarting`,
      )
      assert.match(hintOf(run.error), 'run playbooks/renew-certs.ts, which starts what is stopped')
      assert.match(hintOf(run.error), 'nothing was changed')
    }
})

for (const [title, files, playbook] of [
  ['a restore', {}, 'playbooks/etcd-restore.ts'],
  ['a recovery', { '/etc/coxswain/recover-quorum': '{}' }, 'playbooks/recover-quorum.ts'],
] as const)
  test(`${title} that was interrupted is refused by its name: nothing is started, and the master is not taken for a new one`, async () => {
    const world = stoppedWorld(['etcd', 'kube-apiserver'], { folder: 'restoring', files })
    for (const one of [task(), reconfigurePlan(given), sameMaster(given)]) {
      const run = await rehearse(one, world)
      assert.is(run.outcome, 'failed')
      assert.equal(run.commands.apply, [])
      assert.match(
        String(run.error),
        'etcd and kube-apiserver of host are stopped: their manifests are in /etc/kubernetes/restoring',
      )
      assert.match(hintOf(run.error), playbook)
      assert.match(hintOf(run.error), 'nothing was changed')
    }
  })
