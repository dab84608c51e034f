import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { apiServerReady, hasEtcdData, kubeadmVersion } from '../../../tasks/kubernetes/facts.ts'
import { loadImages } from '../../../tasks/kubernetes/load-images.ts'
import { resetNode } from '../../../tasks/kubernetes/reset-node.ts'
import { userKubeconfig } from '../../../tasks/kubernetes/user-kubeconfig.ts'
import { clusterInfo, nodeReady, podsRunning } from '../../../tasks/kubernetes/waits.ts'
import { suite } from '../../support/spec.ts'

const test = suite('tasks of a running cluster')

test('load-images: only archives with an image that is not there are loaded', async () => {
  const loaded = new Set(['k8s.gcr.io/pause:3.2'])
  const run = await rehearse(loadImages({ folder: '/opt/images' }), {
    patterns: [
      [
        /^cd \/opt\/images /,
        'etcd.tar\t[{"RepoTags":["k8s.gcr.io/etcd:3.4.13-0"]}]\npause.tar\t[{"RepoTags":["k8s.gcr.io/pause:3.2"]}]\n',
      ],
      [/^ctr -n k8s.io images ls -q$/, () => [...loaded].join('\n')],
      [
        /^ctr -n k8s.io images import /,
        () => {
          loaded.add('k8s.gcr.io/etcd:3.4.13-0')
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands.apply, ['ctr -n k8s.io images import /opt/images/etcd.tar'])
  assert.equal(run.changes, [{ what: 'k8s.gcr.io/etcd:3.4.13-0', to: 'loaded' }])
})

test('load-images: a folder that is not there cannot be known yet', async () => {
  const run = await rehearse(loadImages({ folder: '/opt/images' }), {
    patterns: [
      [/^cd /, { code: 3 }],
      [/^ctr/, ''],
    ],
  })
  assert.is(run.foretold, 'unknown')
})

test('user-kubeconfig: a copy for the user alone', async () => {
  const world: World = {
    files: { '/etc/kubernetes/admin.conf': 'secret of the cluster' },
    patterns: [[/^getent passwd ops/, 'ops:x:1000:1000::/home/ops:/bin/sh\nstaff\n']],
  }
  const run = await rehearse(userKubeconfig({ user: 'ops' }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  const file = run.files.get('/home/ops/.kube/config')
  assert.equal(
    [file?.content, file?.owner, file?.group, file?.mode],
    ['secret of the cluster', 'ops', 'staff', '0600'],
  )
  const nobody = await rehearse(userKubeconfig({ user: 'nobody-here' }), {
    patterns: [[/^getent/, { code: 2 }]],
  })
  assert.match(String(nobody.error), 'there is no user nobody-here')
})

const pod = (name: string, phase: string, ready: boolean) => ({
  metadata: { name },
  status: { phase, containerStatuses: [{ ready }] },
})

test('the waits say what is missing, and change nothing', async () => {
  const pods = JSON.stringify({
    items: [pod('a', 'Running', true), pod('b', 'Pending', false), pod('c', 'Succeeded', false)],
  })
  const run = await rehearse(podsRunning({ timeout: 0 }), { patterns: [[/get pods -o json/, pods]] })
  assert.match(String(run.error), 'not running: b')
  const node = await rehearse(nodeReady({ node: 'm1', timeout: 0 }), {
    patterns: [[/get node m1/, 'False cni plugin not initialized']],
  })
  assert.match(String(node.error), 'node m1 is not Ready: cni plugin not initialized')
  const ready = await rehearse(nodeReady({ node: 'm1' }), {
    patterns: [[/get node m1/, 'True kubelet is posting ready status']],
  })
  assert.is(ready.outcome, 'ok')
  const info = await rehearse(clusterInfo({ endpoint: 'lb:6443', timeout: 0 }), {
    patterns: [[/cluster-info/, 'running at https://other:6443']],
  })
  assert.match(String(info.error), 'names another endpoint')
})

test('facts and probes', async () => {
  const version = await rehearse(kubeadmVersion(), { replies: { 'kubeadm version -o short': 'v1.20.2\n' } })
  assert.is(version.outcome, 'ok')
  const none = await rehearse(kubeadmVersion(), { replies: { 'kubeadm version -o short': { code: 127 } } })
  assert.match(String(none.error), 'kubeadm is not installed')
  assert.is((await rehearse(apiServerReady(), { patterns: [[/^curl/, 'ok']] })).outcome, 'ok')
  assert.is((await rehearse(hasEtcdData(), {})).outcome, 'failed')
})

const trace = {
  '/etc/kubernetes/admin.conf': 'x',
  '/etc/cni/net.d/10-net.conflist': 'x',
  '/var/lib/kubelet/config.yaml': 'x',
}
const ids = ['1', '2', '3']
const members = (count: number): string =>
  JSON.stringify({
    members: ids
      .slice(0, count)
      .map((id) => ({ ID: Number(id), name: `m${id}`, peerURLs: [`https://10.0.0.${id}:2380`] })),
  })

/** A node to be reset, and a survivor that sees so many members, so many of them healthy. */
const resetting = (count: number, healthy: number) => {
  const removed: string[] = []
  const etcd: World['patterns'] = [
    [/member list/, () => members(count)],
    [
      /endpoint health/,
      ids
        .slice(0, healthy)
        .map((id) => `https://10.0.0.${id}:2379 is healthy\n`)
        .join(''),
    ],
    [
      /member remove (\S+)$/,
      ({ script }) => {
        removed.push(script.split(' ').at(-1) ?? '')
        return ''
      },
    ],
    [/delete node host/, ''],
  ]
  const world: World = {
    files: trace,
    patterns: [
      [/^kubeadm reset|^systemctl stop|^for mount|ip link|iptables/, ''],
      [
        /find (\S+) -mindepth 1 -delete/,
        ({ script }, files) => {
          const at = /find (\S+)/.exec(script)?.[1] ?? ''
          for (const path of files.keys()) if (path.startsWith(`${at}/`)) files.delete(path)
          return ''
        },
      ],
      ...etcd,
    ],
    others: { m2: { patterns: etcd } },
  }
  return { world, removed }
}

test('reset-node: a host that has nothing is left alone', async () => {
  const run = await rehearse(resetNode({ address: '10.0.0.1', masters: 'm2' }), {})
  assert.is(run.outcome, 'ok')
})

test('reset-node: the etcd member leaves first, then everything goes', async () => {
  const { world, removed } = resetting(3, 3)
  const run = await rehearse(
    resetNode({ address: '10.0.0.1', masters: 'm2', criSocket: '/run/c.sock' }),
    world,
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(removed, ['1'])
  assert.is(
    run.commands.apply[0],
    'kubeadm reset -f --skip-phases=remove-etcd-member --cri-socket=/run/c.sock',
  )
  assert.equal(
    [...run.files.keys()].filter((path) => path in trace),
    [],
  )
})

test('reset-node: it refuses where the others would lose their quorum, unless it is forced', async () => {
  const { world, removed } = resetting(3, 2)
  const run = await rehearse(resetNode({ address: '10.0.0.1', masters: 'm2' }), world)
  assert.match(String(run.error), 'without host etcd would lose its quorum')
  assert.equal(removed, [])
  const forced = resetting(3, 2)
  const second = await rehearse(
    resetNode({ address: '10.0.0.1', masters: 'm2', force: 'true' }),
    forced.world,
  )
  assert.is(second.outcome, 'changed', String(second.error))
})
