import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { editedConfig, endpointRecords } from '../../../tasks/kubernetes/endpoint-records.ts'
import { readYaml } from '../../../tasks/kubernetes/kubeadm/yaml.ts'
import { suite } from '../../support/spec.ts'
import {
  clusterConfig,
  conf,
  former,
  move,
  newCluster,
  record,
  recordOf,
  repliesOf,
  to,
} from './endpoint-world.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('endpoint-records')

const at = { to, port: 6443 }
const world = (cluster = newCluster(), files: Record<string, string> = { [record]: recordOf([former]) }) => ({
  files,
  patterns: repliesOf('host', cluster),
})

test('both ConfigMaps get the endpoint, and no other byte changes', async () => {
  const cluster = newCluster()
  const run = await rehearse(endpointRecords(move), world(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(cluster.config, clusterConfig(to))
  assert.is(cluster.info, conf(to))
})

test('a cluster without cluster-info does not get it, and one that has the endpoint stays', async () => {
  const cluster = { ...newCluster(), info: '' }
  assert.is((await rehearse(endpointRecords(move), world(cluster))).outcome, 'changed')
  assert.is(cluster.info, '')
  assert.is(
    (await rehearse(endpointRecords({ ...move, names: ['x'] }), world(newCluster(to), {}))).outcome,
    'ok',
  )
})

test('names of certificates are added for masters that join; those that are taken out go', () => {
  const lists = { names: ['10.0.0.10', 'a.example'], without: ['old'] }
  const { text, changes } = editedConfig(clusterConfig(former, ['a.example', 'old', 'b']), at, lists)
  assert.equal(readYaml(text, 'x'), readYaml(clusterConfig(to, ['a.example', 'b', '10.0.0.10']), 'x'))
  assert.equal(
    changes.map(({ what }) => what),
    ['controlPlaneEndpoint in kubeadm-config', 'apiServer.certSANs in kubeadm-config'],
  )
  assert.equal(editedConfig(text, at, lists), { text, changes: [] })
})

test('an endpoint of IPv6 is a text, not a list', () => {
  const { text } = editedConfig(
    clusterConfig(former),
    { to: '[fd00::10]:6443', port: 6443 },
    { names: [], without: [] },
  )
  assert.equal(readYaml(text, 'x'), readYaml(clusterConfig("'[fd00::10]:6443'"), 'x'))
})

test('an endpoint without a port is not changed to the same one with it', () => {
  const text = clusterConfig('10.0.0.10')
  assert.equal(editedConfig(text, { to: former, port: 6443 }, { names: [], without: [] }), {
    text,
    changes: [],
  })
})

test('the configuration, which can have secrets, is not an argument of a command', async () => {
  const cluster = newCluster()
  const run = await rehearse(endpointRecords(move), world(cluster))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.ok(run.commands.apply.some((one) => one.includes('ClusterConfiguration')))
})

test('nothing is moved while a master does not know the move, as after --limit', async () => {
  const cluster = newCluster()
  const two = [...move.masters, { name: 'm2', address: '10.0.0.2' }]
  for (const other of [{}, { [record]: recordOf(['10.0.0.9:6443'], former) }]) {
    const run = await rehearse(endpointRecords({ to, masters: two }), {
      ...world(cluster),
      others: { m2: { files: other, patterns: [] } },
    })
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), `the move to ${to} is not recorded on m2`)
    assert.match(hintOf(run.error), 'without --limit')
  }
  assert.is(cluster.config, clusterConfig(former))
})
