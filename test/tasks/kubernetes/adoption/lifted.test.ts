import * as assert from 'uvu/assert'
import { liftedArguments, liftedKubeletArguments } from '../../../../tasks/kubernetes/adoption/lifted.ts'
import { suite } from '../../../support/spec.ts'
import { pod } from '../reconfigure-world.ts'

const test = suite('arguments that all masters have')

const usual = ['--etcd-servers=https://127.0.0.1:2379', '--profiling=false']
const pair = (there: readonly string[], wanted: readonly string[] = usual) => ({
  there: pod('kube-apiserver', { words: there }),
  wanted: pod('kube-apiserver', { words: wanted }),
})

test('those that were added or changed on each of them are settings, with all their values', () => {
  const there = [usual[0] ?? '', '--profiling=true', '--v=4', '--a=1', '--a=2', '--flag']
  assert.equal(liftedArguments('kube-apiserver', [pair(there), pair(there)]), {
    profiling: 'true',
    v: '4',
    a: ['1', '2'],
    flag: 'true',
  })
})

test('a value can be the next word', () => {
  const there = [...usual, '--audit-policy-file', '/etc/a.yaml', '--flag']
  assert.equal(liftedArguments('kube-apiserver', [pair(there)]), {
    'audit-policy-file': '/etc/a.yaml',
    flag: 'true',
  })
})

test('one that a master lacks, or has with another value, is not', () => {
  assert.equal(liftedArguments('kube-apiserver', [pair([...usual, '--v=4']), pair(usual)]), {})
  assert.equal(liftedArguments('kube-apiserver', [pair([...usual, '--v=4']), pair([...usual, '--v=5'])]), {})
  // what kubeadm would write by itself on one of them
  assert.equal(
    liftedArguments('kube-apiserver', [
      pair([...usual, '--v=4']),
      pair([...usual, '--v=4'], [...usual, '--v=4']),
    ]),
    {},
  )
})

test('not those that cannot change in a living cluster, can be secret, or are of the first start of etcd', () => {
  const there = [
    '--etcd-servers=https://10.0.0.9:2379',
    '--profiling=false',
    '--encryption-provider-config=/etc/x',
    '--client-secret=geheim',
  ]
  assert.equal(liftedArguments('kube-apiserver', [pair(there)]), {})
  const etcd = { there: pod('etcd', { words: ['--initial-cluster-token=x'] }), wanted: pod('etcd') }
  assert.equal(liftedArguments('etcd', [etcd]), {})
})

test('arguments of kubelets, without those that follow from the host', () => {
  const flags = (text: string) => `KUBELET_KUBEADM_ARGS="${text}"\n`
  const one = {
    there: flags('--node-ip=10.0.0.1 --v=3 --container-runtime-endpoint=unix:///x --a=1'),
    wanted: flags('--node-ip=10.0.0.9'),
  }
  assert.equal(liftedKubeletArguments([one, { ...one, there: one.there.replace(' --a=1', '') }]), { v: '3' })
})
