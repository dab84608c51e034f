/** A configuration is judged by the kubeadm of the host, before it is written. */
import * as assert from 'uvu/assert'
import { rehearse } from '../../../../engine/testing.ts'
import type { Reply, World } from '../../../../engine/testing.ts'
import { unknownFieldsIn } from '../../../../tasks/kubernetes/kubeadm/judge-config.ts'
import { sameMaster } from '../../../../tasks/kubernetes/same-master.ts'
import { writeConfig } from '../../../../tasks/kubernetes/write-config.ts'
import { sentPattern } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('a configuration that kubeadm judges')

const self = { name: 'm1', address: '10.0.0.11' }
const paramsOf = (kubernetesVersion: string) => ({
  cluster: { kubernetesVersion, controlPlaneEndpoint: '10.0.0.10:6443' },
  self,
  members: [self],
})

/** As kubeadm of 1.37 and 1.20 say it. */
const error =
  'error unmarshaling configuration schema.GroupVersionKind{Group:"kubeadm.k8s.io", Version:"v1beta4", Kind:"ClusterConfiguration"}: strict decoding error: unknown field "apiServer.extraArg", unknown field "x"\nTo see the stack trace of this error execute with --v=5 or higher\n'
const warning =
  'W1130 20:00:00.000000    1 strict.go:54] error unmarshaling configuration schema.GroupVersionKind{Group:"kubelet.config.k8s.io", Version:"v1beta1", Kind:"KubeletConfiguration"}: error unmarshaling JSON: while decoding JSON: json: unknown field "evictionhard"\n'

/** A host with one address, of which the kubelet needs no other. */
const ownAddresses = sentPattern('tasks/network/addresses/own-addresses.sh')

const worldOf = (installed: Reply, said: Reply, files: World['files'] = {}): World => ({
  files,
  patterns: [
    [ownAddresses, '10.0.0.11 eth0\n'],
    [/^kubeadm version -o short$/, installed],
    [/^kubeadm config (validate --config|migrate --old-config) \/dev\/stdin$/, said],
  ],
})
const refused: Reply = { code: 1, stderr: error }

for (const [version, command, said, lines] of [
  [
    'v1.37.2',
    'validate --config',
    refused,
    [
      '/etc/coxswain/kubeadm.yaml: ClusterConfiguration: kubeadm does not know the field apiServer.extraArg',
      '/etc/coxswain/kubeadm.yaml: ClusterConfiguration: kubeadm does not know the field x',
    ],
  ],
  [
    'v1.26.0',
    'validate --config',
    { code: 3, stderr: 'networking.podSubnet: Invalid value: "x"' },
    ['/etc/coxswain/kubeadm.yaml: networking.podSubnet: Invalid value: "x"'],
  ],
  [
    'v1.20.2',
    'migrate --old-config',
    { code: 0, stderr: warning, stdout: 'kind: InitConfiguration' },
    ['/etc/coxswain/kubeadm.yaml: KubeletConfiguration: kubeadm does not know the field evictionhard'],
  ],
] as const) {
  test(`${version}: refused by kubeadm config ${command}, before anything is written`, async () => {
    for (const task of [writeConfig(paramsOf(version)), sameMaster(paramsOf(version))]) {
      const run = await rehearse(task, worldOf(version, said))
      assert.is(run.outcome, 'failed')
      assert.match(String(run.error), 'kubeadm on host does not accept the configuration')
      for (const line of lines) assert.match(JSON.stringify(run.error), JSON.stringify(line).slice(1, -1))
      assert.ok(run.commands.check.includes(`kubeadm config ${command} /dev/stdin`))
      assert.not.ok(run.files.has('/etc/coxswain/kubeadm.yaml'))
    }
  })
}

test('kubeadm of another minor release, none, or one that cannot say it, judges nothing', async () => {
  for (const [version, installed, said] of [
    ['v1.37.2', 'v1.36.3', refused],
    ['v1.37.2', 'v1.37.9', 'ok'],
    ['v1.37.2', { code: 127, stderr: 'not found' }, refused],
    ['v1.37.2', 'no version', refused],
    ['v1.37.2', 'v1.37.2', { code: 1, stderr: 'unknown command "validate"' }],
    ['v1.37.2', 'v1.37.2', { code: 137, stderr: 'Killed' }],
    // before 1.26, it also looks at the host
    ['v1.20.2', 'v1.20.2', { code: 1, stderr: 'something of the host' }],
  ] as const) {
    const run = await rehearse(writeConfig(paramsOf(version)), worldOf(installed, said))
    assert.is(run.outcome, 'changed', `${version} ${JSON.stringify(installed)}: ${String(run.error)}`)
  }
})

test('a container runtime is given, so that kubeadm does not look for one', async () => {
  for (const [given, socket] of [
    [{}, 'unix:///run/containerd/containerd.sock'],
    [{ criSocket: '/run/x.sock' }, '/run/x.sock'],
  ] as const) {
    let sent = ''
    const params = paramsOf('v1.20.2')
    const task = writeConfig({ ...params, cluster: { ...params.cluster, ...given } })
    const run = await rehearse(task, {
      patterns: [
        [ownAddresses, '10.0.0.11 eth0\n'],
        [/^kubeadm version/, 'v1.20.2'],
        [
          /^kubeadm config migrate/,
          ({ stdin }) => {
            sent = stdin
            return ''
          },
        ],
      ],
    })
    assert.match(sent, `criSocket: ${socket}`)
    assert.is(
      String(run.files.get('/etc/coxswain/kubeadm.yaml')?.content).includes('criSocket'),
      'criSocket' in given,
    )
  }
})

test('unknown fields are found in errors and warnings, once', () => {
  assert.equal(unknownFieldsIn(error + error).length, 2)
  assert.equal(unknownFieldsIn(warning), [{ kind: 'KubeletConfiguration', field: 'evictionhard' }])
  assert.equal(unknownFieldsIn('ok\n'), [])
})
