/** What is wrong with a cluster: each fault is found where it is, and nothing that could not be asked is a fault. */
import * as assert from 'uvu/assert'
import { clusterFindings } from '../../../../tasks/kubernetes/cluster-state/findings/findings.ts'
import { known, notKnown } from '../../../../tasks/kubernetes/cluster-state/known.ts'
import type { ClusterState, HostState, MasterView } from '../../../../tasks/kubernetes/cluster-state/types.ts'
import { suite } from '../../../support/spec.ts'
import {
  certificate,
  etcd,
  halfHealthy,
  health,
  host,
  master,
  mastersWithout,
  member,
  node,
  state,
} from './a-state.ts'

const test = suite('findings in a cluster')

const found = (changed: Partial<ClusterState>): string[] =>
  clusterFindings(state(changed)).map(({ severity, subject, what }) => `${severity} ${subject}: ${what}`)

/** With another second node. */
const second = (changed: Partial<MasterView>): Partial<ClusterState> => ({
  masters: [master(1), master(2, changed), master(3)],
})
const secondHost = (changed: Partial<HostState>): Partial<ClusterState> =>
  second({ host: known(host(changed)) })

test('nothing is wrong with a healthy cluster', () => {
  assert.equal(found({}), [])
})

const expired = { state: 'unasked', why: 'could not be asked: expired' } as const
const refuses = { state: 'not healthy', why: 'does not respond as it should: timed out' } as const

const cases: readonly (readonly [string, Partial<ClusterState>, readonly string[]])[] = [
  ['a stopped kubelet', secondHost({ kubelet: 'inactive' }), ['fault m2: kubelet is inactive']],
  [
    'an expired certificate',
    secondHost({
      certificates: [
        ...host().certificates,
        certificate('/etc/kubernetes/admin.conf', { daysLeft: -3, to: '2027-01-12T00:00:00.000Z' }),
      ],
    }),
    ['fault m2: the certificate in /etc/kubernetes/admin.conf expired on 2027-01-12'],
  ],
  [
    'a certificate that expires soon',
    secondHost({
      certificates: [
        ...host().certificates,
        certificate('/etc/kubernetes/pki/etcd/peer.crt', { daysLeft: 29 }),
      ],
    }),
    ['warning m2: the certificate in /etc/kubernetes/pki/etcd/peer.crt expires on 2027-11-29, in 29 days'],
  ],
  [
    'a certificate of the future',
    secondHost({
      certificates: [
        ...host().certificates,
        certificate('/etc/kubernetes/pki/etcd/peer.crt', { from: '2027-02-01T00:00:00.000Z' }),
      ],
    }),
    [
      'fault m2: the certificate in /etc/kubernetes/pki/etcd/peer.crt is valid from 2027-02-01T00:00:00.000Z on',
    ],
  ],
  [
    'another authority',
    secondHost({
      certificates: host().certificates.map((one) =>
        one.path === '/etc/kubernetes/pki/ca.crt' ? { ...one, fingerprint: 'other' } : one,
      ),
    }),
    ['fault m2: /etc/kubernetes/pki/ca.crt is not the same as on m1'],
  ],
  [
    'a certificate that is missing, and one that nothing uses',
    secondHost({
      certificates: [
        ...host().certificates.filter(({ path }) => !path.endsWith('/apiserver.crt')),
        certificate('/etc/kubernetes/pki/old.crt', { daysLeft: -9 }),
      ],
    }),
    ['fault m2: /etc/kubernetes/pki/apiserver.crt does not have a valid certificate'],
  ],
  [
    'an authority that differs on the first node',
    {
      masters: [
        master(1, {
          host: known(
            host({
              certificates: host().certificates.map((one) =>
                one.path.endsWith('front-proxy-ca.crt') ? { ...one, fingerprint: 'other' } : one,
              ),
            }),
          ),
        }),
        master(2),
        master(3),
      ],
    },
    ['fault m1: /etc/kubernetes/pki/front-proxy-ca.crt is not the same as on m2'],
  ],
  [
    'a kubelet whose state is not known',
    secondHost({ kubelet: undefined }),
    ['not known m2: whether kubelet runs'],
  ],
  ['a clock that cannot be read', secondHost({ ahead: undefined }), []],
  [
    'a node of another name',
    { nodes: known([node('m1'), { ...node('m2'), name: 'beta' }, node('m3')]) },
    ['warning m2: its node has the name beta'],
  ],
  [
    'a manifest that was moved away',
    secondHost({ pods: host().pods.slice(1) }),
    ['fault m2: /etc/kubernetes/manifests does not have a valid manifest of etcd'],
  ],
  [
    'a slow disk',
    secondHost({ fsync: known(0.114) }),
    ['warning m2: its disk is too slow for etcd: 99 of 100 writes take up to 114 ms, and 10 ms is the limit'],
  ],
  [
    'a clock that is ahead',
    secondHost({ ahead: { least: 9.5, most: 10.5 } }),
    ['warning m2: its clock differs from the others by +9 s'],
  ],
  [
    'a clock that is far back',
    secondHost({ ahead: { least: -99, most: -95 } }),
    ['fault m2: its clock differs from the others by -94 s'],
  ],
  ['an answer that took long', secondHost({ ahead: { least: -20, most: 0.5 } }), []],
  [
    'encryption on one alone',
    secondHost({ encryption: '/etc/kubernetes/enc.yaml' }),
    ['fault m2: of it and m1, only one encrypts secrets at rest'],
  ],
  [
    'an unfinished upgrade',
    secondHost({
      pods: host().pods.map((pod) => (pod.name === 'etcd' ? pod : { ...pod, version: 'v1.36.3' })),
      programs: { ...host().programs, kubelet: 'v1.36.3' },
    }),
    [
      'warning cluster: the version of kube-apiserver differs: m1 v1.37.2, m2 v1.36.3, m3 v1.37.2',
      'warning cluster: the version of kube-controller-manager differs: m1 v1.37.2, m2 v1.36.3, m3 v1.37.2',
      'warning cluster: the version of kube-scheduler differs: m1 v1.37.2, m2 v1.36.3, m3 v1.37.2',
      'warning cluster: the installed version of the kubelet differs: m1 v1.37.2, m2 v1.36.3, m3 v1.37.2',
    ],
  ],
  [
    'a host that cannot be reached',
    second({ host: notKnown('cannot connect'), etcd: notKnown('cannot connect') }),
    ['not known m2: the host cannot be asked: cannot connect'],
  ],
  [
    'an API server that is not ready',
    second({ api: known({ state: 'not ready', why: 'HTTP status 500: [-]etcd failed' }) }),
    ['fault m2: its API server is not ready: HTTP status 500: [-]etcd failed'],
  ],
  [
    'an API server that does not answer',
    second({ api: known({ state: 'silent', why: 'curl: (7) refused' }) }),
    ['fault m2: its API server does not answer: curl: (7) refused'],
  ],
  [
    'an endpoint that cannot be asked',
    { endpoint: notKnown('curl is not installed') },
    ['not known endpoint: the endpoint cannot be asked: curl is not installed'],
  ],
  [
    'a member that does not respond',
    {
      masters: mastersWithout(known(undefined), 2),
      etcd: known(etcd({ health: halfHealthy(['1', '3'], '2') })),
    },
    [
      'fault m2: the etcd member m2 at https://10.0.0.2:2380 does not respond',
      'warning etcd: 3 members, 2 needed, 2 healthy: no further loss is tolerated',
    ],
  ],
  [
    'members that could not be asked',
    {
      masters: mastersWithout(notKnown('expired'), 2, 3),
      etcd: known(etcd({ health: { ...health('1'), '2': expired, '3': expired } })),
    },
    [
      'not known etcd: 3 members, 2 needed, 1 healthy, 2 not known: it is not known whether etcd accepts writes',
      'not known m2: the etcd member m2 at https://10.0.0.2:2380 could not be asked: expired',
      'not known m3: the etcd member m3 at https://10.0.0.3:2380 could not be asked: expired',
    ],
  ],
  [
    'a lost quorum',
    {
      masters: mastersWithout(known(undefined), 2, 3),
      etcd: known(
        etcd({
          health: { ...halfHealthy([], '2', '3'), '1': refuses },
          alarms: notKnown('without a quorum'),
        }),
      ),
    },
    [
      'fault etcd: the quorum is lost: 3 members, 2 needed, 1 healthy: etcd does not accept writes',
      'fault m2: the etcd member m2 at https://10.0.0.2:2380 does not respond',
      'fault m3: the etcd member m3 at https://10.0.0.3:2380 does not respond',
      'not known etcd: without a quorum',
    ],
  ],
  [
    'a member that responds on its own host alone',
    { etcd: known(etcd({ health: { ...health('1', '3'), '2': expired } })) },
    [
      'warning m2: the etcd member m2 at https://10.0.0.2:2380 could not be asked: expired, asked from m1; it responds on its own host',
    ],
  ],
  [
    'members that do not reach each other',
    { etcd: known(etcd({ health: { '1': refuses, '2': refuses, '3': refuses } })) },
    ['fault etcd: the members respond on their hosts, but m1 gets no answer that a quorum agrees on'],
  ],
  [
    'members that are not of the inventory, and a node without one',
    { etcd: known(etcd({ members: [member(1), member(2), member(9)], health: health('1', '2', '9') })) },
    [
      'fault etcd: the etcd member m9 at https://10.0.0.9:2380 is not on a control-plane node of the inventory',
      'fault m3: it does not have a member of etcd',
    ],
  ],
  [
    'a learner and a member that has not started',
    {
      etcd: known(
        etcd({ members: [member(1), member(2, { learner: true }), member(3, { name: '', started: false })] }),
      ),
    },
    [
      'fault m2: the etcd member m2 at https://10.0.0.2:2380 is a learner: it cannot vote yet',
      'fault https://10.0.0.3:2380: the etcd member at https://10.0.0.3:2380 has not started',
      'warning etcd: 2 members, 2 needed, 2 healthy: no further loss is tolerated',
      'warning etcd: 2 members tolerate as many losses as 1: 2 need 2, 1 need 1',
    ],
  ],
  [
    'an alarm',
    { etcd: known(etcd({ alarms: known([{ name: 'NOSPACE', memberId: '2', member: member(2) }]) })) },
    [
      'fault m2: etcd member m2 at https://10.0.0.2:2380 has raised the alarm NOSPACE: its database has reached the quota, and etcd refuses every write',
    ],
  ],
  [
    'an alarm that etcd raises without a member',
    { etcd: known(etcd({ alarms: known([{ name: 'CORRUPT', memberId: '0', member: undefined }]) })) },
    ['fault etcd: the etcd cluster has raised the alarm CORRUPT, without the member whose data differs'],
  ],
  [
    'a database near its quota',
    second({
      etcd: known({
        memberId: '2',
        clusterId: '77',
        version: '3.7.0',
        revision: '1',
        size: 1.9 * 1024 ** 3,
        used: 1024 ** 3,
        leads: false,
      }),
    }),
    ['warning m2: the database of etcd has 1945.6 MiB of 2048.0 MiB, 1024.0 MiB in use'],
  ],
  [
    'etcd that cannot be asked',
    { etcd: notKnown('neither curl nor kubectl is installed') },
    ['not known etcd: neither curl nor kubectl is installed'],
  ],
  [
    'nodes that are not as they must be',
    {
      nodes: known([
        node('m1'),
        { ...node('m2'), ready: false },
        { ...node('w1'), unschedulable: true },
        node('m9'),
      ]),
    },
    [
      'fault m2: the node is not Ready',
      'fault m3: it is not a node of the cluster',
      'warning w1: the node does not take new pods (cordoned)',
      'warning m9: the cluster has it as a control-plane node, and the inventory does not',
    ],
  ],
  [
    'a load balancer with other servers',
    {
      loadBalancers: [
        {
          name: 'lb1',
          state: known({
            service: 'inactive',
            servers: ['10.0.0.1:6443', '10.0.0.2:6443', '10.0.0.9:6443'],
            api: known({ state: 'silent', why: '' }),
          }),
        },
      ],
    },
    [
      'fault lb1: haproxy is inactive',
      'warning lb1: haproxy does not know 10.0.0.3:6443',
      'warning lb1: haproxy also knows 10.0.0.9:6443',
    ],
  ],
  [
    'a configuration that differs',
    {
      differences: known([
        {
          setting: 'pod_subnet',
          cluster: '10.244.0.0/16',
          configured: '10.1.0.0/16',
          way: 'it cannot be changed',
          applied: false,
        },
      ]),
    },
    ['warning configuration: pod_subnet is 10.1.0.0/16 in the inventory, and 10.244.0.0/16 in the cluster'],
  ],
]

for (const [what, changed, findings] of cases)
  test(what, () => {
    assert.equal(found(changed), findings)
  })

test('the kubelet of a worker must be neither newer than an API server, nor older than it accepts', () => {
  const masters = ['m1', 'm2', 'm3'].map(node)
  const of = (kubelet: string, changed: Partial<ClusterState> = {}) =>
    found({ nodes: known([...masters, { ...node('w9'), kubelet }]), ...changed }).filter((one) =>
      one.includes('w9'),
    )
  assert.equal(of('v1.38.0'), ['fault w9: its kubelet v1.38.0 is newer than the API server v1.37.2'])
  assert.equal(of('v1.33.9'), [
    'fault w9: its kubelet v1.33.9 is too old for the API server v1.37.2, which accepts 3 minor releases before its own',
  ])
  assert.equal([of('v1.34.0'), of('v1.37.9'), of('')], [[], [], []])
  assert.equal(of('v1.38.0', { masters: [1, 2, 3].map((at) => master(at, { host: notKnown('away') })) }), [])
})

test('a kubelet must not be newer than the API server', () => {
  const changed = secondHost({ programs: { ...host().programs, kubelet: 'v1.38.0' } })
  assert.ok(found(changed).includes('fault m2: its kubelet v1.38.0 is newer than its API server v1.37.2'))
})

test('what could not be asked is never a fault', () => {
  const unasked = notKnown('cannot be asked')
  const blind = state({
    masters: [1, 2, 3].map((at) => master(at, { host: unasked, api: unasked, etcd: unasked })),
    etcd: unasked,
    endpoint: unasked,
    nodes: unasked,
    differences: unasked,
    loadBalancers: [{ name: 'lb1', state: unasked }],
  })
  const severities = new Set(clusterFindings(blind).map(({ severity }) => severity))
  assert.equal([...severities], ['not known'])
})

test('each finding says what to do', () => {
  for (const [, changed] of cases)
    for (const { cure } of clusterFindings(state(changed))) assert.ok(cure.length > 10, cure)
})
