import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { debug } from '../../../tasks/control/debug.ts'
import { kubeletNeedsUpgrade, kubeletUpgrade } from '../../../tasks/kubernetes/kubelet-upgrade.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster } from './etcd-world.ts'
import { files, from, members, to } from './upgrade-world.ts'

const test = suite('kubelet-upgrade')

/** A host whose node has a version, and another one after a restart of the kubelet. */
const kubelet = (said = to, answer = true) => {
  const { patterns } = etcdCluster(members())
  let [running, restarts] = [from, 0]
  const all: NonNullable<World['patterns']> = [
    ...patterns,
    [/get node m1 -o/, () => (answer ? `${running} True` : { code: 1 })],
    [/^kubelet --version$/, `Kubernetes ${said}`],
    [/^curl .*readyz/, 'ok'],
    [/^systemctl daemon-reload$/, ''],
    [
      /^systemctl restart kubelet$/,
      () => {
        restarts += 1
        running = said
        return ''
      },
    ],
  ]
  return { patterns: all, restarts: () => restarts }
}
const kubeletTask = (version = to) => kubeletUpgrade({ node: 'm1', version, address: '10.0.0.1' })

test('a kubelet within a minor release is restarted, and looked at until everything works', async () => {
  const { patterns, restarts } = kubelet('v1.36.9')
  const run = await rehearse(kubeletTask('v1.36.9'), { files: files(), patterns })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'kubelet of m1', from, to: 'v1.36.9' }])
  assert.is(restarts(), 1)
})

test('a kubelet that runs with the version, or a newer one, is not restarted', async () => {
  for (const version of [from, 'v1.35.1']) {
    const { patterns, restarts } = kubelet()
    const run = await rehearse(kubeletTask(version), { files: files(), patterns })
    assert.equal([run.outcome, restarts()], ['ok', 0])
  }
})

test('another kubelet than that of the version is not restarted, and neither is one whose node is not known', async () => {
  const { patterns, restarts } = kubelet(from)
  const run = await rehearse(kubeletTask(), {
    files: files(),
    patterns,
    unpredictable: 'an earlier task installs it',
  })
  assert.match(String(run.error), `the kubelet installed on host is ${from}, not ${to}`)
  const silent = await rehearse(kubeletTask(), { files: files(), patterns: kubelet(to, false).patterns })
  assert.match(String(silent.error), 'the API server of host does not say which kubelet m1 has')
  assert.is(restarts(), 0)
})

test('whether a kubelet needs an upgrade is asked, not assumed', async () => {
  const ask = async (answer: boolean, version: string) =>
    rehearse(
      debug(
        { show: 'it does' },
        { when: (ctx) => kubeletNeedsUpgrade(ctx, { node: 'm1', version, address: '10.0.0.1', port: 6443 }) },
      ),
      { files: files(), patterns: kubelet(to, answer).patterns },
    )
  assert.equal([(await ask(true, to)).outcome, (await ask(true, from)).outcome], ['ok', 'skipped'])
  const silent = await ask(false, to)
  assert.is(silent.outcome, 'failed')
  assert.match(String(silent.error), 'the API server of host does not say which kubelet m1 has')
})
