import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { workerCanLeave } from '../../../tasks/kubernetes/worker-can-leave.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { ca, joinedFiles, kubeconfig, selfSigned, unfinished, workerWorld } from './worker-world.ts'

const test = suite('worker-can-leave')

const task = workerCanLeave({ via: 'm1', name: 'w1' })

test('a worker of the cluster can leave, also one whose join or reset was interrupted, or that was removed before', async () => {
  for (const files of [
    joinedFiles,
    {},
    { '/etc/kubernetes/pki/ca.crt': ca },
    { ...unfinished, '/etc/kubernetes/bootstrap-kubelet.conf': kubeconfig() },
    { ...joinedFiles, '/etc/kubernetes/kubelet.conf': kubeconfig(`${selfSigned('/CN=kubernetes')}${ca}`) },
  ]) {
    const run = await rehearse(task, workerWorld({ files }).world)
    assert.is(run.outcome, 'ok', String(run.error))
    assert.equal(run.commands.apply, [])
  }
})

test('a host of another cluster, of another name, or with a control plane is refused by name, also under --check', async () => {
  const other = selfSigned('/CN=kubernetes')
  for (const [files, message, hint] of [
    [
      { ...joinedFiles, '/etc/kubernetes/kubelet.conf': kubeconfig(other) },
      'is a node of another cluster, that of https://10.0.0.10:6443',
      'take host out of the group removed_workers',
    ],
    [
      { '/etc/kubernetes/bootstrap-kubelet.conf': kubeconfig(other) },
      'is a node of another cluster',
      'removed_workers',
    ],
    // what a reset that was interrupted has left
    [{ '/etc/kubernetes/pki/ca.crt': other }, 'is a node of another cluster', 'removed_workers'],
    [
      { ...joinedFiles, '/etc/kubernetes/pki/ca.crt': 'x', '/etc/kubernetes/kubelet.conf': 'server: x' },
      'the authority that the kubelet of host trusts cannot be read',
      'certificate-authority-data',
    ],
    [
      {
        ...joinedFiles,
        '/var/lib/kubelet/pki/kubelet-client-current.pem': selfSigned('/O=system:nodes/CN=system:node:w9'),
      },
      'host is the node w9 of this cluster, not w1',
      'give the host the name w9 in the inventory',
    ],
    [
      { ...joinedFiles, '/etc/kubernetes/manifests/kube-apiserver.yaml': 'pod' },
      'is a control-plane node',
      'remove-master',
    ],
  ] as const) {
    const run = await rehearse(task, workerWorld({ files, node: true }).world)
    assert.equal([run.predicted, run.outcome, run.commands.apply], ['failed', 'failed', []], message)
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
  }
})

test('bad parameters are refused', () => {
  assert.throws(() => workerCanLeave({ via: 'm1', name: 'W1' }), 'lower-case')
})
