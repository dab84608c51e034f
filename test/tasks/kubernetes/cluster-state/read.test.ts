/** What a control-plane node prints is parsed, and nothing that it prints is trusted. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { readShellFile } from '../../../../engine/shell-file.ts'
import { quantile } from '../../../../tasks/kubernetes/cluster-state/histogram.ts'
import { nodesIn } from '../../../../tasks/kubernetes/cluster-state/read-api.ts'
import { hostStateIn } from '../../../../tasks/kubernetes/cluster-state/read-host.ts'
import { staticPod } from '../../../../tasks/kubernetes/cluster-state/static-pods.ts'
import { authority, expired } from '../../../support/certificates.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('reading a control-plane node')

const der = (pem: string): string => pem.replaceAll(/-----.*-----|\n/g, '')
const times = { sent: 1_799_999_999.5, received: 1_800_000_000.5 }

const printed = [
  'clock\t1800000000\t',
  'program\tkubelet\tv1.37.2',
  'program\tkubectl\t',
  'kubelet\tactive\t',
  `certificate\t/etc/kubernetes/pki/ca.crt\t${der(authority)}`,
  `kubeconfig\t/etc/kubernetes/admin.conf\t${Buffer.from(expired).toString('base64')}`,
  'kubeconfig\t/etc/kubernetes/kubelet.conf\t',
  'fsync\t0.001\t90',
  'fsync\t0.002\t100',
  'fsync\t+Inf\t100',
].join('\n')

test('versions, services, certificates and figures', () => {
  const { clock, ahead, programs, kubelet, certificates, fsync } = hostStateIn(printed, {}, times)
  assert.is(clock, 1_800_000_000)
  assert.equal(ahead, { least: -0.5, most: 1.5 })
  assert.equal(programs, { kubelet: 'v1.37.2', kubeadm: undefined, kubectl: undefined })
  assert.is(kubelet, 'active')
  assert.equal(
    certificates.map(({ path, authority: is, daysLeft }) => [path, is, daysLeft]),
    [
      ['/etc/kubernetes/pki/ca.crt', true, 33952],
      ['/etc/kubernetes/admin.conf', false, -2541],
    ],
  )
  assert.is(fsync.known ? fsync.value.toFixed(5) : fsync.why, '0.00190')
})

test('figures that could not be asked are not known, with the reason', () => {
  const { fsync } = hostStateIn('clock\t1\t\nunasked\tcurl is not installed\t', {}, times)
  assert.equal(fsync, { known: false, why: 'curl is not installed' })
})

test('manifests and the configuration of the kubelet', () => {
  const manifest = `apiVersion: v1
kind: Pod
spec:
  containers:
  - command:
    - kube-apiserver
    - --advertise-address=10.0.0.1
    - --encryption-provider-config=/etc/kubernetes/enc.yaml
    - --allow-privileged
    image: registry.example/kube-apiserver:v1.37.2@sha256:00
`
  const state = hostStateIn(
    printed,
    { 'kube-apiserver': manifest, kubelet: 'cgroupDriver: systemd\n' },
    times,
  )
  assert.is(state.pods[0]?.version, 'v1.37.2')
  assert.is(state.pods[0]?.arguments['allow-privileged'], 'true')
  assert.is(state.encryption, '/etc/kubernetes/enc.yaml')
  assert.equal(state.kubeletConfig, { cgroupDriver: 'systemd' })
  assert.is(staticPod('etcd', 'not: [a pod'), undefined)
  assert.is(staticPod('etcd', '- 1'), undefined)
})

test('whatever a host prints is parsed without an error', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, manifest) => {
      const state = hostStateIn(`${text}\n${printed}`, { etcd: manifest, kubelet: manifest }, times)
      assert.ok(state.certificates.length >= 0)
    }),
    propertyRuns(300),
  )
})

test('nodes, with their taints and roles', () => {
  const row =
    'm1\tTrue\ttrue\tv1.37.2\tcontainerd://2.2.9\t10.0.0.1 fd00::1 \tnode-role.kubernetes.io/control-plane=:NoSchedule key=a:NoExecute \t{"node-role.kubernetes.io/control-plane":""}'
  assert.equal(nodesIn(`${row}\nw1\tUnknown\t\tv1.36.0\tcontainerd://1.7\t\t\t{}\n`), [
    {
      name: 'm1',
      addresses: ['10.0.0.1', 'fd00::1'],
      ready: true,
      unschedulable: true,
      kubelet: 'v1.37.2',
      runtime: 'containerd://2.2.9',
      taints: ['node-role.kubernetes.io/control-plane:NoSchedule', 'key=a:NoExecute'],
      controlPlane: true,
    },
    {
      name: 'w1',
      addresses: [],
      ready: false,
      unschedulable: false,
      kubelet: 'v1.36.0',
      runtime: 'containerd://1.7',
      taints: [],
      controlPlane: false,
    },
  ])
})

test('a quantile is within the bucket where it is', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 100 }), (values) => {
      const bounds = [1, 10, 100, 1000]
      const buckets = bounds.map((bound) => ({ bound, count: values.filter((one) => one <= bound).length }))
      const exact = values.toSorted((one, other) => one - other)[Math.ceil(values.length * 0.99) - 1] ?? 0
      const bound = bounds.find((one) => exact <= one) ?? Infinity
      const found = quantile(buckets, 0.99) ?? Infinity
      assert.ok(found <= bound && found >= (bounds[bounds.indexOf(bound) - 1] ?? 0), `${found} for ${exact}`)
    }),
    propertyRuns(300),
  )
  assert.is(quantile([], 0.99), undefined)
  assert.is(
    quantile(
      [
        { bound: 8, count: 1 },
        { bound: Infinity, count: 9 },
      ],
      0.99,
    ),
    8,
  )
})

const readProgram = (): string =>
  readShellFile(new URL('../../../../tasks/kubernetes/cluster-state/read-host.sh', import.meta.url))

test('the program prints certificates, and no byte of a key', () => {
  const folder = mkdtempSync(join(tmpdir(), 'read-host-'))
  try {
    const pki = join(folder, 'etc/kubernetes/pki/etcd')
    mkdirSync(pki, { recursive: true })
    const key = `-----BEGIN PRIVATE KEY-----\n${'S'.repeat(64)}\n-----END PRIVATE KEY-----\n`
    writeFileSync(join(folder, 'etc/kubernetes/pki/ca.crt'), `${key}${authority}${expired}`)
    writeFileSync(join(pki, 'ca.crt'), authority.replaceAll('\n', '\r\n'))
    writeFileSync(
      join(folder, 'etc/kubernetes/admin.conf'),
      `users:\n- user:\n    client-certificate-data: ${Buffer.from(authority).toString('base64')}\n    client-key-data: ${'S'.repeat(64)}\n`,
    )
    const program = readProgram().replaceAll('/etc/kubernetes', join(folder, 'etc/kubernetes'))
    const { stdout, status } = spawnSync('sh', ['-c', program], { encoding: 'utf8' })
    assert.is(status, 0)
    assert.not.match(stdout, 'SSSS')
    const { certificates } = hostStateIn(stdout, {}, times)
    assert.equal(
      certificates.map(({ path }) => path.slice(folder.length)),
      [
        '/etc/kubernetes/pki/ca.crt',
        '/etc/kubernetes/pki/ca.crt',
        '/etc/kubernetes/pki/etcd/ca.crt',
        '/etc/kubernetes/admin.conf',
      ],
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
