import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { clusterSmoke } from '../../../tasks/kubernetes/cluster-smoke.ts'
import { suite } from '../../support/spec.ts'

const test = suite('cluster-smoke')

const pod = (name: string, app: string, node: string, ip: string, waiting?: object): object => ({
  metadata: { name, labels: { app } },
  spec: { nodeName: node },
  status: { podIP: ip, containerStatuses: [{ ready: waiting === undefined, state: { waiting } }] },
})
const nodes = JSON.stringify({
  items: ['m1', 'm2'].map((name, index) => ({
    metadata: { name },
    status: { addresses: [{ type: 'InternalIP', address: `10.0.0.${index + 1}` }] },
  })),
})

/** A cluster of two nodes; `log` has what was done there. */
const clusterOf = (waiting?: object) => {
  const log: string[] = []
  const pods = [
    pod('probe-1', 'probe', 'm1', '10.244.0.2', waiting),
    pod('probe-2', 'probe', 'm2', '10.244.1.2'),
    pod('web-1', 'web', 'm1', '10.244.0.3'),
    pod('web-2', 'web', 'm2', '10.244.1.3'),
  ]
  const noted =
    (what: string, reply = '') =>
    (): string => {
      log.push(what)
      return reply
    }
  const world: World = {
    patterns: [
      [/delete namespace coxswain-smoke --ignore-not-found/, noted('clean up')],
      [/create -f -/, noted('create')],
      [/get nodes/, nodes],
      [/get pods/, JSON.stringify({ items: pods })],
      [/get service web/, '10.96.0.9 30080'],
      [/ logs /, 'coxswain-smoke started\n'],
      [/nslookup web.coxswain-smoke.svc.cluster.local/, noted('DNS', 'Address: 10.96.0.9')],
      [
        /wget .*(http:\S+)/,
        ({ script }) => {
          log.push(/http:\S+/.exec(script)?.[0].replace(/'$/, '') ?? '')
          return 'coxswain-smoke answers\n'
        },
      ],
    ],
  }
  return { log, world }
}

test('pods of all nodes, the service, DNS and node ports are tried, between two removals', async () => {
  const { log, world } = clusterOf()
  const run = await rehearse(clusterSmoke(), world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.is(log[0], 'clean up')
  assert.is(log.at(-1), 'clean up')
  for (const what of [
    'http://10.244.1.2:8080/',
    'http://10.244.0.3:8080/',
    'http://10.96.0.9/',
    'DNS',
    'http://10.0.0.2:30080/',
  ])
    assert.ok(log.includes(what), `${what}: ${log.join(' ')}`)
})

test('a pod that does not start is named with its reason, and all is removed', async () => {
  const { log, world } = clusterOf({ reason: 'ImagePullBackOff', message: 'not found' })
  const run = await rehearse(clusterSmoke({ timeout: 0 }), world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), 'probe-1 on m1: ImagePullBackOff: not found')
  assert.is(log.at(-1), 'clean up')
})

test('bad parameters are refused', () => {
  assert.throws(() => clusterSmoke({ image: 'a b' }), 'name of an image')
})
