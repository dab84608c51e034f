/** The service account key is replaced as the playbook does it, in a run that is cut off at every command. */
import * as assert from 'uvu/assert'
import { serviceAccountControllers } from '../../../../tasks/kubernetes/service-account-controllers.ts'
import { serviceAccountKeep } from '../../../../tasks/kubernetes/service-account-keep.ts'
import { serviceAccountPrepare } from '../../../../tasks/kubernetes/service-account-prepare.ts'
import { serviceAccountSecrets } from '../../../../tasks/kubernetes/service-account-secrets.ts'
import { serviceAccountStage } from '../../../../tasks/kubernetes/service-account-stage.ts'
import { serviceAccountTokens } from '../../../../tasks/kubernetes/service-account-tokens.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'
import {
  masters,
  names,
  nodes,
  old,
  privatePath,
  publicPath,
  recordPath,
  restartsPath,
  serviceAccountCluster,
} from '../service-account-world.ts'

const test = suite('a rotation of the service account key that is cut off')

const own = { masters }
const stage = (which: 'both' | 'new signs' | 'new') =>
  names.map(
    (name) => [name, serviceAccountStage({ ...own, nodes: ['w1'], stage: which, settle: 0 })] as const,
  )
const tokens = serviceAccountTokens({ masters })

/** What the playbook does, in its order. */
const tasks = [
  ...names.map(
    (name) =>
      [
        name,
        serviceAccountPrepare({ ...own, nodes: ['w1'], madeBefore: '2026-11-01', renewSecrets: true }),
      ] as const,
  ),
  ...stage('both'),
  ...stage('new signs'),
  ...names.map((name) => [name, serviceAccountControllers(own)] as const),
  ['m1', serviceAccountSecrets({ ...own, renew: true })] as const,
  ...nodes.map((name) => [name, tokens] as const),
  ...stage('new'),
  ...names.map((name) => [name, serviceAccountKeep(own)] as const),
]

type Cluster = ReturnType<typeof serviceAccountCluster>

/** A run, which ends where a task fails. A kubelet gets new tokens after each task. */
const run = async (cluster: Cluster): Promise<string[]> => {
  const outcomes: string[] = []
  for (const [index, [name, task]] of tasks.entries()) {
    const { outcome, error } = await cluster.execute(name, task)
    outcomes.push(outcome)
    if (outcome === 'failed') return [...outcomes, String(error)]
    // not of the worker: its tokens are those that a run must find
    if (Math.random() < 0.3) cluster.refresh(names[index % 3] ?? 'm1')
  }
  return outcomes
}

/** Every tenth command in a usual run, another one each time; with `PROPERTY_RUNS=1`, all. */
const step = Math.round(100 / propertyRuns(100).numRuns)

test('cut off at any command, the next run completes it, and no token in use is refused', async () => {
  const undisturbed = serviceAccountCluster({ secrets: { 'kube-system/ci': old.id } })
  await run(undisturbed)
  const { count } = undisturbed.cut
  assert.ok(count > 40, String(count))
  for (let at = 1 + Math.floor(Math.random() * step); at <= count - 2; at += step) {
    const cluster = serviceAccountCluster({ secrets: { 'kube-system/ci': old.id } })
    cluster.cut.at = at
    const first = await run(cluster)
    cluster.cut.at = undefined
    const place = `command ${at}`
    assert.is(first.at(-2), 'failed', place)
    // the kubelet starts programs again that end meanwhile, with what their files have now
    for (const name of names) if (Math.random() < 0.5) cluster.crash(name)
    assert.equal(cluster.refused, [], place)
    const second = await run(cluster)
    assert.not.ok(second.includes('failed'), `${place}: ${second.join()}`)
    assert.equal(cluster.refused, [], place)
    const key = cluster.fileOn('m1', privatePath)
    const text = cluster.fileOn('m1', publicPath)
    const [server] = cluster.servers.values()
    for (const name of names) {
      assert.is(cluster.fileOn(name, privatePath), key)
      assert.is(cluster.fileOn(name, publicPath), text)
      assert.type(cluster.fileOn(name, recordPath), 'undefined')
      assert.type(cluster.fileOn(name, restartsPath), 'undefined')
      assert.equal(cluster.servers.get(name), { accepted: [server?.signer], signer: server?.signer }, place)
    }
    for (const pod of cluster.pods) assert.is(pod.key, server?.signer, place)
  }
})
