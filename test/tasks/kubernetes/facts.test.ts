import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { apiServerReady, hasEtcdData, kubeadmVersion } from '../../../tasks/kubernetes/facts.ts'
import { suite } from '../../support/spec.ts'

const test = suite('facts')

test('facts and probes', async () => {
  const version = await rehearse(kubeadmVersion(), { replies: { 'kubeadm version -o short': 'v1.20.2\n' } })
  assert.is(version.outcome, 'ok')
  const none = await rehearse(kubeadmVersion(), { replies: { 'kubeadm version -o short': { code: 127 } } })
  assert.match(String(none.error), 'kubeadm is not installed')
  assert.is((await rehearse(apiServerReady(), { patterns: [[/^curl/, 'ok']] })).outcome, 'ok')
  assert.is((await rehearse(hasEtcdData(), {})).outcome, 'failed')
})

test('the API server is queried at the port of its own pod, and through kubectl if curl fails', async () => {
  const files = {
    '/etc/kubernetes/manifests/kube-apiserver.yaml': '    - --secure-port=7443\n',
    '/etc/kubernetes/admin.conf': 'x',
  }
  const asked = await rehearse(apiServerReady(), {
    files,
    patterns: [[/^curl .*https:\/\/127\.0\.0\.1:7443\/readyz/, 'ok']],
  })
  assert.is(asked.outcome, 'ok', String(asked.error))
  const closed = await rehearse(apiServerReady(), {
    files,
    patterns: [
      [/^curl/, { code: 22 }],
      [/--server https:\/\/127\.0\.0\.1:7443 get --raw \/healthz/, 'ok'],
    ],
  })
  assert.is(closed.outcome, 'ok', String(closed.error))
})
