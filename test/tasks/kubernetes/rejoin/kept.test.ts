/** What a node keeps of its former Node object. */
import * as assert from 'uvu/assert'
import type { NodeObject } from '../../../../tasks/kubernetes/nodes/node.ts'
import { keptOf, patchFor } from '../../../../tasks/kubernetes/rejoin/kept.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('what a node keeps of its former Node')

const node = (changed: Partial<NodeObject> = {}): NodeObject => ({
  name: 'm1',
  cordoned: false,
  marked: false,
  reports: true,
  labels: {},
  annotations: {},
  taints: [],
  resourceVersion: '1',
  ...changed,
})
const from = { name: 'm1', address: '10.0.0.1', peer: '10.0.0.1' }

test('labels and annotations of the user are kept, and not those that programs set, or that have the former name or address', () => {
  const kept = keptOf(
    node({
      labels: {
        'kubernetes.io/hostname': 'm1',
        'kubernetes.io/os': 'linux',
        'beta.kubernetes.io/arch': 'amd64',
        'node-role.kubernetes.io/control-plane': '',
        'topology.kubernetes.io/zone': 'a',
        rack: '7',
      },
      annotations: {
        'flannel.alpha.coreos.com/public-ip': '10.0.0.1',
        'projectcalico.org/IPv4Address': '10.0.0.1/24',
        'csi.volume.kubernetes.io/nodeid': '{}',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        'kubeadm.alpha.kubernetes.io/cri-socket': 'x',
        'node.alpha.kubernetes.io/ttl': '0',
        'coxswain/cordoned': 'true',
        'example.org/at': 'https://10.0.0.1/',
        'example.org/self': 'm1',
        'example.org/owner': 'ops of m10',
      },
    }),
    from,
  )
  assert.equal(kept.labels, {
    'node-role.kubernetes.io/control-plane': '',
    'topology.kubernetes.io/zone': 'a',
    rack: '7',
  })
  assert.equal(kept.annotations, { 'example.org/owner': 'ops of m10' })
})

test('taints of the user are kept, and not those of the state of the node', () => {
  const taints = [
    { key: 'dedicated', value: 'infra', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' },
    { key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule' },
  ]
  assert.equal(keptOf(node({ taints }), from).taints, taints.slice(0, 1))
})

test('the cordon of an administrator is kept, and not that of a drain', () => {
  assert.is(keptOf(node({ cordoned: true }), from).cordoned, true)
  assert.is(keptOf(node({ cordoned: true, marked: true }), from).cordoned, false)
})

const kept = {
  labels: { rack: '7' },
  annotations: { owner: 'ops' },
  taints: [{ key: 'dedicated', effect: 'NoSchedule' }],
  cordoned: true,
}

test('the new Node gets all of it, keeps the taints of its state, and loses those that its former Node did not have', () => {
  const state = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
  const fresh = node({
    taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }, state],
  })
  assert.equal(patchFor(fresh, kept), {
    labels: { rack: '7' },
    annotations: { owner: 'ops' },
    spec: { taints: [...kept.taints, state], unschedulable: true },
  })
})

test('a Node that has all of it is left as it is, whatever the order of its taints', () => {
  const taints = [
    { key: 'b', effect: 'NoExecute' },
    { key: 'a', value: 'x', effect: 'NoSchedule' },
  ]
  const there = node({
    labels: { rack: '7', more: 'x' },
    annotations: { owner: 'ops' },
    taints,
    cordoned: true,
  })
  assert.is(patchFor(there, { ...kept, taints: taints.toReversed() }), undefined)
})

test('a new Node that the drain of an interrupted run has cordoned takes pods again', () => {
  const cordoned = node({ cordoned: true, marked: true })
  assert.equal(patchFor(cordoned, { labels: {}, annotations: {}, taints: [], cordoned: false }), {
    labels: {},
    annotations: { 'coxswain/cordoned': null },
    spec: { unschedulable: null },
  })
})
