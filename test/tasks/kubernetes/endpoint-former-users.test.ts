import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { endpointFormerUsers } from '../../../tasks/kubernetes/endpoint-former-users.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { move, newCluster, repliesOf, to } from './endpoint-world.ts'
import { shownBy } from './shown-by.ts'

const test = suite('endpoint-former-users')

const program = sentPattern('tasks/kubernetes/endpoint-connections.sh')
const rows = (...all: readonly (readonly string[])[]): string =>
  all.map((one) => `${one.join('\t')}\0`).join('')
const world = (more: NonNullable<World['patterns']> = [], cluster = newCluster()): World => ({
  files: {},
  patterns: [
    ...more,
    [program, 'api.example.org\t10.0.0.20\n0A00000A:192B\n1400000A:192B\n'],
    [
      /get daemonsets,deployments,statefulsets /,
      rows(
        ['DaemonSet', 'kube-system', 'cilium', '10.0.0.10 6443'],
        ['DaemonSet', 'kube-system', 'x', '10.0.0.100 110.0.0.10'],
      ),
    ],
    [
      /get configmaps /,
      rows(
        ['ConfigMap', 'kube-system', 'kube-proxy', 'https://10.0.0.10:6443'],
        ['ConfigMap', 'kube-system', 'own', '{"a":"https://10.0.0.10:6443/"}'],
      ),
    ],
    ...repliesOf('host', cluster),
  ],
})

test('connections of the host and objects of the cluster are named', async () => {
  assert.equal(await shownBy(endpointFormerUsers({ ...move, workloads: true }), world()), [
    'host has 1 connection to 10.0.0.10:6443',
    'DaemonSet kube-system/cilium names 10.0.0.10',
    'ConfigMap kube-system/own names 10.0.0.10',
  ])
})

test('connections to an address that both endpoints have are not counted, and it says so', async () => {
  const [line = ''] = await shownBy(
    endpointFormerUsers(move),
    world([[program, 'api.example.org\t10.0.0.10\n0A00000A:192B\n']]),
  )
  assert.match(line, 'look like those to api.example.org:6443')
})

test('nothing is asked without a move, and what cannot be asked does not end it', async () => {
  const quiet = await rehearse(endpointFormerUsers(move), world([], newCluster(to)))
  assert.is(quiet.outcome, 'ok')
  assert.not.ok(quiet.commands.check.some((one) => one.includes('/proc/net')))
  const [line = ''] = await shownBy(endpointFormerUsers(move), world([[program, { code: 1, stderr: 'x' }]]))
  assert.match(line, 'not known: ')
})
