/** What a host is before kubeadm runs on it: read, parsed, and judged. */
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { readShellFile } from '../../../engine/shell-file.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { preflightFindings } from '../../../tasks/kubernetes/preflight/findings.ts'
import { preflightStateIn } from '../../../tasks/kubernetes/preflight/read.ts'
import { preflightTable } from '../../../tasks/kubernetes/preflight/table.ts'
import { preflightState } from '../../../tasks/kubernetes/preflight-state.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { valueOf } from '../../support/value-of.ts'
import { noOtherNetworks } from '../../../tasks/kubernetes/preflight/other-networks.ts'
import { found, healthy, printed, times, wanted } from './preflight/a-host.ts'

const test = suite('preflight-state')

const program = new URL('../../../tasks/kubernetes/preflight/read-host.sh', import.meta.url)

test('what a host prints is parsed', () => {
  assert.is(healthy.memoryMiB, 8192)
  assert.is(healthy.freeMiB, 20_480)
  assert.is(healthy.productUuid, 'ab-cd')
  assert.equal(healthy.ahead, { least: -0.5, most: 1.5 })
  assert.equal(healthy.peers, [
    { name: 'm2', address: '10.0.0.2', port: 2380, answer: 'open' },
    { name: 'm2', address: '10.0.0.2', port: 6443, answer: 'closed' },
  ])
  assert.is(preflightStateIn('clock\t1\n', times, true).peers, undefined)
  assert.equal(preflightStateIn('clock\t1\n', times, false).peers, [])
  assert.match(
    preflightTable([{ host: 'm1', value: healthy }]),
    /^m1 +4 +8192 MiB +20480 MiB +v2 +v1\.37\.2/m,
  )
  assert.match(preflightTable([{ host: 'm1', value: undefined }]), 'm1    not known')
})

test('whatever a host prints is parsed without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const state = preflightStateIn(`${text}\n${printed}`, times, true)
      assert.ok(preflightFindings([{ host: 'm1', value: state }], wanted).length >= 0)
    }),
    propertyRuns(300),
  )
})

const cases: readonly (readonly [string, Parameters<typeof found>, readonly string[]])[] = [
  ['hosts that are ready', [{}], []],
  [
    'too little memory',
    [{ memoryMiB: 1024 }],
    ['fault m2: 1024 MiB of memory, and kubeadm requires 1700 MiB'],
  ],
  [
    'another pod network',
    [{ otherNetworks: { found: ['cilium (DaemonSet kube-system/cilium)'], cure: 'set cni_manifest' } }],
    ['fault m2: there is another pod network than the wanted one: cilium (DaemonSet kube-system/cilium)'],
  ],
  [
    'a manifest that cannot be read',
    [{ otherNetworks: { ...noOtherNetworks, notKnown: 'cannot read the manifest x' } }],
    ['not known m2: whether it has another pod network: cannot read the manifest x'],
  ],
  ['one CPU', [{ cpus: 1 }], ['fault m2: 1 CPU, and kubeadm requires 2']],
  ['swap that stays', [{ swapMiB: 512 }, { managesSwap: false }], ['fault m2: 512 MiB of swap are on']],
  [
    'programs that are installed by ha-masters',
    [
      { programs: {}, containerd: { disabled_plugins: '["cri"]' } },
      { installs: { programs: true, runtime: true } },
    ],
    [],
  ],
  ['swap that the playbook turns off', [{ swapMiB: 512 }], []],
  ['swap that is allowed', [{ swapMiB: 512 }, { managesSwap: false, allowsSwap: true }], []],
  [
    'little space',
    [{ freeMiB: 100 }],
    ["warning m2: 100 MiB are free where etcd's data will be, and 4096 MiB are advised"],
  ],
  [
    'cgroup v1 where the kubelet refuses it',
    [{ cgroup: '1' }],
    ['fault m2: it has cgroup v1, and the kubelet of v1.37.2 runs there only with failCgroupV1: false'],
  ],
  ['cgroup v1 that is allowed', [{ cgroup: '1' }, { allowsCgroupV1: true }], []],
  [
    'cgroup v1 with an older release',
    [{ cgroup: '1', programs: { ...healthy.programs, kubelet: 'v1.34.4' } }, { version: 'v1.34.4' }],
    [
      'fault m1: its kubelet v1.37.2 is newer than v1.34.4',
      'fault m3: its kubelet v1.37.2 is newer than v1.34.4',
    ],
  ],
  [
    'missing programs',
    [{ programs: { containerd: 'v2.2.9' } }],
    ['fault m2: kubelet is not installed', 'fault m2: kubeadm is not installed'],
  ],
  [
    'the CRI of containerd turned off',
    [{ containerd: { disabled_plugins: '["cri"]' } }],
    ['fault m2: containerd\'s CRI is turned off: disabled_plugins = ["cri"]'],
  ],
  [
    'another cgroup driver',
    [{ containerd: { SystemdCgroup: 'false' } }],
    ['fault m2: containerd uses the cgroup driver cgroupfs, and the kubelet systemd'],
  ],
  [
    'an upper-case host name',
    [{ hostname: 'Master2' }],
    ['warning m2: its host name Master2 has upper-case letters, and nodes have lower-case names'],
  ],
  [
    'a port that a firewall closes',
    [{ peers: [{ name: 'm1', address: '10.0.0.1', port: 2380, answer: 'timed out' }] }],
    ['fault m2: it does not reach m1 at 10.0.0.1 port 2380: timed out'],
  ],
  [
    'a host without curl',
    [{ peers: undefined }],
    ['not known m2: whether it reaches the others: curl is not installed'],
  ],
  [
    'a route to the network of the services',
    [{ routes: [{ network: '10.100.0.0/16', device: 'eth1' }] }],
    ['fault m2: service_subnet 10.96.0.0/12 overlaps with its route to 10.100.0.0/16 by eth1'],
  ],
  [
    'a route to pods of another node, on a node',
    [
      {
        traces: ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/admin.conf', '/var/lib/etcd/member'],
        routes: [{ network: '10.244.1.0/24', device: 'eth0' }],
      },
    ],
    [],
  ],
  [
    'a route into the network of the pods, on a host that is not a node',
    [{ routes: [{ network: '10.244.1.0/24', device: 'eth0' }] }],
    ['fault m2: pod_subnet 10.244.0.0/16 overlaps with its route to 10.244.1.0/24 by eth0'],
  ],
  [
    'a route to all pods, on a node',
    [
      {
        traces: ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/admin.conf', '/var/lib/etcd/member'],
        routes: [{ network: '10.244.0.0/16', device: 'eth1' }],
      },
    ],
    ['fault m2: pod_subnet 10.244.0.0/16 overlaps with its route to 10.244.0.0/16 by eth1'],
  ],
  [
    'a configuration that kubeadm does not accept',
    [{ refusals: ['ClusterConfiguration: kubeadm does not know the field x'] }],
    [
      'fault m2: kubeadm does not accept the configuration: ClusterConfiguration: kubeadm does not know the field x',
    ],
  ],
  ['the routes of the pods themselves', [{ routes: [{ network: '10.244.1.0/24', device: 'cni0' }] }], []],
  [
    'a former cluster',
    [{ traces: ['/etc/kubernetes/admin.conf'] }],
    ['warning m2: it has files of a cluster, but not all: /etc/kubernetes/admin.conf'],
  ],
  ['a master of the cluster', [{ traces: ['/etc/kubernetes/admin.conf', '/var/lib/etcd/member'] }], []],
  [
    'IDs that are not unique',
    [{ hostname: 'm1', machineId: 'id1', productUuid: 'uuid1', macs: ['02:00:00:00:00:01'] }],
    [
      'fault m1, m2: they have the same host name: m1',
      'fault m1, m2: they have the same machine ID: id1',
      'fault m1, m2: they have the same product UUID: uuid1',
      'fault m1, m2: they have the same hardware address: 02:00:00:00:00:01',
    ],
  ],
  [
    'a clock that differs',
    [{ ahead: { least: 40, most: 41 } }],
    ['fault m2: its clock differs from the others by +38 s'],
  ],
]
for (const [what, words, findings] of cases)
  test(what, () => {
    assert.equal(found(...words), findings)
  })

test('a host that cannot be asked is not known, and an even number of masters a warning', () => {
  const states = [
    { host: 'm1', value: healthy },
    { host: 'm2', value: undefined },
  ]
  assert.equal(
    preflightFindings(states, wanted).map(({ severity, subject, what }) => `${severity} ${subject}: ${what}`),
    [
      'warning masters: 2 members tolerate as many losses as 1: 2 need 2, 1 need 1',
      'not known m2: the host cannot be asked',
    ],
  )
})

test('the task sends one program, with the ports of the other hosts, and changes nothing', async () => {
  const sent: string[] = []
  const task = preflightState({
    peers: [
      { name: 'host', address: '10.0.0.1' },
      { name: 'm2', address: '10.0.0.2' },
    ],
    apiPort: 7443,
  })
  const run = await rehearse(task, {
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
  for (const port of [2379, 2380, 7443, 10250]) assert.match(sent[0] ?? '', `m2 10.0.0.2 ${port}`)
  assert.not.match(sent[0] ?? '', '10.0.0.1 ')
})

test('the kubeadm of the host judges the configuration', async () => {
  const configuration = {
    version: 'v1.37.2',
    documents: [{ apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'ClusterConfiguration', x: 1 }],
  }
  const world: World = {
    patterns: [
      [sentPattern('tasks/kubernetes/preflight/read-host.sh'), printed],
      [/^kubeadm version/, 'v1.37.2'],
      [
        /^kubeadm config validate --config \/dev\/stdin$/,
        ({ stdin }) => {
          assert.match(stdin, 'x: 1')
          return { code: 1, stderr: 'Kind:"ClusterConfiguration"}: strict decoding error: unknown field "x"' }
        },
      ],
    ],
  }
  const refusals = async (given: Parameters<typeof preflightState>[0]): Promise<string> =>
    /"refusals":(\[[^\]]*\])/.exec(JSON.stringify(await valueOf(preflightState(given), world)))?.[1] ?? ''
  assert.is(
    await refusals({ configuration }),
    '["/etc/coxswain/kubeadm.yaml: ClusterConfiguration: kubeadm does not know the field x"]',
  )
  assert.is(await refusals({}), '[]')
})

test('bad parameters', () => {
  assert.throws(() => preflightState({ data: 'relative' }), /data/)
  assert.throws(() => preflightState({ peers: [{ name: 'M', address: '' }] }), /lower-case/)
})

test('the program says of a closed port of this machine that it is closed', { needs: ['curl'] }, () => {
  const { stdout, status } = spawnSync(
    'sh',
    ['-c', readShellFile(program), 'sh', '/var/lib/etcd', 'own 127.0.0.1 1'],
    { encoding: 'utf8' },
  )
  assert.is(status, 0)
  const state = preflightStateIn(stdout, times, true)
  assert.equal(state.peers, [{ name: 'own', address: '127.0.0.1', port: 1, answer: 'closed' }])
  assert.ok(state.cpus > 0)
  assert.ok(state.memoryMiB > 0)
})
