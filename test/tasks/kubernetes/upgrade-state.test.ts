import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { upgradeState } from '../../../tasks/kubernetes/upgrade-state.ts'
import { sent } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { files } from './upgrade-world.ts'

const test = suite('upgrade-state')

test('upgrade-state reads a host, and asks its own API server', async () => {
  const run = await rehearse(upgradeState(), {
    files: {
      ...files(),
      '/etc/kubernetes/manifests/kube-apiserver.yaml':
        'image: kube-apiserver:v1.36.3\n- --advertise-address=10.0.0.2\n- --secure-port=7443\n',
    },
    replies: {
      [sent('tasks/kubernetes/upgrade/read-host.sh', 'https://10.0.0.2:7443')]: 'cgroup\t1\nfree\t2048\n',
    },
    patterns: [[/get configmap kubeadm-config/, { code: 1 }]],
  })
  assert.is(run.outcome, 'ok', String(run.error))
})
