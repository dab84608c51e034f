import * as assert from 'uvu/assert'
import {
  sharedNames,
  sharedRuntime,
  sharedTaints,
} from '../../../../tasks/kubernetes/adoption/own-settings.ts'
import type { LivingCluster } from '../../../../tasks/kubernetes/adoption/read-cluster.ts'
import type { LivingMaster } from '../../../../tasks/kubernetes/adoption/read-master.ts'
import { clusterSchema } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('settings that only nodes have')

const master = (name: string, more: Partial<LivingMaster> = {}): LivingMaster => ({
  name,
  address: `10.0.0.${name.slice(1)}`,
  port: 6443,
  nodeIp: undefined,
  criSocket: 'unix:///var/run/containerd/containerd.sock',
  apiNames: [],
  shared: new Map(),
  hasSwap: false,
  rootHasKubeconfig: true,
  otherFlags: [],
  ...more,
})

const living = (taints: Readonly<Record<string, readonly string[]>>): LivingCluster => ({
  document: {},
  version: 'v1.37.2',
  kubelet: {},
  kubeProxy: {},
  missing: [],
  nodes: Object.entries(taints).map(([name, own]) => ({
    name,
    addresses: [],
    ready: true,
    unschedulable: false,
    kubelet: 'v1.37.2',
    runtime: '',
    taints: own,
    controlPlane: true,
  })),
  members: [],
  networks: [],
})

const usual = 'node-role.kubernetes.io/control-plane:NoSchedule'
const two = [master('m1'), master('m2')]

test("kubeadm's taints are not written down, others and none are, and those of the cluster itself do not count", () => {
  const of = (m1: string[], m2: string[] = m1) => sharedTaints(living({ m1, m2 }), two)
  assert.equal(of([usual]), { taints: undefined, findings: [] })
  assert.equal(of([]).taints, [])
  assert.equal(of(['dedicated=a:NoExecute', 'x:NoSchedule']).taints, [
    { key: 'dedicated', value: 'a', effect: 'NoExecute' },
    { key: 'x', effect: 'NoSchedule' },
  ])
  assert.is(of([usual, 'node.kubernetes.io/unschedulable:NoSchedule'], [usual]).taints, undefined)
  const differ = of([usual], [])
  assert.is(differ.taints, undefined)
  assert.equal(
    differ.findings.map(({ subject, what }) => `${subject}: ${what}`),
    [
      `m1: its taints are ${usual}, and those of other masters are not`,
      'm2: its taints are none, and those of other masters are not',
    ],
  )
})

test('the socket of containerd is found by kubeadm; another one is written down with its service', () => {
  assert.equal(sharedRuntime(two), { criSocket: undefined, service: undefined, findings: [] })
  const crio = [
    master('m1', { criSocket: '/var/run/crio/crio.sock' }),
    master('m2', { criSocket: 'unix:///run/crio/crio.sock' }),
  ]
  assert.equal(sharedRuntime(crio), {
    criSocket: 'unix:///run/crio/crio.sock',
    service: 'crio',
    findings: [],
  })
  assert.is(sharedRuntime([master('m1'), ...crio.slice(1)]).findings.length, 2)
})

test('names that all certificates have, beside those that kubeadm makes', () => {
  const names = (one: LivingMaster, ...more: string[]) => [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.hand.example',
    one.name,
    one.address,
    '10.112.0.1',
    'fd00:10:96::1',
    'api.example.test',
    'given.example.test',
    ...more,
  ]
  const cluster = clusterSchema.parse({
    kubernetesVersion: 'v1.37.2',
    controlPlaneEndpoint: 'api.example.test:6443',
    serviceSubnet: '10.112.0.0/16,fd00:10:96::/112',
    certSANs: ['given.example.test'],
  })
  const document = { networking: { dnsDomain: 'hand.example' } }
  const [m1, m2] = [master('m1'), master('m2')]
  const all = [
    { ...m1, apiNames: names(m1, 'all.example.test', 'fd00::9', 'm1.example.test', 'Not A Name') },
    { ...m2, apiNames: names(m2, 'fd00:0::9', 'all.example.test', 'Not A Name') },
  ]
  assert.equal(sharedNames(cluster, document, all), ['all.example.test', 'fd00::9'])
})
