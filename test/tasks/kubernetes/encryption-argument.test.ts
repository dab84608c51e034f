import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { encryptionArgument } from '../../../tasks/kubernetes/encryption-argument.ts'
import { suite } from '../../support/spec.ts'

const test = suite('encryption-argument')

const file = '/etc/kubernetes/pki/encryption.yaml'
const task = encryptionArgument({ file, address: '10.0.0.1' })
const kubectl =
  'kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout=15s --server https://10.0.0.1:6443'

/** A cluster that keeps this ClusterConfiguration; `sent` has what replaced it. */
const world = (ClusterConfiguration: string) => {
  let text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'kubeadm-config', namespace: 'kube-system', resourceVersion: '7' },
    data: { ClusterConfiguration },
  })
  const sent: string[] = []
  const given: World = {
    replies: { [`${kubectl} -n kube-system get configmap kubeadm-config -o json`]: () => text },
    patterns: [
      [
        /^kubectl .* replace -f -$/,
        ({ stdin }) => {
          text = stdin ?? ''
          sent.push(text)
          return ''
        },
      ],
    ],
  }
  return { given, sent }
}

const head = 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n'

test('the argument comes into kubeadm-config, and not over a change of others', async () => {
  const { given, sent } = world(`${head}clusterName: c\n`)
  const run = await rehearse(task, given)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: 'encryption-provider-config in kubeadm-config', from: undefined, to: file },
  ])
  assert.match(sent[0] ?? '', '"resourceVersion":"7"')
  assert.match(sent[0] ?? '', `value: ${file}`)
  assert.match(sent[0] ?? '', 'clusterName: c')
})

test('a cluster that has it is left as it is', async () => {
  const { given } = world(
    `${head}apiServer:\n  extraArgs:\n  - name: encryption-provider-config\n    value: ${file}\n`,
  )
  assert.is((await rehearse(task, given)).outcome, 'ok')
})

test('a ConfigMap without a ClusterConfiguration is refused', async () => {
  const { given } = world('kind: Other\n')
  const run = await rehearse(task, given)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'does not have a ClusterConfiguration')
})
