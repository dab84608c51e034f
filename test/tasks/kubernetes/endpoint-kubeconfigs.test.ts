import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import type { Reply } from '../../../engine/connection/scripted.ts'
import { endpointKubeconfigs } from '../../../tasks/kubernetes/endpoint-kubeconfigs.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import {
  adminConf,
  conf,
  former,
  kubeletConf,
  marker,
  newCluster,
  record,
  recordOf,
  repliesOf,
  to,
  userConf,
} from './endpoint-world.ts'

const test = suite('endpoint-kubeconfigs')

const managerConf = '/etc/kubernetes/controller-manager.conf'
const masters = [{ name: 'host', address: '10.0.0.1' }]
const task = (more = {}) => endpointKubeconfigs({ to, masters, node: 'host', timeout: 1, ...more })
const world = (
  files: NonNullable<World['files']>,
  cluster = newCluster(),
  more: NonNullable<World['patterns']> = [],
): World => ({
  files: { [record]: recordOf([former]), ...files },
  patterns: [...more, ...repliesOf('host', cluster)],
})

test('kubeconfigs of the host and of its users get the endpoint; the kubelet is restarted and renews its lease', async () => {
  const cluster = newCluster()
  const files = {
    [kubeletConf]: { content: conf(former), mode: '0600' },
    [adminConf]: { content: conf(former), mode: '0600' },
    [userConf]: { content: conf(former) + conf('other.example:6443'), owner: 'root', mode: '0600' },
  }
  const run = await rehearse(task({ users: ['root'] }), world(files, cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what }) => what),
    [adminConf, kubeletConf, userConf].map((path) => `server in ${path}`),
  )
  assert.is(String(run.files.get(userConf)?.content), conf(to) + conf('other.example:6443'))
  for (const path of Object.keys(files)) assert.is(run.files.get(path)?.mode, '0600')
  assert.equal(cluster.kubelets, [`host https://${to}`])
  assert.not.ok(run.files.has(marker))
})

test('a kubelet that asks its own API server goes on, also where that was the endpoint; it is not restarted', async () => {
  const own = '10.0.0.1:6443'
  const cluster = newCluster(own)
  const files = { [kubeletConf]: conf(own), [managerConf]: conf(own), [adminConf]: conf(own) }
  const run = await rehearse(task(), world(files, cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(String(run.files.get(kubeletConf)?.content), conf(own))
  assert.is(String(run.files.get(managerConf)?.content), conf(own))
  assert.is(String(run.files.get(adminConf)?.content), conf(to))
  assert.equal(cluster.kubelets, [])
})

test('a controller manager that used the former endpoint, as before 1.20, is restarted', async () => {
  const restarted: string[] = []
  const manifest = '/etc/kubernetes/manifests/kube-controller-manager.yaml'
  const files = {
    [kubeletConf]: conf(to),
    [managerConf]: conf(former),
    [manifest]: '    - --secure-port=10257\n',
  }
  const run = await rehearse(
    task(),
    world(files, newCluster(), [
      [
        sentPattern('tasks/kubernetes/kubeadm/restart-static-pod.sh'),
        ({ script }) => {
          restarted.push(/kube-\S+/.exec(script)?.[0] ?? '')
          return ''
        },
      ],
      [/^curl .*healthz/, 'ok'],
    ]),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(restarted, ['kube-controller-manager'])
  // it is healthy also while it reaches no API server: only its own one needs no proof
  assert.is(String(run.files.get(managerConf)?.content), conf('10.0.0.1:6443'))
  assert.not.ok(run.files.has('/etc/coxswain/restart-static-pods'))
})

test('what an interrupted run has left is restarted, and a host that is not a node is left as it is', async () => {
  const cluster = newCluster()
  const run = await rehearse(task(), world({ [kubeletConf]: conf(to), [marker]: 'x' }, cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(cluster.kubelets, [`host https://${to}`])
  assert.is((await rehearse(task(), {})).outcome, 'ok')
})

test('a kubelet that does not renew its lease gets its former kubeconfig back', async () => {
  const cluster = newCluster()
  cluster.deaf.add('host')
  const run = await rehearse(task(), {
    ...world({ [kubeletConf]: conf(former) }, cluster),
    unpredictable: 'whether the kubelet works',
  })
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'so the former one was put back')
  assert.is(String(run.files.get(kubeletConf)?.content), conf(former))
  assert.equal(cluster.kubelets, [`host https://${to}`, `host https://${former}`])
  assert.not.ok(run.files.has(marker))
})

test('nothing is written while the move is not recorded', async () => {
  const files = { [kubeletConf]: conf(former) }
  const run = await rehearse(task(), { files, patterns: repliesOf('host', newCluster()) })
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  assert.match(String(run.error), `the move to ${to} is not recorded on host`)
})

test('a kubelet that an interrupted run has left with the new endpoint, and that does not work, gets the former one', async () => {
  const cluster = newCluster()
  cluster.deaf.add('host')
  const run = await rehearse(task(), {
    ...world({ [kubeletConf]: conf(to), [marker]: 'x' }, cluster),
    unpredictable: 'whether the kubelet works',
  })
  assert.match(String(run.error), 'so the former one was put back')
  assert.is(String(run.files.get(kubeletConf)?.content), conf(former))
  assert.not.ok(run.files.has(marker))
})

test('questions that are not answered for some time do not end the wait', async () => {
  let asked = 0
  const some: Reply = () => {
    asked += 1
    return asked === 2 || asked === 3 ? { code: 1, stderr: 'timed out' } : `2026-01-01T00:00:0${asked}Z`
  }
  const run = await rehearse(
    endpointKubeconfigs({ to, masters, node: 'host', timeout: 9 }),
    world({ [kubeletConf]: conf(former) }, newCluster(), [[/get lease /, some]]),
  )
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a node that was not Ready before need not be', async () => {
  const run = await rehearse(
    task(),
    world({ [kubeletConf]: conf(former) }, newCluster(), [[/get node \S+ -o .*Ready/, 'False']]),
  )
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a kubelet that works with neither is said to have the former one', async () => {
  const run = await rehearse(task(), {
    ...world({ [kubeletConf]: conf(former) }, newCluster(), [[/get lease /, '2026-01-01T00:00:00Z']]),
    unpredictable: 'whether the kubelet works',
  })
  assert.match(String(run.error), 'nor with the former one, which was put back')
  assert.is(String(run.files.get(kubeletConf)?.content), conf(former))
  assert.ok(run.files.has(marker))
})

test('a worker asks through a control-plane node', async () => {
  const cluster = newCluster()
  const run = await rehearse(
    endpointKubeconfigs({ to, masters: [{ name: 'm1', address: '10.0.0.1' }], node: 'w1', via: 'm1' }),
    {
      files: { [kubeletConf]: conf(former) },
      patterns: repliesOf('w1', cluster).filter(([pattern]) => String(pattern).includes('systemctl')),
      others: { m1: { files: { [record]: recordOf([former]) }, patterns: repliesOf('m1', cluster) } },
    },
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['systemctl restart kubelet'])
})
