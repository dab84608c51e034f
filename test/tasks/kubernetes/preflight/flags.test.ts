/** Arguments of the inventory that the release no longer knows: found by preflight. */
import * as assert from 'uvu/assert'
import { preflightFindings } from '../../../../tasks/kubernetes/preflight/findings.ts'
import type { Wanted } from '../../../../tasks/kubernetes/preflight/wanted.ts'
import { suite } from '../../../support/spec.ts'
import { found, healthy, wanted } from './a-host.ts'

const test = suite('preflight of arguments')

const args: Wanted['arguments'] = {
  apiServer: {
    'insecure-port': '0',
    'audit-log-path': '/var/log/audit',
    'service-account-api-audiences': 'a',
  },
  controllerManager: { 'pod-eviction-timeout': '5m' },
  scheduler: { logtostderr: 'false' },
  etcd: { 'experimental-initial-corrupt-check': 'true' },
  kubelet: { containerd: '/run/containerd/containerd.sock', 'max-pods': '50' },
}

test('each with the release in which it went', () => {
  assert.equal(found({}, { arguments: args }), [
    'fault inventory: --insecure-port in api_server.extraArgs: the API server does not know it from v1.24 on',
    'fault inventory: --service-account-api-audiences in api_server.extraArgs: the API server does not know it from v1.25 on',
    'fault inventory: --pod-eviction-timeout in controller_manager.extraArgs: the controller manager does not know it from v1.27 on',
    'fault inventory: --logtostderr in scheduler.extraArgs: the scheduler does not know it from v1.26 on',
    'fault inventory: --experimental-initial-corrupt-check in etcd.extraArgs: etcd does not know it from 3.7 on',
    'fault inventory: --containerd in kubelet_extra_args: the kubelet does not know it from v1.37 on',
  ])
})

test('arguments of etcd are those of its own image', () => {
  const etcd = { etcd: { 'experimental-initial-corrupt-check': 'true' } }
  assert.equal(found({}, { arguments: etcd, etcdTag: '3.6.8-0' }), [])
  assert.equal(found({}, { arguments: { etcd: { proxy: 'on' } }, etcdTag: '3.6.8-0' }), [
    'fault inventory: --proxy in etcd.extraArgs: etcd does not know it from 3.6 on',
  ])
})

test('the way out names what takes its place', () => {
  const cures = preflightFindings([{ host: 'm1', value: healthy }], { ...wanted, arguments: args }).map(
    ({ cure }) => cure,
  )
  assert.equal(cures.slice(0, 2), [
    'remove it from the inventory: a program with an unknown argument ends at once',
    'write --api-audiences in its place: a program with an unknown argument ends at once',
  ])
})

test('a release that knows them, and feature gates that are gone', () => {
  const programs = { ...healthy.programs, kubelet: 'v1.23.17' }
  const version = 'v1.23.17'
  const states = [{ host: 'm1', value: { ...healthy, programs } }]
  assert.equal(preflightFindings(states, { ...wanted, version, arguments: args }), [])
  assert.equal(
    found(
      {},
      {
        arguments: { apiServer: { 'feature-gates': ['SidecarContainers=true', 'AllAlpha=false'] } },
        kubeletGates: { JobSuccessPolicy: true },
      },
    ),
    [
      'fault inventory: the feature gate SidecarContainers in api_server.extraArgs: the API server does not know it from v1.37 on',
      'fault inventory: the feature gate JobSuccessPolicy in kubelet.featureGates: the kubelet does not know it from v1.37 on',
    ],
  )
})
