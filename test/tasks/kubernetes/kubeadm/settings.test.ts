/** What kubeadm would refuse is refused before any host is touched: endpoints, names and arguments. */
import * as assert from 'uvu/assert'
import { certSanSchema, endpointSchema } from '../../../../tasks/kubernetes/kubeadm/names.ts'
import { clusterSchema, masterSchema } from '../../../../tasks/kubernetes/kubeadm/settings.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('settings of a cluster')

const faults = (
  schema: {
    readonly safeParse: (value: unknown) => {
      readonly error?: { readonly issues: readonly { readonly message: string }[] }
    }
  },
  value: unknown,
): string[] => schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []

test('endpoints that kubeadm accepts', () => {
  for (const endpoint of [
    '10.0.0.10:6443',
    'lb.example.com:6443',
    'api:443',
    'k8s-1.a.b:65535',
    '[fd00::10]:6443',
    '[FD00:0::10]:1',
    '1password.example:6443',
  ])
    assert.equal(faults(endpointSchema, endpoint), [], endpoint)
})

for (const [endpoint, message] of [
  ['LB.Example.com:6443', 'must have lower-case letters only: lb.example.com:6443'],
  [
    '[fd00::1:6443',
    'must be host:port, such as 10.0.0.10:6443, and an IPv6 address in brackets: [fd00::10]:6443',
  ],
  ['10.0.0.300:6443', '10.0.0.300 is not an IP address'],
  ['10.0.0.011:6443', '10.0.0.011 is not an IP address'],
  ['api:99999', 'the port must be between 1 and 65535'],
  ['api:0', 'the port must be between 1 and 65535'],
  ['api_x:6443', 'api_x is neither an IP address nor a name of lower-case letters, digits, - and .'],
  ['api..x:6443', 'api..x is neither an IP address nor a name of lower-case letters, digits, - and .'],
  ['-api:6443', '-api is neither an IP address nor a name of lower-case letters, digits, - and .'],
  [
    'api.example.:6443',
    'api.example. is neither an IP address nor a name of lower-case letters, digits, - and .',
  ],
  ['[fe80::1%eth0]:6443', 'fe80::1%eth0 has a zone, which other hosts do not know'],
  ['[api]:6443', 'api is not an IPv6 address'],
  ['0.0.0.0:6443', '0.0.0.0 is not the address of one host: other hosts cannot use it'],
  ['[::]:6443', ':: is not the address of one host: other hosts cannot use it'],
  ['127.0.0.1:6443', '127.0.0.1 is a loopback address: other hosts cannot use it'],
  ['[::1]:6443', '::1 is a loopback address: other hosts cannot use it'],
  ['localhost:6443', 'localhost is each host itself: other hosts cannot use it'],
  ['224.0.0.1:6443', '224.0.0.1 is a multicast address: other hosts cannot use it'],
  ['10.0.0:6443', '10.0.0 is neither an IP address nor a name: its last part is a number'],
  ['123:6443', '123 is neither an IP address nor a name: its last part is a number'],
  ['10.0.0.10:06443', 'the port must be written without a leading zero: 6443'],
  ['[::ffff:10.0.0.10]:6443', '::ffff:10.0.0.10 is IPv4 written as IPv6: write it as IPv4'],
  ['[10.0.0.10]:6443', '10.0.0.10 is not an IPv6 address'],
  ['fd00::10:6443', 'must have an IPv6 address in brackets: [fd00::10]:6443'],
  ['https://api:6443', 'must be host:port, without https://'],
  ['api', 'must be host:port, such as 10.0.0.10:6443'],
] as const)
  test(`the endpoint ${endpoint} is refused by name`, () => {
    assert.equal(faults(endpointSchema, endpoint), [message])
  })

test('names for certificates: an IPv6 address without its brackets, and what kubeadm does not accept is refused', () => {
  assert.is(certSanSchema.parse('[FD00::10]'), 'fd00::10')
  for (const name of ['10.0.0.10', 'fd00::10', 'FD00::10', 'api', 'api.example.com', '*.example.com'])
    assert.is(certSanSchema.parse(name), name)
  assert.equal(faults(certSanSchema, 'API.example.com'), [
    'must have lower-case letters only: api.example.com',
  ])
  for (const name of ['api_x', 'a..b', 'fe80::1%eth0', '*', '*.*.b', 'api:6443', '', '[api]'])
    assert.equal(
      faults(certSanSchema, name),
      [`${name} is neither an IP address nor a name of lower-case letters, digits, - and .`],
      name,
    )
})

test('names of nodes are those that Kubernetes accepts', () => {
  const name = (text: string) => faults(masterSchema, { name: text, address: '10.0.0.11' })
  for (const good of ['m1', 'm1.example.com', '1', 'a-b.c']) assert.equal(name(good), [], good)
  for (const bad of ['a..b', 'a.-b', 'a-.b', 'A', 'a_b', '-a', '', 'a'.repeat(254)])
    assert.equal(name(bad), ['must have lower-case letters, digits, - and . only, at most 253'], bad)
})

test('arguments are given without dashes, whichever program they are for', () => {
  const cluster = (changed: Record<string, unknown>) =>
    clusterSchema
      .safeParse({
        kubernetesVersion: 'v1.37.2',
        controlPlaneEndpoint: '10.0.0.10:6443',
        ...changed,
      })
      .error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? []
  for (const [place, given] of [
    ['apiServer.extraArgs', { apiServer: { extraArgs: { '--v': '4' } } }],
    ['etcd.extraArgs', { etcd: { extraArgs: { '--v': '4' } } }],
    ['kubeletExtraArgs', { kubeletExtraArgs: { '--v': '4' } }],
  ] as const)
    assert.equal(cluster(given), [[`${place}.--v`, 'must be written without dashes: v']])
  assert.equal(cluster({ scheduler: { extraArgs: { 'v=4': '' } } }), [
    ['scheduler.extraArgs.v=4', 'must be the name of an argument, without its value'],
  ])
  assert.equal(
    cluster({ scheduler: { extraArgs: { v: '4', 'feature-gates': 'AllAlpha=false', 'a.b': '1' } } }),
    [],
  )
})

test('the newest algorithm of certificates is refused before its release', () => {
  const cluster = (kubernetesVersion: string) =>
    faults(clusterSchema, {
      kubernetesVersion,
      controlPlaneEndpoint: '10.0.0.10:6443',
      encryptionAlgorithm: 'ECDSA-P384',
    })
  for (const version of ['v1.37.2', 'v1.34.0']) assert.equal(cluster(version), [])
  assert.equal(cluster('v1.33.9'), [
    'Kubernetes v1.33.9 does not know encryptionAlgorithm: ECDSA-P384 (from v1.34 on)',
  ])
})

for (const [given, message] of [
  [{ apiServer: { extraArg: { v: '2' } } }, 'unknown key: extraArg (did you mean extraArgs?)'],
  [{ apiServer: { certSANs: ['a'] } }, 'unknown key: certSANs; it has extraArgs, extraEnvs, extraVolumes'],
  [{ etcd: { dataDir: '/data/etcd' } }, 'unknown key: dataDir; it has imageRepository'],
  [{ etcd: { quotaBackendByte: 1 } }, 'unknown key: quotaBackendByte (did you mean quotaBackendBytes?)'],
  [
    { timeouts: { kubeletHealthChek: 600 } },
    'unknown key: kubeletHealthChek (did you mean kubeletHealthCheck?)',
  ],
  [{ dns: { disable: true } }, 'unknown key: disable (did you mean disabled?)'],
  [{ proxy: { disable: true } }, 'unknown key: disable (did you mean disabled?)'],
  [{ taints: [{ key: 'a', vaule: 'b', effect: 'NoSchedule' }] }, 'unknown key: vaule (did you mean value?)'],
  [
    { scheduler: { extraVolumes: [{ name: 'a', hostPath: '/a', mountPath: '/a', readonly: false }] } },
    'unknown key: readonly (did you mean readOnly?)',
  ],
  [{ podSubnets: '10.0.0.0/8' }, 'unknown key: podSubnets (did you mean podSubnet?)'],
] as const)
  test(`a setting that is misspelt is refused by name: ${JSON.stringify(given)}`, () => {
    const cluster = { kubernetesVersion: 'v1.37.2', controlPlaneEndpoint: 'api:6443', ...given }
    const found = faults(clusterSchema, cluster)
    assert.is(found.length, 1)
    assert.match(found[0] ?? '', message)
  })
