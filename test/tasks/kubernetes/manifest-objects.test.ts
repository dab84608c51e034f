/** What is read from manifests of pod networks, and what is changed in them. */
import * as assert from 'uvu/assert'
import { heldBack } from '../../../tasks/kubernetes/networks/held-back.ts'
import {
  filesIn,
  isLarge,
  keyOf,
  objectText,
  objectsIn,
} from '../../../tasks/kubernetes/networks/manifest-objects.ts'
import { networksFault } from '../../../tasks/kubernetes/networks/manifest-networks.ts'
import { withFlannelMtu } from '../../../tasks/kubernetes/networks/flannel.ts'
import { suite } from '../../support/spec.ts'

const test = suite('manifests of pod networks')

test('objects are those of all documents and of lists', () => {
  const text = `kind: Namespace
apiVersion: v1
metadata: { name: net }
---
# nothing
---
apiVersion: v1
kind: List
items: [{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: a, namespace: net } }]
`
  assert.equal(objectsIn(text).map(objectText), ['Namespace net', 'DaemonSet net/a'])
})

test('one key for one object, whatever the version of its API', () => {
  const one = { apiVersion: 'policy/v1beta1', kind: 'X', namespace: 'default', name: 'a' }
  assert.is(keyOf(one), keyOf({ ...one, apiVersion: 'policy/v1', namespace: '' }))
  assert.not.equal(keyOf(one), keyOf({ ...one, apiVersion: 'other/v1' }))
})

test('DaemonSets get the strategy OnDelete, and no other byte is changed', () => {
  const text = `kind: DaemonSet
spec:
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 2 }
  # octal for kubectl
  template: { mode: 0400, on: yes }
---
kind: Deployment
spec: { updateStrategy: 1 }
---
kind: DaemonSet
spec:
    template: 1
`
  assert.is(
    heldBack(text),
    `kind: DaemonSet
spec:
  "updateStrategy": {"type": "OnDelete"}
  # octal for kubectl
  template: { mode: 0400, on: yes }
---
kind: Deployment
spec: { updateStrategy: 1 }
---
kind: DaemonSet
spec:
    "updateStrategy": {"type": "OnDelete"}
    template: 1
`,
  )
  const json = '{"kind":"List","items":[{"kind":"DaemonSet","spec":{"template":{}}}]}'
  assert.equal(JSON.parse(heldBack(json)), {
    kind: 'List',
    items: [{ kind: 'DaemonSet', spec: { updateStrategy: { type: 'OnDelete' }, template: {} } }],
  })
})

test('files are those that pods write into /etc/cni/net.d; long lines cost little', () => {
  assert.equal(
    filesIn(
      'args: [-f, /etc/cni/net.d/10-flannel.conflist]\nx: net-conf.json, 05-cilium.conf and calico-kubeconfig',
    ),
    ['05-cilium.conf', '10-flannel.conflist', 'calico-kubeconfig'],
  )
  assert.equal(filesIn('x'.repeat(1_000_000)), [])
  assert.equal(filesIn('a-'.repeat(500_000)), [])
})

test('an object too large for an annotation is large', () => {
  assert.ok(isLarge(`a: "${'x'.repeat(200_001)}"\n`))
  assert.not(isLarge('a: 1\n'))
})

for (const [name, text, place] of [
  ['calico', 'env: [{ name: CALICO_IPV4POOL_CIDR, value: "192.168.0.0/16" }]', 'CALICO_IPV4POOL_CIDR'],
  [
    'an Installation of calico',
    'kind: Installation\nspec: { calicoNetwork: { ipPools: [{ cidr: 192.168.0.0/16 }] } }',
    'ipPools of the Installation',
  ],
  ['cilium', 'kind: ConfigMap\ndata: { cluster-pool-ipv4-cidr: "192.168.0.0/16" }', 'cluster-pool-ipv4-cidr'],
] as const) {
  test(`${name}: a network of pods that is not in that of the cluster is found`, () => {
    assert.is(
      networksFault(text, '10.9.0.0/16'),
      `${place} has 192.168.0.0/16 in it, and the pods have 10.9.0.0/16`,
    )
    assert.is(networksFault(text, '192.168.0.0/16'), undefined)
    // a part of it
    assert.is(networksFault(text, '10.9.0.0/16,192.0.0.0/8'), undefined)
  })
}

test('a network that names none is not judged', () => {
  assert.is(networksFault('kind: DaemonSet\nmetadata: { name: kube-router }\n', '10.9.0.0/16'), undefined)
})

test('the MTU is written into the configuration of flannel, where it has a place', () => {
  const text = '      "Backend": {\n        "Type": "vxlan"\n      }\n'
  assert.is(
    withFlannelMtu(text, 1400),
    '      "Backend": {\n        "Type": "vxlan",\n        "MTU": 1400\n      }\n',
  )
  assert.is(withFlannelMtu('"Backend": {}', 1400), undefined)
})
