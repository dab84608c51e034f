/** The playbook adopt, and the names that it gives to settings. */
import * as assert from 'uvu/assert'
import { join, resolve } from 'node:path'
import { sourceOf } from '../../engine/dsl/value-source.ts'
import { makePlan } from '../../engine/run/plan/plan.ts'
import { givensOf } from '../../engine/run/plan/planned-steps.ts'
import { openWorkspace } from '../../engine/cli/session/workspace.ts'
import { minimalSettings } from '../../tasks/kubernetes/adoption/minimal.ts'
import { clusterSchema } from '../../tasks/kubernetes/kubeadm/settings.ts'
import adopt from '../../playbooks/adopt.ts'
import haMasters from '../../playbooks/ha-masters.ts'
import {
  adoptedVariables,
  asVariableNames,
  otherVariables,
  variableFaults,
  variablesPath,
} from '../../playbooks/adopt-vars.ts'
import { cluster, controlPlaneVars } from '../../playbooks/control-plane-vars.ts'
import { folderOf } from '../support/folder.ts'
import { optionsWith } from '../support/run-options.ts'
import { suite } from '../support/spec.ts'

const test = suite('playbook adopt')
const place = folderOf(test)

/** Every setting, with a value that is not the default. */
const all = {
  kubernetesVersion: 'v1.37.2',
  controlPlaneEndpoint: 'api.example.test:8443',
  podSubnet: '10.1.0.0/16',
  serviceSubnet: '10.2.0.0/16',
  certSANs: ['a.example.test'],
  bindPort: 7443,
  imageRepository: 'registry.example.test',
  criSocket: 'unix:///run/crio/crio.sock',
  cgroupDriver: 'cgroupfs',
  failSwapOn: false,
  kubeProxyConntrackMaxPerCore: 0,
  apiServer: { extraArgs: { v: '2' }, extraEnvs: { A: 'b' } },
  controllerManager: { extraArgs: { v: '2' } },
  scheduler: { extraVolumes: [{ name: 'a', hostPath: '/a', mountPath: '/a', readOnly: false }] },
  etcd: { quotaBackendBytes: 5, imageTag: 'v1' },
  dns: { disabled: true },
  proxy: { disabled: true },
  kubelet: { maxPods: 50 },
  kubeletExtraArgs: { v: '3' },
  kubeProxy: { metricsBindAddress: '0.0.0.0' },
  featureGates: { A: true },
  taints: [],
  patches: '/etc/patches',
  timeouts: { kubeletHealthCheck: 90 },
  certificateValidityPeriod: '100h',
  caCertificateValidityPeriod: '1000h',
  encryptionAlgorithm: 'RSA-4096',
  imagePullPolicy: 'Never',
  imagePullSerial: false,
  skipPhases: ['addon/coredns'],
  merge: [{ kind: 'ClusterConfiguration', clusterName: 'prod' }],
} as const

test('every setting has a variable of ha-masters, and is the same setting again when that is read', () => {
  const given = clusterSchema.parse(all)
  assert.equal(
    Object.keys(clusterSchema.shape).filter((name) => name !== 'allowUnknownVersion' && !(name in all)),
    [],
  )
  const variables = asVariableNames(minimalSettings(given))
  assert.equal(variableFaults(variables), [])
  assert.equal(
    Object.keys(variables).filter((name) => !(name in controlPlaneVars.shape)),
    [],
  )
  assert.equal(clusterSchema.parse(cluster(controlPlaneVars.parse(variables))), given)
})

test('ha-masters lists its tasks with a document of kubeadm_config_merge that does not say its version', async () => {
  const inventory = place.write(
    'merge/inventory.yaml',
    'all: {vars: {kubernetes_version: v1.37.2, control_plane_endpoint: "a:6443", kubeadm_config_merge: [{kind: ClusterConfiguration, clusterName: prod}]}, children: {masters: {hosts: {m1: {address: 10.0.0.1}}}}}\n',
  )
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [inventory] }))
  assert.ok(makePlan(haMasters, inventoryView, limit).plays.length > 0)
})

const usual = { cluster: {}, containerService: undefined, swap: false, rootHasKubeconfig: true }

test('what ha-masters would change on hosts of others is set as it is there', () => {
  assert.equal(adoptedVariables(usual), { cni_manifest: 'none' })
  assert.equal(
    adoptedVariables({ ...usual, containerService: 'crio', swap: true, rootHasKubeconfig: false }),
    { cni_manifest: 'none', container_service: 'crio', manage_swap: false, kube_users: [] },
  )
  assert.equal(variableFaults({ kubernetes_version: 'v1.37.2', control_plane_endpoint: 'a b' }), [
    'control_plane_endpoint: must be host:port, such as 10.0.0.10:6443',
  ])
})

test('variables of the inventory that ha-masters would apply in the cluster are named', () => {
  const variables = { cni_manifest: 'none', manage_swap: false }
  assert.equal(
    otherVariables(
      { cni_manifest: 'flannel', manage_swap: true, container_service: 'containerd' },
      variables,
    ),
    ['cni_manifest: "flannel"', 'manage_swap: true'],
  )
  assert.equal(
    otherVariables({ cni_manifest: 'none', manage_swap: undefined, container_service: undefined }, variables),
    [],
  )
})

test('the variables are for all hosts, or for one', () => {
  assert.is(variablesPath('/srv/prod'), '/srv/prod/group_vars/all/adopted.yaml')
  assert.is(variablesPath('/srv/prod', 'm1'), '/srv/prod/host_vars/m1/adopted.yaml')
})

test('an inventory of masters and their addresses is enough; its folder is known', async () => {
  const inventory = place.write(
    'prod/inventory.yaml',
    'all: {children: {masters: {hosts: {m1: {address: 10.0.0.1}, m2: {address: 10.0.0.2, node_ip: 10.9.0.2}}}, workers: {hosts: {w1: {}}}}}\n',
  )
  const { inventoryView, limit } = await openWorkspace(optionsWith({ inventory: [inventory] }))
  assert.is(inventoryView.hosts.get('m1')?.inventoryFolder, resolve(join(place.path, 'prod')))
  const { plays } = makePlan(adopt, inventoryView, limit)
  assert.is(plays.length, 1)
  const [step] = givensOf(plays[0]?.candidates.get('m1')?.steps ?? [])
  const source = step?.sources['found']
  assert.ok(source)
  assert.equal(JSON.parse(JSON.stringify(source && sourceOf(source).task.params)), {
    masters: [
      { name: 'm1', address: '10.0.0.1', advertised: false },
      { name: 'm2', address: '10.0.0.2', advertised: false, nodeIp: '10.9.0.2' },
    ],
    workers: ['w1'],
    loadBalancers: [],
  })
})
