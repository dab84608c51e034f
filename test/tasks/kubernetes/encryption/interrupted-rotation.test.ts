/** A key of encryption at rest is replaced as the playbook does it, in a run that is cut off at every command. */
import * as assert from 'uvu/assert'
import { encryptionKeep } from '../../../../tasks/kubernetes/encryption-keep.ts'
import { encryptionPrepare } from '../../../../tasks/kubernetes/encryption-prepare.ts'
import { encryptionRewrite } from '../../../../tasks/kubernetes/encryption-rewrite.ts'
import { encryptionStage } from '../../../../tasks/kubernetes/encryption-stage.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'
import {
  encryptionCluster,
  file,
  manifestOf,
  manifestPath,
  names,
  recordPath,
  restartsPath,
} from '../encryption-world.ts'

const test = suite('a rotation of keys that is cut off')

const own = { masters: [...names], address: '10.0.0.1' }
const stage = (which: 'both' | 'new first' | 'new') =>
  names.map((name) => [name, encryptionStage({ ...own, stage: which })] as const)

/** What the playbook does, in its order. */
const tasks = [
  ...names.map((name) => [name, encryptionPrepare({ ...own, madeBefore: '2026-11-01', file })] as const),
  ...stage('both'),
  ...stage('new first'),
  ['m1', encryptionRewrite(own)] as const,
  ...stage('new'),
  ...names.map((name) => [name, encryptionKeep({ masters: own.masters })] as const),
]

type Cluster = ReturnType<typeof encryptionCluster>

/** A run, which ends where a task fails. Others write through each API server after each task. */
const run = async (cluster: Cluster): Promise<string[]> => {
  const outcomes: string[] = []
  for (const [name, task] of tasks) {
    const { outcome, error } = await cluster.execute(name, task)
    outcomes.push(outcome)
    if (outcome === 'failed') return [...outcomes, String(error)]
    for (const writer of names) cluster.write(writer, `/registry/secrets/default/by-${writer}`)
  }
  return outcomes
}

const made = {
  'a key is replaced': (reloads: boolean): Cluster => encryptionCluster({ reloads }),
  'a cluster begins to encrypt': (reloads: boolean): Cluster => {
    const files = Object.fromEntries(names.map((name) => [name, { [manifestPath]: manifestOf() }]))
    const cluster = encryptionCluster({ files, reloads })
    for (const one of cluster.connections.values()) one.files.delete(file)
    return cluster
  },
}

/** Every tenth command in a usual run, another one each time; with `PROPERTY_RUNS=1`, all. */
const step = Math.round(100 / propertyRuns(100).numRuns)

for (const [title, make] of Object.entries(made))
  test(`${title}: cut off at any command, the next run completes it, and everything can be read all the time`, async () => {
    const undisturbed = make(false)
    await run(undisturbed)
    const { count } = undisturbed.cut
    assert.ok(count > 30, String(count))
    for (let at = 1 + Math.floor(Math.random() * step); at <= count; at += step) {
      // whether API servers read a changed file by themselves
      const cluster = make(Math.random() < 0.5)
      cluster.cut.at = at
      const first = await run(cluster)
      cluster.cut.at = undefined
      const place = `command ${at}`
      assert.is(first.at(-2), 'failed', place)
      // the kubelet starts an API server again that ends meanwhile, with what its files have now
      for (const name of names) if (Math.random() < 0.5) cluster.crash(name)
      for (const name of names) cluster.write(name, `/registry/secrets/default/between-${name}`)
      assert.equal(cluster.unreadable, [], place)
      const second = await run(cluster)
      assert.not.ok(second.includes('failed'), `${place}: ${second.join()}`)
      assert.equal(cluster.unreadable, [], place)
      const text = cluster.fileOn('m1', file)
      for (const name of names) {
        assert.is(cluster.fileOn(name, file), text)
        assert.type(cluster.fileOn(name, recordPath), 'undefined')
        assert.type(cluster.fileOn(name, restartsPath), 'undefined')
      }
      for (const value of cluster.values.values()) assert.match(value, /^k8s:enc:secretbox:v1:key-/)
    }
  })
