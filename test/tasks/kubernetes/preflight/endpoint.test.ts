/** The endpoint of a cluster: its name, what answers there, and whether it is the cluster that the hosts are of. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../../engine/testing.ts'
import { preflightFindings } from '../../../../tasks/kubernetes/preflight/findings.ts'
import { preflightStateIn } from '../../../../tasks/kubernetes/preflight/read.ts'
import type { EndpointState, PreflightState } from '../../../../tasks/kubernetes/preflight/types.ts'
import type { Wanted } from '../../../../tasks/kubernetes/preflight/wanted.ts'
import { preflightState } from '../../../../tasks/kubernetes/preflight-state.ts'
import { sentPattern } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { healthy, printed, times, wanted } from './a-host.ts'

const test = suite('preflight of the endpoint')

const vip: Wanted['endpoint'] = { host: 'api.example', port: 6443, addresses: ['10.0.0.1', '10.0.0.2'] }
const silent: EndpointState = { addresses: ['10.0.0.9'], answer: 'timed out', certificate: undefined }
const cluster = { traces: ['/etc/kubernetes/admin.conf', '/var/lib/etcd/member'] }
const own: EndpointState = { addresses: ['10.0.0.9'], answer: 'answers', certificate: 'own' }

/** What is found on hosts with these endpoints; undefined for a host that cannot be asked. */
const found = (
  endpoints: readonly (EndpointState | undefined)[],
  changed: Partial<PreflightState> = {},
  endpoint: Wanted['endpoint'] = vip,
): string[] =>
  preflightFindings(
    endpoints.map((one, index) => ({
      host: `m${index + 1}`,
      value:
        one === undefined
          ? undefined
          : {
              ...healthy,
              hostname: `m${index + 1}`,
              machineId: `id${index}`,
              productUuid: `uuid${index}`,
              macs: [],
              endpoint: one,
              ...changed,
            },
    })),
    { ...wanted, endpoint },
  )
    .filter(({ subject, what }) => subject !== 'masters' && what !== 'the host cannot be asked')
    .map(({ severity, subject, what }) => `${severity} ${subject}: ${what}`)

const three = (one: EndpointState): EndpointState[] => [one, one, one]
const at = 'api.example:6443'

for (const [what, state, changed, expected] of [
  ['nothing answers yet', silent, {}, []],
  ['a load balancer without servers', { ...silent, answer: 'accepts' }, {}, []],
  [
    'another machine with HTTPS',
    { ...silent, answer: 'answers' },
    {},
    [
      `fault endpoint: something answers at ${at} before there is a cluster: 10.0.0.9, which no host of the inventory has, is taken`,
    ],
  ],
  [
    'a host of the inventory with HTTP',
    { ...silent, addresses: ['10.0.0.2'], answer: 'http' },
    {},
    [`fault endpoint: something answers at ${at} before there is a cluster`],
  ],
  [
    'another machine that does not listen there',
    { ...silent, answer: 'closed' },
    {},
    [
      'warning endpoint: 10.0.0.9 is in use by a machine that the inventory does not have, where nothing listens at port 6443',
    ],
  ],
  [
    'an own address where nothing listens',
    { ...silent, answer: 'closed' },
    { ownAddresses: ['10.0.0.9'] },
    [],
  ],
  ['the cluster', own, cluster, []],
  [
    'another cluster',
    { ...own, certificate: 'other' },
    cluster,
    [1, 2, 3].map(
      (number) =>
        `fault m${number}: what answers at ${at} is not the API server of its cluster: the authority in /etc/kubernetes/pki/ca.crt has not signed its certificate`,
    ),
  ],
  [
    'a certificate that does not name the endpoint',
    { ...own, certificate: 'names' },
    cluster,
    [1, 2, 3].map(
      (number) => `fault m${number}: the certificate of the API server does not name api.example`,
    ),
  ],
  [
    'a cluster that is not reached',
    silent,
    cluster,
    [1, 2, 3].map((number) => `fault m${number}: it does not reach its cluster at ${at}: timed out`),
  ],
  [
    'a load balancer without servers that work',
    { ...silent, answer: 'accepts' },
    cluster,
    [1, 2, 3].map(
      (number) =>
        `fault m${number}: it does not reach its cluster at ${at}: the connection ends without an answer`,
    ),
  ],
  ['a certificate that has expired is found elsewhere', { ...own, certificate: 'dates' }, cluster, []],
] as const satisfies readonly (readonly [
  string,
  EndpointState,
  Partial<PreflightState>,
  readonly string[],
])[])
  test(what, () => {
    assert.equal(found(three(state), changed), expected)
  })

test('names: none, different ones, a loopback address, and no way to know', () => {
  assert.equal(found([silent, { ...silent, addresses: [], answer: 'unresolved' }]), [
    'fault m2: it has no address for api.example',
  ])
  assert.equal(found([silent, { ...silent, addresses: ['10.0.0.8'] }]), [
    'warning endpoint: hosts have different addresses for api.example: m1 10.0.0.9; m2 10.0.0.8',
  ])
  assert.equal(found([{ ...silent, addresses: ['127.0.1.1'] }]), [
    'warning m1: api.example is 127.0.1.1 there, which is the host itself',
  ])
  assert.equal(found([{ ...silent, addresses: undefined }]), [
    'not known m1: which address it has for api.example: getent is not installed',
  ])
})

test('an address needs no name, and is compared by its value', () => {
  const fd: Wanted['endpoint'] = { host: 'fd00::1', port: 6443, addresses: ['FD00:0:0:0::1'] }
  const state: EndpointState = { addresses: ['fd00::1'], answer: 'closed', certificate: undefined }
  assert.equal(found([state], {}, fd), [])
  assert.equal(found([{ ...state, answer: 'answers' }], {}, fd), [
    'fault endpoint: something answers at [fd00::1]:6443 before there is a cluster',
  ])
  // a host of the inventory is known by its name alone
  const named: Wanted['endpoint'] = { ...vip, addresses: ['10.0.0.1', 'lb.example'] }
  assert.equal(found([{ ...silent, answer: 'closed' }], {}, named), [])
})

test('what answers is not known to be wrong while a host that may have the cluster cannot be asked', () => {
  assert.equal(found([{ ...silent, answer: 'answers' }, undefined]), [
    `not known endpoint: something answers at ${at}, and whether it is the cluster of m2 is not known`,
  ])
})

test('a master that has not joined yet only has to reach the cluster', () => {
  const joined = {
    ...healthy,
    ...cluster,
    hostname: 'm1',
    machineId: '1',
    productUuid: '1',
    macs: ['1'],
    endpoint: own,
  }
  const fresh = { ...healthy, hostname: 'm2', endpoint: { ...own, certificate: undefined } }
  const states = [
    { host: 'm1', value: joined },
    { host: 'm2', value: fresh },
    { host: 'm3', value: { ...fresh, hostname: 'm3', machineId: '3', productUuid: '3', macs: ['3'] } },
  ]
  assert.equal(preflightFindings(states, { ...wanted, endpoint: vip }), [])
})

test('what a host prints is parsed', () => {
  const { endpoint, ownAddresses } = preflightStateIn(
    `${printed}own\t10.0.0.1/24\nown\tnonsense\nresolves\t10.0.0.9\nresolves\t$(x)\nendpoint\tanswers\town\n`,
    times,
    true,
  )
  assert.equal(endpoint, { addresses: ['10.0.0.9'], answer: 'answers', certificate: 'own' })
  assert.equal(ownAddresses, ['10.0.0.1'])
  assert.is(healthy.endpoint, undefined)
  const odd = preflightStateIn(`${printed}resolver\tnone\nendpoint\tclosed\t<b>\n`, times, true)
  assert.equal(odd.endpoint, { addresses: undefined, answer: 'closed', certificate: undefined })
})

test('the task sends host and port of the endpoint, also of IPv6', async () => {
  const sent: string[] = []
  for (const endpoint of ['api.example:6443', '[fd00::1]:7443']) {
    const run = await rehearse(preflightState({ endpoint }), {
      patterns: [
        [
          sentPattern('tasks/kubernetes/preflight/read-host.sh'),
          ({ script }) => {
            sent.push(script)
            return printed
          },
        ],
      ],
    })
    assert.is(run.outcome, 'ok', String(run.error))
    assert.equal(run.commands.apply, [])
  }
  assert.match(sent[0] ?? '', / api\.example 6443$/m)
  assert.match(sent.at(-1) ?? '', / fd00::1 7443$/m)
  assert.throws(() => preflightState({ endpoint: 'api.example' }), /must be host:port/)
})
