import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import { workerJoin } from '../../../tasks/kubernetes/worker-join.ts'
import { expired } from '../../support/certificates.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'
import { silentHost } from './silent-host.ts'
import { ca, joinedFiles, kubeconfig, selfSigned, token, unfinished, workerWorld } from './worker-world.ts'

const test = suite('worker-join')

const given = { via: 'm1', name: 'w1', endpoint: '10.0.0.10:6443', version: 'v1.37.2' }
const join = workerJoin(given)

test('a new host joins with a token of its own, which is in no file and no argument, and is deleted after the join', async () => {
  const { world, log, config } = workerWorld()
  const run = await rehearse(join, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.changes, [{ what: 'worker', from: undefined, to: 'w1 joined' }])
  assert.equal(log, [
    "create --ttl 30m --description 'coxswain: the worker w1 joins'",
    'join',
    'delete abcdef',
  ])
  assert.match(config(), `token: ${token}`)
  assert.match(config(), /caCertHashes:\n\s+- sha256:[0-9a-f]{64}/)
  assert.match(config(), 'apiServerEndpoint: 10.0.0.10:6443')
  assert.not.match(config(), 'controlPlane')
  assert.not.ok([...run.files.values()].some(({ content }) => String(content).includes(token)))
  assert.not.match(run.commands.apply.join('\n'), token)
  assert.not.ok(run.files.has('/etc/coxswain/unfinished'))
})

test('the configuration says what the pool wants, in the form of the release', async () => {
  const pool = {
    nodeIp: '10.0.0.51',
    criSocket: 'unix:///run/c.sock',
    kubeletExtraArgs: { 'max-pods': '50' },
    taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' as const }],
  }
  const { world, config } = workerWorld()
  const task = workerJoin({
    ...given,
    ...pool,
    timeouts: { tlsBootstrap: 90 },
    ignorePreflightErrors: ['Swap'],
  })
  const run = await rehearse(task, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(run.commands.apply.includes('kubeadm join --config /dev/stdin --ignore-preflight-errors=Swap'))
  for (const part of [
    'apiVersion: kubeadm.k8s.io/v1beta4',
    /kubeletExtraArgs:\n\s+- name: node-ip\n\s+value: 10\.0\.0\.51\n\s+- name: max-pods\n\s+value: "50"/,
    /taints:\n\s+- key: gpu\n\s+value: "yes"\n\s+effect: NoSchedule/,
    'criSocket: unix:///run/c.sock',
    /timeouts:\n\s+tlsBootstrap: 90s/,
  ])
    assert.match(config(), part)
  const old = workerWorld({
    servers: 'k8s.gcr.io/kube-apiserver:v1.20.2',
    kubelet: 'v1.20.2',
    kubeadm: 'v1.20.2',
  })
  assert.is(
    (await rehearse(workerJoin({ ...given, ...pool, version: 'v1.20.2' }), old.world)).outcome,
    'changed',
  )
  assert.match(old.config(), 'apiVersion: kubeadm.k8s.io/v1beta2')
  assert.match(old.config(), /kubeletExtraArgs:\n\s+node-ip: 10\.0\.0\.51\n\s+max-pods: "50"/)
})

test('what the release does not know is refused', () => {
  for (const [more, message] of [
    [{ version: 'v1.20.2', timeouts: { tlsBootstrap: 90 } }, 'Kubernetes v1.20.2 does not know timeouts'],
    [{ version: 'v1.18.2', nodeIp: '10.0.0.51,fd00::51' }, 'two addresses in nodeIp'],
    [
      { version: 'v1.37.2', kubeletExtraArgs: { 'pod-infra-container-image': 'x' } },
      '--pod-infra-container-image of the kubelet',
    ],
    [{ version: 'v1.13.2' }, 'the configuration with which this task joins'],
    [{ version: 'v1.99.0' }, 'is not known'],
    [{ name: 'W1' }, 'lower-case'],
  ] as const)
    assert.throws(() => workerJoin({ ...given, ...more }), new RegExp(message), message)
})

test('a host that has joined is ok, whatever its programs are', async () => {
  const { world, log } = workerWorld({ files: joinedFiles, node: true, kubelet: 'v1.30.0' })
  const run = await rehearse(join, world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal([log, run.commands.apply], [[], []])
})

test('a failed join is marked as incomplete, and its token is deleted', async () => {
  const { world, log } = workerWorld({ join: 'fails' })
  const run = await rehearse(join, {
    ...world,
    patterns: [...(world.patterns ?? []), ...silentHost],
  })
  assert.is(run.outcome, 'failed')
  assert.match(log.join('\n'), /join\ndelete abcdef$/)
  assert.ok(run.files.has('/etc/coxswain/unfinished'))
})

test('a join that was interrupted is reset, and begins again; one that was only not recorded as complete is recorded', async () => {
  const parts = [
    unfinished,
    { ...unfinished, '/etc/kubernetes/bootstrap-kubelet.conf': kubeconfig() },
    { ...unfinished, ...joinedFiles, '/etc/kubernetes/bootstrap-kubelet.conf': kubeconfig() },
  ]
  for (const files of parts) {
    const { world, log } = workerWorld({ files, node: true })
    const run = await rehearse(join, world)
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(
      log.filter((one) => !/^(create|delete abc)/.test(one)),
      ['stop kubelet', 'reset', 'join'],
    )
    assert.not.ok(run.files.has('/etc/coxswain/unfinished'))
  }
  const { world, log } = workerWorld({ files: { ...unfinished, ...joinedFiles }, node: true })
  const run = await rehearse(join, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: '/etc/coxswain/unfinished', from: 'present', to: undefined }])
  assert.equal(log, [])
})

test('a join that was interrupted is not reset while volumes stay mounted', async () => {
  const mounted = '/var/lib/kubelet/pods/1/volumes/nfs'
  const { world, log } = workerWorld({ files: unfinished, mounted })
  const run = await rehearse(join, world)
  assert.is(run.outcome, 'failed')
  assert.match(String(run.error), `cannot unmount ${mounted}`)
  assert.equal(log, ['stop kubelet', 'start kubelet'])
})

test('a node that the cluster does not have any more is registered again by its kubelet, without a reset', async () => {
  const { world, log } = workerWorld({ files: joinedFiles, kubeadm: 'v1.30.0' })
  const run = await rehearse(join, world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    {
      what: 'worker',
      from: 'a node that the cluster does not have any more',
      to: 'w1 is registered again by its kubelet',
    },
  ])
  assert.equal(log, ['restart kubelet'])
})

const withExpired = { ...joinedFiles, '/var/lib/kubelet/pki/kubelet-client-current.pem': expired }

test('a worker whose certificate has expired is refused with the dates and the ways out, and never reset', async () => {
  for (const node of [{ node: true, silent: true }, { node: false }]) {
    const { world, log } = workerWorld({ files: withExpired, ...node })
    const run = await rehearse(join, world)
    assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
    assert.match(
      String(run.error),
      /the kubelet of host cannot authenticate itself: the certificate in \S+ expired at 2020-02-01T00:00:00Z, \d+ days before the host's 2027-01-01T00:00:00Z/,
    )
    assert.match(hintOf(run.error), 'kubeadm kubeconfig user --org system:nodes --client-name system:node:w1')
    assert.match(hintOf(run.error), 'clock')
  }
})

test('a worker that reports has joined, although by the clock of the host its certificate has expired', async () => {
  const { world, log } = workerWorld({ files: withExpired, node: true })
  assert.is((await rehearse(join, world)).outcome, 'ok')
  assert.equal(log, [])
})

test('a reinstalled host keeps its old Node, with what operators have set there; the name of another machine is not reused', async () => {
  const back = workerWorld({ node: true, silent: true })
  assert.is((await rehearse(join, back.world)).outcome, 'changed')
  assert.not.ok(back.log.includes('delete node'))
  const other = workerWorld({ node: true, addresses: '10.0.0.99' })
  const run = await rehearse(join, other.world)
  assert.is(run.predicted, 'failed')
  assert.match(String(run.error), 'another machine in the cluster has the name w1, at 10.0.0.99')
  assert.equal(other.log, [])
})

test('a bootstrap-kubelet.conf that kubeadm up to 1.15 leaves is not an interrupted join', async () => {
  const files = { ...joinedFiles, '/etc/kubernetes/bootstrap-kubelet.conf': kubeconfig() }
  const { world, log } = workerWorld({ files, node: true })
  const run = await rehearse(join, world)
  assert.is(run.outcome, 'ok', String(run.error))
  assert.equal(log, [])
})

test('nodes of other clusters, control-plane nodes and remains are refused by name, and nothing is changed', async () => {
  const other = selfSigned('/CN=kubernetes')
  for (const [files, message, hint] of [
    [
      { ...joinedFiles, '/etc/kubernetes/kubelet.conf': kubeconfig(other) },
      'is a node of another cluster, that of https://10.0.0.10:6443',
      'reset-node',
    ],
    [
      { ...unfinished, '/etc/kubernetes/bootstrap-kubelet.conf': kubeconfig(other) },
      'is a node of another cluster',
      'reset-node',
    ],
    [
      { ...joinedFiles, '/etc/kubernetes/manifests/kube-apiserver.yaml': 'pod' },
      'is a control-plane node: it has /etc/kubernetes/manifests/kube-apiserver.yaml',
      'remove-master',
    ],
    [
      {
        ...joinedFiles,
        '/var/lib/kubelet/pki/kubelet-client-current.pem': selfSigned('/O=system:nodes/CN=system:node:w9'),
      },
      'is the node w9 of this cluster',
      'give the host the name w9',
    ],
    [
      { ...joinedFiles, '/etc/kubernetes/pki/ca.crt': 'x', '/etc/kubernetes/kubelet.conf': 'server: x' },
      'the authority that the kubelet of host trusts cannot be read',
      'certificate-authority-data',
    ],
    [
      { '/etc/kubernetes/kubelet.conf': kubeconfig() },
      'has a part of a node, but lacks /var/lib/kubelet/config.yaml',
      'reset-node',
    ],
    [
      { ...joinedFiles, '/etc/kubernetes/bootstrap-kubelet.conf': kubeconfig() },
      'has /etc/kubernetes/bootstrap-kubelet.conf of a join that was not completed',
      'reset-node',
    ],
  ] as const) {
    const { world, log } = workerWorld({ files, node: !message.includes('not completed') })
    const run = await rehearse(join, world)
    assert.is(run.predicted, 'failed', message)
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
    assert.equal([log, run.commands.apply], [[], []])
  }
})

test('an authority that is being replaced is known by one of its two certificates', async () => {
  const both = kubeconfig(`${selfSigned('/CN=kubernetes')}${ca}`)
  const { world } = workerWorld({
    files: { ...joinedFiles, '/etc/kubernetes/kubelet.conf': both },
    node: true,
  })
  assert.is((await rehearse(join, world)).outcome, 'ok')
})

test('what another pod network than that of the cluster has left is named before the join', async () => {
  const { world, log } = workerWorld({ files: { '/sys/class/net/cilium_host': 'x' } })
  const m1 = world.others?.['m1'] ?? {}
  const sets = [
    /get daemonsets --all-namespaces/,
    'kube-flannel\tkube-flannel-ds\t/etc/cni/net.d,\n',
  ] as const
  const only = [/get daemonset kube-flannel-ds -o json$/, { code: 1 }] as const
  const others = { m1: { ...m1, patterns: [sets, only, ...(m1.patterns ?? [])] } }
  const run = await rehearse(join, { ...world, others })
  assert.is(run.predicted, 'failed')
  assert.match(
    String(run.error),
    'not of the cluster (DaemonSet kube-flannel/kube-flannel-ds): the network device cilium_host of cilium',
  )
  assert.equal(log, [])
})

for (const [name, value, more, message] of [
  ['hostname-override', 'other', {}, 'the name of a node is that of its host in the inventory'],
  ['node-ip', '10.0.0.52', { nodeIp: '10.0.0.51' }, 'set node_ip instead'],
  ['root-dir', '/data/kubelet', {}, 'look for it at /var/lib/kubelet'],
  ['register-node', 'false', {}, 'the host would not become a node of the cluster'],
  ['healthz-port', '10248', { kubelet: { healthzPort: 10_300 } }, 'set healthzPort of kubelet instead'],
  ['cgroup-driver', 'systemd', { cgroupDriver: 'cgroupfs' }, 'set cgroup_driver instead'],
  ['cgroup-driver', 'systemd', { kubelet: { cgroupDriver: 'cgroupfs' } }, 'set cgroup_driver instead'],
  ['cgroup-driver', 'cgroupfs', {}, 'set cgroup_driver instead'],
] as const)
  test(`--${name}=${value} of a worker is refused by name with ${JSON.stringify(more)}`, () => {
    assert.throws(
      () => workerJoin({ ...given, ...more, kubeletExtraArgs: { [name]: value } }),
      (error: Error) =>
        error.message.includes(`--${name}=${value} of the kubelet: `) && error.message.includes(message),
    )
  })

test('arguments of a worker that agree with everything else are accepted', () => {
  assert.not.throws(() =>
    workerJoin({
      ...given,
      nodeIp: '10.0.0.51',
      cgroupDriver: 'cgroupfs',
      kubeletExtraArgs: {
        'hostname-override': 'w1',
        'node-ip': '10.0.0.51',
        'cgroup-driver': 'cgroupfs',
        'healthz-bind-address': '0.0.0.0',
        'healthz-port': '10248',
      },
    }),
  )
})

const flags = (line: string) => ({ '/var/lib/kubelet/kubeadm-flags.env': `KUBELET_KUBEADM_ARGS="${line}"\n` })

test('a worker that has joined with other arguments than the inventory has now is refused with them', async () => {
  const more = flags('--max-pods=50 --node-ip=10.0.0.51 --container-runtime-endpoint=unix:///run/c.sock')
  const at = (changed: Partial<Parameters<typeof workerJoin>[0]>, files = {}) =>
    rehearse(
      workerJoin({ ...given, ...changed }),
      workerWorld({ files: { ...joinedFiles, ...more, ...files }, node: true }).world,
    )
  const same = await at({ nodeIp: '10.0.0.51', kubeletExtraArgs: { 'max-pods': '50' } })
  assert.is(same.outcome, 'ok', String(same.error))
  const run = await at({ nodeIp: '10.0.0.52', kubeletExtraArgs: { 'max-pods': '60', v: '4' } })
  assert.is(run.predicted, 'failed')
  assert.match(
    String(run.error),
    'host has joined with other arguments of its kubelet than the inventory has',
  )
  for (const part of ['max-pods', '50', '60', 'node-ip', '10.0.0.52', 'argument v'])
    assert.match(isCoxswainError(run.error) ? (run.error.output ?? '') : '', part)
  assert.match(hintOf(run.error), 'set them in /var/lib/kubelet/kubeadm-flags.env on host')
  // the distribution's file has precedence
  const extra = { '/etc/default/kubelet': 'KUBELET_EXTRA_ARGS="--max-pods=60"\n' }
  assert.is((await at({ kubeletExtraArgs: { 'max-pods': '60' } }, extra)).outcome, 'ok')
})

test('a worker without --node-ip that reports the address is as the inventory has it', async () => {
  const files = { ...joinedFiles, ...flags('--v=2') }
  const at = async (nodeIp: string) =>
    rehearse(workerJoin({ ...given, nodeIp }), workerWorld({ files, node: true }).world)
  assert.is((await at('10.0.0.51')).outcome, 'ok')
  assert.match(String((await at('10.0.0.52')).error), 'other arguments')
})

test('a worker with several addresses reports the one at which it is reached, unless something else says it', async () => {
  const joinedWith = async (addresses: string, more: Partial<Parameters<typeof workerJoin>[0]> = {}) => {
    const { world, config } = workerWorld()
    const own = [sentPattern('tasks/network/addresses/own-addresses.sh'), addresses] as const
    const patterns = [own, ...(world.patterns ?? [])]
    const run = await rehearse(workerJoin({ ...given, ...more }), { ...world, patterns })
    assert.is(run.outcome, 'changed', String(run.error))
    return config()
  }
  // the rehearsed host is reached at 192.0.2.1
  const several = '10.0.2.15 eth0\n192.0.2.1 eth1\n'
  assert.match(await joinedWith(several), /name: node-ip\n\s+value: 192\.0\.2\.1/)
  assert.not.match(await joinedWith('192.0.2.1 eth1\n'), 'node-ip')
  assert.not.match(await joinedWith('10.0.2.15 eth0\n10.0.2.16 eth1\n'), 'node-ip')
  assert.match(await joinedWith(several, { nodeIp: '10.0.2.15' }), /value: 10\.0\.2\.15/)
  const provider = { kubeletExtraArgs: { 'cloud-provider': 'external' } }
  assert.not.match(await joinedWith(several, provider), 'node-ip')
})
