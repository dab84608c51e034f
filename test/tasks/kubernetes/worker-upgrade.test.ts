import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { debug } from '../../../tasks/control/debug.ts'
import { workerNeedsUpgrade, workerUpgrade } from '../../../tasks/kubernetes/worker-upgrade.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('worker-upgrade')

const [from, to] = ['v1.36.3', 'v1.37.2']

interface Fakes {
  readonly running?: string
  readonly kubelet?: string
  readonly kubeadm?: string
  readonly servers?: string
}

/** A worker whose node has the version of its kubelet after a restart. */
const worker = ({
  running = from,
  kubelet = to,
  kubeadm = to,
  servers = `kube-apiserver:${to}`,
}: Fakes = {}) => {
  let version = running
  const world: World = {
    patterns: [
      [/^kubeadm version -o short$/, kubeadm],
      [/^kubelet --version$/, `Kubernetes ${kubelet}`],
      [/^kubeadm upgrade node/, ''],
      [/^systemctl daemon-reload$/, ''],
      [/^systemctl restart kubelet$/, () => ((version = kubelet), '')],
    ],
    others: {
      m1: {
        patterns: [
          [/get node w1 .*kubeletVersion/, () => version],
          [/get pods -l component=kube-apiserver/, servers],
        ],
      },
    },
  }
  return world
}

const task = workerUpgrade({ node: 'w1', via: 'm1', version: to, ignorePreflightErrors: ['Swap'] })

test('kubeadm upgrades the configuration, and the kubelet is restarted', async () => {
  const run = await rehearse(task, worker())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.changes, [{ what: 'kubelet of w1', from, to }])
  assert.equal(
    run.commands.apply.filter((command) => /^(kubeadm upgrade|systemctl)/.test(command)),
    [
      'kubeadm upgrade node --ignore-preflight-errors=Swap',
      'systemctl daemon-reload',
      'systemctl restart kubelet',
    ],
  )
})

test('a worker that has the version, or a newer one, is ok', async () => {
  for (const running of [to, 'v1.37.9']) {
    const run = await rehearse(task, worker({ running }))
    assert.equal([run.outcome, run.commands.apply], ['ok', []])
  }
})

test('other programs than those of the version, and API servers that are older, are refused before anything is changed', async () => {
  for (const [fakes, message] of [
    [{ kubeadm: from }, `kubeadm on host is ${from}, not ${to}`],
    [{ kubelet: from }, `the kubelet installed on host is ${from}, not ${to}`],
    [
      { servers: `kube-apiserver:${to} kube-apiserver:${from}` },
      `would be newer than the API server ${from}`,
    ],
  ] as const) {
    const run = await rehearse(task, { ...worker(fakes), unpredictable: 'an earlier task brings it' })
    assert.is(run.outcome, 'failed')
    assert.match(String(run.error), message)
    assert.not.ok(run.commands.apply.some((command) => /^(kubeadm upgrade|systemctl)/.test(command)))
  }
})

test('a worker that is not a node is an error with what to do', async () => {
  const run = await rehearse(task, worker({ running: '' }))
  assert.is(run.predicted, 'failed')
  assert.match(String(run.error), 'the cluster does not have a node w1')
  assert.match(hintOf(run.error), 'let it join first')
})

test('whether a worker needs an upgrade is asked, not assumed', async () => {
  const ask = async (running: string) =>
    (
      await rehearse(
        debug(
          { show: 'it does' },
          { when: (ctx) => workerNeedsUpgrade(ctx, { node: 'w1', via: 'm1', version: to }) },
        ),
        worker({ running }),
      )
    ).outcome
  assert.equal([await ask(from), await ask(to), await ask('')], ['ok', 'skipped', 'failed'])
})
